// Package contextdrop finds calls that leave the context at hand behind: they are given context.Background or another
// context instead, or there is a variant that takes a context and the other one is called. When the request is
// cancelled or its time is over, such a call goes on.
package contextdrop

import (
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/program"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

const name = "contextdrop"

const doc = `find calls that leave the context at hand behind

A function that has a context, or a request or stream that carries one, and passes context.Background to what it calls,
cuts the call off from its caller: when the caller gives up, the work goes on, with its connections and goroutines. The
same holds for the variant of a function that takes no context, where the package has one that does. Work that is
meant to go on (in goroutines, deferred, after the end of the context, with context.WithoutCancel) is silent.`

// Rules are all that the analyzer can report.
func Rules() []*rule.Rule {
	return []*rule.Rule{newRoot, noContext, otherContext, rootInHelper, lostInCallee, outerContext}
}

// Analyzer is the analyzer with its default options.
var Analyzer = New()

// New returns a fresh analyzer.
func New() *analysis.Analyzer {
	return pass.New(pass.Spec{
		Name:      name,
		Doc:       doc,
		Rules:     Rules(),
		Requires:  []*analysis.Analyzer{buildssa.Analyzer},
		FactTypes: []analysis.Fact{new(fact)},
		Run:       run,
	})
}

// A checker checks one package.
type checker struct {
	*pass.Pass
	tests    bool
	scope    *scope.Info
	contexts *ctxflow.Flow
	exits    *exits.Info
	source   *source.Index
	outbound outbound.Table
	effects  map[*ssa.Parameter]effect
	outside  map[*ssa.Function]bool
	endless  map[*ssa.Parameter]bool // never end
	spoken   map[token.Pos]bool
	helpers  map[*ssa.Function]bool // reported
	losses   map[*ssa.Function]*Loss
	lostAt   map[wire.Pos]bool // reported
	once     *program.Program
}

func run(p *pass.Pass) error {
	p.InParts(func(tests bool) { check(p, tests) })
	return nil
}

// check looks at the package without its tests, or with them for what is wrong in the tests.
func check(p *pass.Pass, tests bool) {
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	c := &checker{
		Pass:     p,
		tests:    tests,
		exits:    exits.New(p.Options.Exits),
		source:   source.New(p),
		outbound: outbound.New(&p.Options.Models),
		effects:  make(map[*ssa.Parameter]effect),
		outside:  make(map[*ssa.Function]bool),
		endless:  make(map[*ssa.Parameter]bool),
		spoken:   make(map[token.Pos]bool),
		helpers:  make(map[*ssa.Function]bool),
		losses:   make(map[*ssa.Function]*Loss),
		lostAt:   make(map[wire.Pos]bool),
	}
	c.scope = scope.New(in, c.skips)
	c.once = program.New(p.Pkg, c.scope.Functions())
	c.contexts = ctxflow.New(in, c.skips)
	c.contexts.Declared = &p.Options.Models
	for _, fn := range c.scope.Functions() {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.Call:
					c.call(instr)
				case *ssa.UnOp:
					c.field(instr)
					c.outer(instr)
				}
			}
		}
	}
	if !tests {
		c.export()
	}
}

func (c *checker) call(call *ssa.Call) {
	if c.skips(call.Pos()) || !c.exits.Reachable(call) {
		return
	}
	if c.isRoot(call) {
		c.root(call)
		return
	}
	c.sibling(call)
	c.lost(call)
}

// skips reports whether what stands at pos is left out because it is of a test.
func (c *checker) skips(pos token.Pos) bool { return !c.tests && c.IsTest(pos) }

// Report reports what is wrong in the part of the package that is being checked, once for each place.
func (c *checker) Report(d pass.Diagnostic) {
	if c.tests != c.IsTest(d.Pos) || c.spoken[d.Pos] {
		return
	}
	c.spoken[d.Pos] = true
	d.Subject = c.Call(pass.Place{Pos: d.Pos})
	c.Pass.Report(d)
}
