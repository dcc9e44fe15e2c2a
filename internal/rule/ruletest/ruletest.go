// Package ruletest tests analyzers on the packages of the folder testdata, and on the examples in the documentation of
// their rules.
package ruletest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Analyzer sets an analyzer to report by all rules, in its own packages of testdata and in the examples of the
// documentation, not in the libraries that they use; then it sets the flags.
func Analyzer(t *testing.T, a *analysis.Analyzer, flags map[string]string) *analysis.Analyzer {
	t.Helper()
	all := map[string]string{"preview": "true", "inside": a.Name + "/...," + documentation + "/..."}
	maps.Copy(all, flags)
	for name, value := range all {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// Testdata returns the folder of the packages that analyzers are tested on.
func Testdata(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("the test does not run in its module")
		}
		dir = parent
	}
}

// Copy makes a folder of the packages that analyzers are tested on, and of those in other folders like it.
func Copy(t *testing.T, more ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range append(more, Testdata(t)) {
		if err := os.CopyFS(dir, os.DirFS(part)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A Suite is what an analyzer is tested on.
type Suite struct {
	Analyzer *analysis.Analyzer
	Rules    []*rule.Rule
	Packages []string // of testdata
	Facts    bool     // facts are not compared with expectations: what they do to packages that import others is
}

// Run compares what the analyzer reports with the expectations in the packages, and tests it on the examples of its rules.
// All are analysed together, because each run also analyses the standard library. It returns the findings by package.
func (s Suite) Run(t *testing.T) map[string][]wire.Finding {
	t.Helper()
	dir := Copy(t)
	WriteExamples(t, filepath.Join(dir, "src", documentation), s.Rules)
	packages := slices.Clone(s.Packages)
	for _, r := range s.Rules {
		packages = append(packages, example(r, wrong), example(r, right))
	}
	findings := Findings(t, analysistest.Run(filter{T: t, facts: s.Facts}, dir, s.Analyzer, packages...))
	if len(s.Rules) > 0 {
		t.Run("documentation", func(t *testing.T) { s.checkExamples(t, findings) })
	}
	return findings
}

// A filter leaves out what analysistest says of the examples, which carry no expectations, and if wanted so of facts.
type filter struct {
	*testing.T
	facts bool
}

// Errorf is called by analysistest.
func (t filter) Errorf(format string, args ...any) {
	t.Helper()
	s := fmt.Sprintf(format, args...)
	if !strings.HasPrefix(s, documentation+"/") && !(t.facts && strings.Contains(s, "unexpected fact")) {
		t.Error(s)
	}
}

// Findings returns the findings by package. What a package and its test variant both have is there once.
func Findings(t *testing.T, results []*analysistest.Result) map[string][]wire.Finding {
	t.Helper()
	findings := make(map[string][]wire.Finding)
	for _, r := range results {
		path := r.Action.Package.PkgPath
		result, ok := r.Action.Result.(*wire.Result)
		if !ok {
			t.Fatalf("%s: %v", path, r.Action.Err)
		}
		for _, f := range result.Findings {
			same := func(o wire.Finding) bool { return o.Pos == f.Pos && o.Code == f.Code && o.Message == f.Message }
			if !slices.ContainsFunc(findings[path], same) {
				findings[path] = append(findings[path], f)
			}
		}
	}
	return findings
}
