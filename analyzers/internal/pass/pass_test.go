package pass_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

var (
	stable = &rule.Rule{Code: "CL9001", Name: "deprecated-call", Analyzer: "deprecatedcall", Maturity: rule.Stable,
		Doc: lint.RawDocumentation{Severity: lint.SeverityWarning}}
	preview = &rule.Rule{Code: "CL9002", Name: "preview-call", Analyzer: "deprecatedcall", Maturity: rule.Preview}
)

// newAnalyzer returns an analyzer that reports every call of a function named Deprecated (stable) or Preview. The
// declaration of the callee, in whichever package, is a step.
func newAnalyzer() *analysis.Analyzer {
	return pass.New(pass.Spec{
		Name:  "deprecatedcall",
		Doc:   "find calls for the tests of package pass",
		Rules: []*rule.Rule{stable, preview},
		Run: func(p *pass.Pass) error {
			for _, file := range p.Files {
				ast.Inspect(file, func(n ast.Node) bool {
					call, ok := n.(*ast.CallExpr)
					if !ok {
						return true
					}
					name := ast.Unparen(call.Fun)
					if sel, ok := name.(*ast.SelectorExpr); ok {
						name = sel.Sel
					}
					id, ok := name.(*ast.Ident)
					if !ok || id.Name != "Deprecated" && id.Name != "Preview" {
						return true
					}
					d := pass.Diagnostic{Rule: stable, Pos: call.Pos(), End: call.End(), Op: "call", Object: id.Name, Message: "call of " + id.Name}
					if id.Name == "Preview" {
						d.Rule = preview
					}
					callee := p.TypesInfo.Uses[id]
					step := pass.Step{Message: "declared here", Op: "declare", Object: id.Name}
					if callee.Pkg() == p.Pkg {
						step.Pos = callee.Pos()
					} else {
						step.Foreign = &wire.Pos{Package: callee.Pkg().Path(), File: "lib.go", Line: 7, Column: 6}
					}
					d.Steps = []pass.Step{step}
					d.Fix = &pass.Fix{Message: "replace it", Edits: []analysis.TextEdit{{Pos: id.Pos(), End: id.End(), NewText: []byte("Better")}}}
					p.Report(d)
					return true
				})
			}
			return nil
		},
	})
}

// load loads the test packages once; what they import comes from export data.
var load = sync.OnceValues(func() ([]*packages.Package, error) {
	root, err := filepath.Abs("testdata")
	if err != nil {
		return nil, err
	}
	return packages.Load(&packages.Config{
		Mode:  packages.LoadSyntax | packages.NeedModule,
		Dir:   root,
		Env:   append(os.Environ(), "GOPATH="+root, "GO111MODULE=off", "GOWORK=off"),
		Tests: true,
	}, "orders")
})

// run runs the analyzer with the flags over package orders and its tests, and returns what it did.
func run(t *testing.T, flags ...string) *checker.Action {
	t.Helper()
	a := newAnalyzer()
	for _, f := range flags {
		name, value, _ := strings.Cut(f, "=")
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	pkgs, err := load()
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range graph.Roots {
		if act.Package.ID == "orders [orders.test]" {
			if act.Err != nil {
				t.Fatal(act.Err)
			}
			return act
		}
	}
	t.Fatal("package orders was not loaded with its tests")
	return nil
}

func lines(r *checker.Action) []string {
	var got []string
	for _, d := range r.Diagnostics {
		p := r.Package.Fset.Position(d.Pos)
		got = append(got, filepath.Base(p.Filename)+":"+d.Category+":"+strings.TrimPrefix(d.Message, d.Category+": "))
	}
	slices.Sort(got)
	return slices.Compact(got)
}

func TestReport(t *testing.T) {
	tests := []struct {
		name  string
		flags []string
		want  []string
	}{
		{"by default stable rules in files that people write", nil, []string{"orders.go:CL9001:call of Deprecated"}},
		{"files for tests on demand", []string{"tests=true"}, []string{"helpers.go:CL9001:call of Deprecated", "orders.go:CL9001:call of Deprecated", "orders_test.go:CL9001:call of Deprecated"}},
		{"preview rules on demand", []string{"preview=true"}, []string{"orders.go:CL9001:call of Deprecated", "orders.go:CL9002:call of Preview"}},
		{"packages outside are silent", []string{"inside=corp.example/..."}, nil},
		{"packages inside are named by patterns", []string{"inside=corp.example/...,orders"}, []string{"orders.go:CL9001:call of Deprecated"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(run(t, tt.flags...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A driver that shows only diagnostics must not see what a comment silences; ours must, to count it and to know which
// comments are of use.
func TestSuppressedFindingsStayInTheResult(t *testing.T) {
	r := run(t)
	var suppressed []wire.Pos
	for _, f := range r.Result.(*wire.Result).Findings {
		if f.SuppressedBy != nil {
			suppressed = append(suppressed, *f.SuppressedBy)
		}
	}
	var got []int
	for _, p := range suppressed {
		got = append(got, p.Line)
	}
	if diff := cmp.Diff([]int{16, 18, 21}, got); diff != "" {
		t.Errorf("lines of the comments that silence something: %s", diff)
	}
}

func TestForeignStepIsAValidRelatedPosition(t *testing.T) {
	r := run(t)
	if len(r.Diagnostics) == 0 {
		t.Fatal("no diagnostics")
	}
	fset := r.Package.Fset
	for _, d := range r.Diagnostics {
		if len(d.Related) != 1 {
			t.Fatalf("%d related positions, want 1", len(d.Related))
		}
		p := fset.Position(d.Related[0].Pos)
		if filepath.Base(p.Filename) != "lib.go" || filepath.Base(filepath.Dir(p.Filename)) != "lib" || p.Line != 7 || p.Column != 6 {
			t.Errorf("related position %s, want .../lib/lib.go:7:6", p)
		}
	}
}

func TestUnsafeFixesAreOfferedOnDemand(t *testing.T) {
	if d := run(t).Diagnostics[0]; len(d.SuggestedFixes) != 0 {
		t.Errorf("an unsafe fix reaches drivers that may apply it unasked")
	}
	r := run(t, "unsafe-fixes=true")
	if d := r.Diagnostics[0]; len(d.SuggestedFixes) != 1 {
		t.Errorf("%d fixes, want 1", len(d.SuggestedFixes))
	}
	for _, f := range r.Result.(*wire.Result).Findings {
		if f.Fix == nil || f.Fix.Safe || len(f.Fix.Edits) != 1 || f.Fix.Edits[0].End-f.Fix.Edits[0].Start != len(f.Object) {
			t.Errorf("wire fix of %s: %+v", f.Message, f.Fix)
		}
	}
}

func TestMatchPath(t *testing.T) {
	for _, tt := range []struct {
		pattern, path string
		want          bool
	}{
		{"corp.example/a", "corp.example/a", true},
		{"corp.example/a", "corp.example/a/b", false},
		{"corp.example/a/...", "corp.example/a", true},
		{"corp.example/a/...", "corp.example/a/b", true},
		{"corp.example/a/...", "corp.example/ab", false},
	} {
		if got := pass.MatchPath(tt.pattern, tt.path); got != tt.want {
			t.Errorf("MatchPath(%q, %q) = %t", tt.pattern, tt.path, got)
		}
	}
}
