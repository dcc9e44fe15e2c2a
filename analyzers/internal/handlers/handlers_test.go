package handlers_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// probe says of every handler what it is.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "tell what handlers are",
	Requires: []*analysis.Analyzer{buildssa.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		if path := p.Pkg.Path(); path != "service" && path != "orderspb" {
			return nil, nil
		}
		for _, fn := range p.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
			switch h := handlers.Of(fn); {
			case h.Kind == handlers.None:
			case h.Exact:
				p.Reportf(fn.Pos(), "%s exact", h.Kind)
			default:
				p.Reportf(fn.Pos(), "%s with more", h.Kind)
			}
		}
		return nil, nil
	},
}

func TestHandlers(t *testing.T) {
	analysistest.Run(t, ruletest.Copy(t, "testdata"), probe, "service", "orderspb")
}
