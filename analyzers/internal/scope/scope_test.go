package scope_test

import (
	"go/token"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// probe says at each call of a function named probe which contexts are at hand, and why they are not to be used.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "tell the contexts at hand",
	Requires: []*analysis.Analyzer{buildssa.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		if p.Pkg.Path() != "scopes" {
			return nil, nil
		}
		s := scope.New(p.ResultOf[buildssa.Analyzer].(*buildssa.SSA), func(token.Pos) bool { return false })
		for _, fn := range s.Functions() {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					call, ok := instr.(ssa.CallInstruction)
					if !ok || call.Common().StaticCallee() == nil || call.Common().StaticCallee().Name() != "probe" {
						continue
					}
					var at []string
					for _, c := range s.At(call) {
						at = append(at, c.Text)
					}
					text := strings.Join(at, " ")
					if text == "" {
						text = "none"
					}
					if r := s.Detached(call); r != scope.NoReason {
						text += ": " + string(r)
					}
					p.Reportf(call.Pos(), "%s", text)
				}
			}
		}
		return nil, nil
	},
}

func TestScopes(t *testing.T) {
	analysistest.Run(t, ruletest.Copy(t, "testdata"), probe, "scopes")
}
