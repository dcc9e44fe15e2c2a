package flow_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

type fact struct{ flow.Summary }

func (*fact) AFact() {}

// tell is an analyzer that says about each http.Server all that the engine knows.
func tell() *analysis.Analyzer {
	r := &rule.Rule{Code: "CL2999", Name: "tell", Doc: lint.RawDocumentation{Title: "tell"}, Maturity: rule.Stable}
	return pass.New(pass.Spec{
		Name:      "tell",
		Doc:       "tell what is known of each http.Server",
		Rules:     []*rule.Rule{r},
		Requires:  []*analysis.Analyzer{buildssa.Analyzer},
		FactTypes: []analysis.Fact{new(fact)},
		Run: func(p *pass.Pass) error {
			g := flow.New(p, flow.Config{
				Types: []string{"net/http.Server"},
				Fact:  func() flow.Fact { return new(fact) },
			})
			if p.Pkg.Path() == "a" {
				// Out of budget, the engine says nothing.
				small := flow.New(p, flow.Config{Types: []string{"net/http.Server"}, Budget: 100})
				if n := len(small.Objects()); n > 0 {
					return fmt.Errorf("%d objects without a budget", n)
				}
			}
			for _, o := range g.Objects() {
				if o.Pos.IsValid() {
					p.Report(pass.Diagnostic{Rule: r, Pos: o.Pos, Message: sentence(o)})
				}
			}
			return nil
		},
	})
}

// sentence describes an object: the fields that are set (zero ones with "=0"), its calls, its escapes, the ways.
func sentence(o *flow.Object) string {
	var parts []string
	for _, name := range []string{"ReadTimeout", "ReadHeaderTimeout", "IdleTimeout"} {
		switch o.Field(name) {
		case flow.Set:
			parts = append(parts, name)
		case flow.ZeroSet:
			parts = append(parts, name+"=0")
		}
	}
	for _, c := range o.Calls() {
		name := c.Name[strings.LastIndex(c.Name, ".")+1:]
		var way []string
		for _, s := range o.Path(c) {
			way = append(way, s.Message)
		}
		if len(way) > 0 {
			name += " (" + strings.Join(way, ", ") + ")"
		}
		if c.Inside != nil {
			name += " in " + c.Inside.Foreign.Package
		}
		parts = append(parts, name)
	}
	for _, e := range o.Escaping() {
		kind := []string{"returned", "field", "global", "dynamic", "reflection", "fact", "copied", "container"}[e.Kind]
		if s := "escapes:" + kind; !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return fmt.Sprintf("%s: %s", []string{"literal", "zero", "field", "global", "made", "foreign", "param"}[o.Origin], strings.Join(parts, "; "))
}

func TestFlow(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	a := tell()
	if err := a.Flags.Set("inside", "a,lib,generic"); err != nil {
		t.Fatal(err)
	}
	for _, r := range analysistest.Run(t, dir, a, "a", "lib") {
		want := 0
		if r.Action.Package.PkgPath == "a" {
			want = 1
		}
		if result, ok := r.Action.Result.(*wire.Result); ok && result.Exhausted != want {
			t.Errorf("%s: exhausted %d times, want %d", r.Action.Package.PkgPath, result.Exhausted, want)
		}
	}
}
