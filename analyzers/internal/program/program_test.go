package program_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/program"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// probe says of every go statement whether it is run once.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "tell what is run once",
	Requires: []*analysis.Analyzer{buildssa.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		if path := p.Pkg.Path(); path != "importer" && path != "library" {
			return nil, nil
		}
		fns := irutil.Functions(p.ResultOf[buildssa.Analyzer].(*buildssa.SSA))
		prog := program.New(p.Pkg, fns)
		for _, fn := range fns {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					if _, ok := instr.(*ssa.Go); !ok || !prog.Once(instr) {
						continue
					}
					if prog.InCommand(fn) {
						p.Reportf(instr.Pos(), "once, in a command")
					} else {
						p.Reportf(instr.Pos(), "once")
					}
				}
			}
		}
		return nil, nil
	},
}

func TestOnce(t *testing.T) {
	analysistest.Run(t, ruletest.Copy(t, "testdata"), probe, "importer", "library")
}
