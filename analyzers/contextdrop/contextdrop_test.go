package contextdrop_test

import (
	"cmp"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/clientdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdeadline"
	"github.com/cloudlint/cloudlint/analyzers/contextdrop"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// analyzer returns the analyzer with all rules. Only the examples are inside, not the libraries that they use.
func analyzer(t *testing.T) *analysis.Analyzer {
	t.Helper()
	a := contextdrop.New()
	for name, value := range map[string]string{"preview": "true", "inside": "contextdrop/...,example/..."} {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// The examples are analysed together, because each run also analyses the standard library.
func TestContexts(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata")); err != nil {
		t.Fatal(err)
	}
	var packages []string
	for _, name := range []string{"roots", "siblings", "fields", "helpers", "complaints", "fixes", "fixed", "unfixed", "parts"} {
		packages = append(packages, "contextdrop/"+name)
	}
	packages = append(packages, writeExamples(t, filepath.Join(dir, "src"))...)
	results := analysistest.Run(exceptExamples{t}, dir, analyzer(t), packages...)

	findings := make(map[string][]wire.Finding) // by package
	for _, r := range results {
		result, ok := r.Action.Result.(*wire.Result)
		if !ok {
			t.Fatalf("%s: %v", r.Action.Package.PkgPath, r.Action.Err)
		}
		path := r.Action.Package.PkgPath
		findings[path] = append(findings[path], result.Findings...)
	}
	t.Run("documentation", func(t *testing.T) { checkExamples(t, findings) })
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings["contextdrop/helpers"]) })
	t.Run("fixes", func(t *testing.T) { checkFixes(t, findings["contextdrop/fixes"]) })
	t.Run("no fix", func(t *testing.T) {
		for _, f := range findings["contextdrop/unfixed"] {
			if f.Fix != nil {
				t.Errorf("line %d of %s has a fix", f.Pos.Line, f.Pos.File)
			}
		}
	})
}

// What the analyzers beside it tell of is silent here.
func TestOneCauseIsOneFinding(t *testing.T) {
	a := analyzer(t)
	others := []*analysis.Analyzer{clientdeadline.New(), contextdeadline.New()}
	pass.Precede(append(others, a))
	for _, other := range others {
		if err := other.Flags.Set("preview", "true"); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(exceptExamples{t}, dir, a, "contextdrop/told")
}

// exceptExamples leaves out what analysistest says of the documentation's examples, which carry no expectations, and of
// facts, whose effect on package roots is what counts.
type exceptExamples struct{ *testing.T }

func (t exceptExamples) Errorf(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !strings.Contains(s, "example/") && !strings.Contains(s, "unexpected fact") {
		t.Error(s)
	}
}

// writeExamples makes a package of each example of the documentation.
func writeExamples(t *testing.T, src string) []string {
	t.Helper()
	imports := []string{"context", "database/sql", "fmt", "io", "log/slog", "net/http", "time"}
	var paths []string
	for _, r := range contextdrop.Rules() {
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
	for _, r := range contextdrop.Rules() {
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

// The steps lead from the function that has a context to the call that gets another.
func checkSteps(t *testing.T, findings []wire.Finding) {
	var got []string
	for _, f := range findings {
		for _, s := range f.Steps {
			got = append(got, s.Message)
		}
	}
	want := []string{
		"(*proxy).serve calls p.execute and has stream.Context()",
		"(*proxy).Handle calls p.between and has ctx",
		"(*proxy).between calls p.touch",
		"p.db.ExecContext gets the new context",
		"(*proxy).Twice calls p.twice and has ctx",
		"p.db.ExecContext gets the new context",
		"Verify calls resolve and has ctx",
		"r.Resolve gets the new context",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// checkFixes applies all fixes of package fixes. The result is package fixed, which is analysed as well: so it compiles,
// and what can be fixed is gone.
func checkFixes(t *testing.T, findings []wire.Finding) {
	edits := make(map[string][]wire.Edit) // by file
	for _, f := range findings {
		if f.Fix == nil {
			continue
		}
		if f.Fix.Safe {
			t.Errorf("%s: a context that is cancelled ends the call: not safe", f.Message)
		}
		for _, e := range f.Fix.Edits {
			if !slices.Contains(edits[e.File], e) {
				edits[e.File] = append(edits[e.File], e)
			}
		}
	}
	const dir = "../../testdata/src/contextdrop/"
	files, err := filepath.Glob(dir + "fixes/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		base := filepath.Base(name)
		got := fixed(t, name, edits[base])
		want, err := os.ReadFile(dir + "fixed/" + base)
		if err != nil && os.Getenv("UPDATE") == "" {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(string(want), got); diff != "" {
			t.Errorf("testdata/src/contextdrop/fixed/%s differs from the fixes of package fixes (-want +got):\n%s", base, diff)
			if os.Getenv("UPDATE") != "" {
				write(t, dir+"fixed/"+base, got)
			}
		}
	}
}

// fixed returns a file with the edits, without the expectations of what is fixed.
func fixed(t *testing.T, name string, edits []wire.Edit) string {
	t.Helper()
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(edits, func(a, b wire.Edit) int { return cmp.Compare(b.Start, a.Start) })
	for _, e := range edits {
		source = slices.Concat(source[:e.Start], []byte(e.New), source[e.End:])
	}
	source = regexp.MustCompile(`[ \t]*// want .*`).ReplaceAll(source, nil)
	source = regexp.MustCompile(`\bpackage fixes\b`).ReplaceAll(source, []byte("package fixed"))
	text, err := format.Source(source)
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return string(text)
}
