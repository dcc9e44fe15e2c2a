package ctxflow_test

import (
	"fmt"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// probe is an analyzer that says what is known of the context, or request, that a function named probe gets: over all
// ways in which it comes about, and where there are several, of each.
func probe() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     "probe",
		Doc:      "tell what is known of contexts",
		Requires: []*analysis.Analyzer{buildssa.Analyzer},
		Run: func(p *analysis.Pass) (any, error) {
			in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
			contexts := ctxflow.New(in, func(pos token.Pos) bool {
				return strings.HasSuffix(p.Fset.Position(pos).Filename, "_test.go")
			})
			for _, fn := range irutil.Functions(in) {
				for _, b := range fn.Blocks {
					for _, instr := range b.Instrs {
						call, ok := instr.(*ssa.Call)
						if !ok || len(call.Call.Args) == 0 || call.Call.StaticCallee() == nil || call.Call.StaticCallee().Name() != "probe" {
							continue
						}
						v := call.Call.Args[0]
						if m, ok := v.(*ssa.MakeInterface); ok {
							v = m.X
						}
						p.Reportf(call.Pos(), "%s", sentence(contexts, v))
					}
				}
			}
			return nil, nil
		},
	}
}

func sentence(contexts *ctxflow.Flow, v ssa.Value) string {
	names := []string{"unknown", "none", "cancellable", "deadline"}
	text := names[contexts.State(v)]
	if cases := contexts.Cases(v); len(cases) > 1 {
		for _, c := range cases {
			text += " " + names[c.State] + fmt.Sprint(len(c.Through))
		}
	}
	return text
}

func TestContexts(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, probe(), "contexts")
}
