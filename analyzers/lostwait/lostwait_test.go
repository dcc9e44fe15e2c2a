package lostwait_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/lostwait"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// analyzer returns the analyzer with all rules. Only the examples are inside, not the libraries that they use.
func analyzer(t *testing.T) *analysis.Analyzer {
	t.Helper()
	a := lostwait.New()
	for name, value := range map[string]string{"preview": "true", "unsafe-fixes": "true", "inside": "lostwait/...,example/..."} {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// The examples are analysed together, because each run also analyses the standard library.
func TestWaits(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata")); err != nil {
		t.Fatal(err)
	}
	packages := []string{"lostwait/shutdown", "lostwait/ended", "lostwait/retries", "lostwait/endless", "lostwait/work", "lostwait/shared"}
	packages = append(packages, writeExamples(t, filepath.Join(dir, "src"))...)
	findings := make(map[string][]wire.Finding) // by package
	for _, r := range analysistest.Run(exceptExamples{t}, dir, analyzer(t), packages...) {
		result, ok := r.Action.Result.(*wire.Result)
		if !ok {
			t.Fatalf("%s: %v", r.Action.Package.PkgPath, r.Action.Err)
		}
		path := r.Action.Package.PkgPath
		findings[path] = append(findings[path], result.Findings...)
	}
	t.Run("documentation", func(t *testing.T) { checkExamples(t, findings) })
	t.Run("fixes", func(t *testing.T) { checkFixes(t, dir, findings) })
}

// exceptExamples leaves out what analysistest says of the documentation's examples, which carry no expectations.
type exceptExamples struct{ *testing.T }

func (t exceptExamples) Errorf(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !strings.Contains(s, "example/") {
		t.Error(s)
	}
}

// writeExamples makes a package of each example of the documentation.
func writeExamples(t *testing.T, src string) []string {
	t.Helper()
	imports := []string{"context", "database/sql", "log", "net/http", "sync", "time", "google.golang.org/grpc"}
	var paths []string
	for _, r := range lostwait.Rules() {
		for side, text := range map[string]string{"before": r.Doc.Before, "after": r.Doc.After} {
			var file strings.Builder
			fmt.Fprintf(&file, "package service\n\n")
			for _, path := range imports {
				if name := path[strings.LastIndex(path, "/")+1:]; regexp.MustCompile(`[^.]\b` + name + `\.[A-Z]`).MatchString(text) {
					fmt.Fprintf(&file, "import %q\n", path)
				}
			}
			file.WriteString(text)
			path := "example/" + strings.ToLower(r.Code) + "/" + side
			write(t, filepath.Join(src, path, "service.go"), file.String())
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// The wrong example of each rule fires, with that rule only, and the right one does not.
func checkExamples(t *testing.T, findings map[string][]wire.Finding) {
	for _, r := range lostwait.Rules() {
		before, after := findings["example/"+strings.ToLower(r.Code)+"/before"], findings["example/"+strings.ToLower(r.Code)+"/after"]
		if len(before) != 1 || before[0].Code != r.Code {
			t.Errorf("the wrong example of %s gives %v, want one finding of the rule", r.Code, before)
		}
		if len(after) != 0 {
			t.Errorf("the right example of %s gives %v", r.Code, after)
		}
		if (r.Fix != rule.NoFix) != (len(before) > 0 && before[0].Fix != nil) {
			t.Errorf("%s says its fix is %s, but the wrong example says otherwise", r.Code, r.Fix)
		}
	}
}

// checkFixes applies all fixes of the packages that have some, and analyses the results: they compile, and the findings
// that were fixed are gone.
func checkFixes(t *testing.T, dir string, findings map[string][]wire.Finding) {
	var fixed []string
	for _, name := range []string{"ended", "retries"} {
		source, err := os.ReadFile(filepath.Join("../../testdata/src/lostwait", name, name+".go"))
		if err != nil {
			t.Fatal(err)
		}
		var edits []wire.Edit
		for _, f := range findings["lostwait/"+name] {
			if f.Fix == nil {
				continue
			}
			if f.Fix.Safe {
				t.Errorf("%s: what the fix changes is not safe", f.Message)
			}
			edits = append(edits, f.Fix.Edits...)
			// The expectation of what is fixed goes.
			line := strings.Split(string(source), "\n")[f.Pos.Line-1]
			if i := strings.Index(line, "// want"); i >= 0 {
				at := strings.Index(string(source), line) + i
				edits = append(edits, wire.Edit{Start: at, End: at + len(line) - i})
			}
		}
		if len(edits) == 0 {
			t.Errorf("package %s has no fixes", name)
		}
		slices.SortFunc(edits, func(a, b wire.Edit) int { return b.Start - a.Start })
		edits = slices.CompactFunc(edits, func(a, b wire.Edit) bool { return a.Start == b.Start && a.End == b.End && a.New == b.New })
		for _, e := range edits {
			source = slices.Concat(source[:e.Start], []byte(e.New), source[e.End:])
		}
		write(t, filepath.Join(dir, "src", "lostwait", "fixed"+name, name+".go"), string(source))
		fixed = append(fixed, "lostwait/fixed"+name)
	}
	analysistest.Run(t, dir, analyzer(t), fixed...)
}
