package serverdeadline_test

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

	"github.com/cloudlint/cloudlint/analyzers/serverdeadline"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// analyzer returns the analyzer with flags set.
func analyzer(t *testing.T, flags map[string]string) *analysis.Analyzer {
	t.Helper()
	a := serverdeadline.New()
	for name, value := range flags {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// The examples are analysed together, because each run also analyses the standard library.
func TestServers(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata")); err != nil {
		t.Fatal(err)
	}
	packages := []string{
		"serverdeadline/service", "serverdeadline/library", "serverdeadline/lib", "serverdeadline/app", "serverdeadline/helpers",
		"serverdeadline/frameworks", "serverdeadline/echobounded", "serverdeadline/idle", "serverdeadline/fast",
		"serverdeadline/rpc", "serverdeadline/fix", "serverdeadline/fixed",
	}
	examples := writeExamples(t, filepath.Join(dir, "src"))
	a := analyzer(t, map[string]string{
		"inside": "serverdeadline/...,example/...", "preview": "true", "exits": "(serverdeadline/service.supervisor).Abort",
	})
	results := analysistest.Run(exceptExamples{t}, dir, a, append(packages, examples...)...)

	findings := make(map[string][]wire.Finding) // by package
	for _, r := range results {
		result, ok := r.Action.Result.(*wire.Result)
		if !ok {
			t.Fatalf("%s: %v", r.Action.Package.PkgPath, r.Action.Err)
		}
		for _, f := range result.Findings {
			// The package and its test variant find the same.
			if path := r.Action.Package.PkgPath; !slices.ContainsFunc(findings[path], func(o wire.Finding) bool { return o.Pos == f.Pos && o.Code == f.Code }) {
				findings[path] = append(findings[path], f)
			}
		}
	}
	t.Run("documentation", func(t *testing.T) { checkExamples(t, findings) })
	t.Run("fixes", func(t *testing.T) { checkFixes(t, findings["serverdeadline/fix"]) })
	t.Run("no fix", func(t *testing.T) {
		// A field that is there with a zero value is somebody's decision.
		for _, f := range findings["serverdeadline/service"] {
			if f.Function == "explicitZero" && f.Fix != nil {
				t.Errorf("there is a fix for a literal that has the field: %v", f.Fix)
			}
		}
	})
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings) })
}

// With -tests, test files are looked at as well; what they do to a server of the service does not make that any better.
func TestInTests(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	a := analyzer(t, map[string]string{"inside": "serverdeadline/...", "tests": "true"})
	analysistest.Run(t, dir, a, "serverdeadline/tested")
}

// exceptExamples leaves out what analysistest says of the documentation's examples, which carry no expectations.
type exceptExamples struct{ *testing.T }

func (t exceptExamples) Errorf(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !strings.Contains(s, "example/") {
		t.T.Error(s)
	}
}

// writeExamples makes a package of each example of the documentation.
func writeExamples(t *testing.T, src string) []string {
	t.Helper()
	imports := []string{
		"context", "io", "log", "net", "net/http", "time", "github.com/gin-gonic/gin", "github.com/valyala/fasthttp",
		"google.golang.org/grpc", "google.golang.org/grpc/keepalive",
	}
	var paths []string
	for _, r := range serverdeadline.Rules() {
		for side, text := range map[string]string{"before": r.Doc.Before, "after": r.Doc.After} {
			var file strings.Builder
			fmt.Fprintf(&file, "package main\n\n")
			for _, path := range imports {
				if name := path[strings.LastIndex(path, "/")+1:]; regexp.MustCompile(`\b` + name + `\.`).MatchString(text) {
					fmt.Fprintf(&file, "import %q\n", path)
				}
			}
			file.WriteString(text)
			if !strings.Contains(text, "func main()") {
				file.WriteString("\n\nfunc main() {}\n")
			}
			path := "example/" + strings.ToLower(r.Code) + "/" + side
			if err := os.MkdirAll(filepath.Join(src, path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(src, path, "main.go"), []byte(file.String()), 0o666); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// checkExamples checks that the wrong example of each rule fires, with that rule only, and the right one does not.
func checkExamples(t *testing.T, findings map[string][]wire.Finding) {
	for _, r := range serverdeadline.Rules() {
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

// checkFixes applies all fixes of package fix. The result is package fixed, which is analysed as well: so it compiles,
// and its findings are gone.
func checkFixes(t *testing.T, findings []wire.Finding) {
	const dir = "../../testdata/src/serverdeadline/"
	source, err := os.ReadFile(dir + "fix/fix.go")
	if err != nil {
		t.Fatal(err)
	}
	var edits []wire.Edit
	for _, f := range findings {
		if f.Fix == nil {
			continue
		}
		if f.Fix.Safe {
			t.Errorf("%s: a new timeout is not safe", f.Message)
		}
		for _, e := range f.Fix.Edits {
			if !slices.Contains(edits, e) { // each imports package time
				edits = append(edits, e)
			}
		}
	}
	slices.SortFunc(edits, func(a, b wire.Edit) int { return cmp.Compare(b.Start, a.Start) })
	for _, e := range edits {
		source = slices.Concat(source[:e.Start], []byte(e.New), source[e.End:])
	}
	source = regexp.MustCompile(`[ \t]*// want .*`).ReplaceAll(source, nil)
	got, err := format.Source(source)
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	want, err := os.ReadFile(dir + "fixed/fixed.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("testdata/src/serverdeadline/fixed differs from the fixes of package fix (-want +got):\n%s", diff)
		if os.Getenv("UPDATE") != "" {
			_ = os.WriteFile(dir+"fixed/fixed.go", got, 0o666)
		}
	}
}

// checkSteps checks the way from where a server is made to where it is served.
func checkSteps(t *testing.T, findings map[string][]wire.Finding) {
	tests := []struct {
		pkg, function string
		want          []string
	}{
		{"serverdeadline/service", "orders", []string{
			"create service.go: created here without ReadHeaderTimeout or ReadTimeout",
			"serve service.go: served here by ListenAndServe",
		}},
		{"serverdeadline/service", "newWrapper", []string{
			"create service.go: created here without ReadHeaderTimeout or ReadTimeout",
			"store service.go: kept in field wrapper.Server",
			"serve service.go: served here by ListenAndServe",
		}},
		{"serverdeadline/service", "buildServer", []string{
			"create service.go: created here without ReadHeaderTimeout or ReadTimeout",
			"return service.go: returned by buildServer",
			"serve service.go: served here by ListenAndServe",
		}},
		{"serverdeadline/app", "made", []string{
			"create lib.go: created here without ReadHeaderTimeout or ReadTimeout",
			"return app.go: returned by lib.NewServer",
			"serve app.go: served here by ListenAndServe",
		}},
		{"serverdeadline/app", "served", []string{
			"create app.go: created here without ReadHeaderTimeout or ReadTimeout",
			"pass app.go: passed to Run",
			"serve lib.go: served there by ListenAndServe",
		}},
		{"serverdeadline/idle", "plain", []string{
			"create idle.go: created here without IdleTimeout or ReadTimeout",
			"serve idle.go: served here by ListenAndServe",
		}},
	}
	for _, test := range tests {
		i := slices.IndexFunc(findings[test.pkg], func(f wire.Finding) bool { return f.Function == test.function })
		if i < 0 {
			t.Errorf("%s: no finding in %s", test.pkg, test.function)
			continue
		}
		var got []string
		for _, s := range findings[test.pkg][i].Steps {
			got = append(got, s.Op+" "+s.Pos.File+": "+s.Message)
		}
		if diff := gocmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: steps of the finding in %s (-want +got):\n%s", test.pkg, test.function, diff)
		}
	}
}
