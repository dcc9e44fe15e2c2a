package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/baseline"
	"github.com/cloudlint/cloudlint/internal/catalogue"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/verify"
)

// The examples of the documentation are compiled and analysed: the wrong one is reported with the rule's code and no
// other, the right one is not reported at all.
func TestExamples(t *testing.T) {
	dir := t.TempDir()
	vendorStubs(t, dir)
	ruletest.WriteExamples(t, dir, catalogue.Rules())

	// The rule about the baseline needs one.
	stale := baseline.Entry{ID: "0123456789abcdef", Count: 1, Code: "CL2012", Package: "cl0004/wrong", Function: "Total"}
	ruletest.Write(t, filepath.Join(dir, baseline.Name), string((&baseline.File{Entries: []baseline.Entry{stale}}).Format()))

	report := lintJSON(t, dir, LintOptions{Preview: true, Tests: true, Driver: "source"})
	for _, e := range report.Errors {
		t.Errorf("%s: %s", e.Package, e.Message)
	}
	codes := make(map[string][]string) // of the findings, by package
	for _, f := range report.Findings {
		if f.Code == lint.CodeStale {
			f.Package = "example.com/" + stale.Package
		}
		codes[f.Package] = append(codes[f.Package], f.Code)
	}
	for _, r := range catalogue.Rules() {
		if slices.ContainsFunc(verify.Rules(), func(v *rule.Rule) bool { return v.Code == r.Code }) {
			continue // only a run shows them: TestVerify has the examples
		}
		t.Run(r.Code, func(t *testing.T) {
			pkg := "example.com/" + strings.ToLower(r.Code)
			if got := slices.Compact(codes[pkg+"/wrong"]); !slices.Equal(got, []string{r.Code}) {
				t.Errorf("the wrong example is reported with %v:\n%s", got, r.Doc.Before)
			}
			if got := codes[pkg+"/right"]; len(got) > 0 {
				t.Errorf("the right example is reported with %v:\n%s", got, r.Doc.After)
			}
		})
	}
}

// lintJSON runs the command on a folder and returns its report.
func lintJSON(t *testing.T, dir string, o LintOptions, patterns ...string) *finding.Report {
	t.Helper()
	for _, name := range []string{"GOFLAGS", "GOWORK"} { // those of whoever runs the tests
		t.Setenv(name, "")
	}
	o.Formats = append(o.Formats, "json")
	o.ExitZero = true
	var stdout, stderr bytes.Buffer
	a := New(&stdout, &stderr, os.Getenv)
	a.Options.Dir = dir
	if err := a.Prepare(); err != nil {
		t.Fatal(err)
	}
	if err := a.Lint(context.Background(), o, patterns); err != nil && stdout.Len() == 0 {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	report := new(finding.Report)
	if err := json.Unmarshal(stdout.Bytes(), report); err != nil {
		t.Fatalf("%v\n%s\n%s", err, &stdout, &stderr)
	}
	return report
}

// vendorStubs makes a module in dir that has vendored the stand-ins of other modules' packages, which the analyzers'
// tests use too.
func vendorStubs(t *testing.T, dir string) {
	t.Helper()
	tests := make(map[string]bool) // folders that are named as analyzers hold their tests
	for _, a := range analyzers.All() {
		tests[a.Name] = true
	}
	stubs := filepath.Join("..", "..", "testdata", "src")
	gomod, modules := "module example.com\n\ngo 1.26\n", ""
	err := filepath.WalkDir(stubs, func(file string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(stubs, file)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(rel))
		first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		switch {
		case d.IsDir() && tests[first]:
			return filepath.SkipDir
		case d.IsDir() || !strings.Contains(first, "."):
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		ruletest.Write(t, filepath.Join(dir, "vendor", rel), string(text))
		if !strings.Contains(modules, "# "+pkg+" ") {
			// Each package as a module of its own: nobody has to know which belong together.
			version := "v0.1.0"
			if m := regexp.MustCompile(`[/.]v([2-9]|[1-9][0-9]+)$`).FindStringSubmatch(pkg); m != nil {
				version = "v" + m[1] + ".0.0"
			}
			gomod += fmt.Sprintf("\nrequire %s %s\n", pkg, version)
			modules += fmt.Sprintf("# %s %s\n## explicit; go 1.26\n%s\n", pkg, version, pkg)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ruletest.Write(t, filepath.Join(dir, "go.mod"), gomod)
	if modules != "" {
		ruletest.Write(t, filepath.Join(dir, "vendor", "modules.txt"), modules)
	}
}
