// Package lostwait finds those who wait without bound: a shutdown without a deadline, a loop that tries again and does
// not notice that its context has ended, a handler that waits for work which nothing bounds.
package lostwait

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// Name is the analyzer's name.
const Name = "lostwait"

const doc = `find waits that nothing bounds

A shutdown that waits for connections without a deadline is ended by the kill of the pod. A loop that sleeps between its
tries and never asks its context goes on for a client that has left. A loop that tries again at once burns a core, and
the peer with it. The analyzer finds such waits, and deadlines that are made from a context that has ended already.`

// Analyzer is the analyzer with its default options.
var Analyzer = New()

// New returns a fresh analyzer.
func New() *analysis.Analyzer {
	return pass.New(pass.Spec{
		Name:      Name,
		Doc:       doc,
		Rules:     Rules(),
		Requires:  []*analysis.Analyzer{buildssa.Analyzer},
		FactTypes: []analysis.Fact{new(fact)},
		Run:       run,
	})
}

// Rules lists what the analyzer reports.
func Rules() []*rule.Rule {
	return []*rule.Rule{shutdown, gracefulStop, lostWork, retry, endless, ended, retryAfterEnd, oneDeadline, helperIgnores}
}

// A checker is the work on one package: on the part that is not for tests, or on the whole for what the tests do wrong.
type checker struct {
	*pass.Pass
	tests    bool
	fns      []*ssa.Function
	exits    *exits.Info
	contexts *ctxflow.Flow
	scope    *scope.Info
	source   *source.Index
	loops    map[*ssa.Function][]*irutil.Loop
	carries  map[ssa.Value]bool    // derived from a context
	slept    map[*irutil.Loop]bool // waits, and a finding says that the context at hand is not noticed
	helpers  map[*ssa.Function]*models.RetryHelper
	found    []pass.Diagnostic
}

func run(p *pass.Pass) error {
	p.InParts(func(tests bool) { check(p, tests) })
	return nil
}

func check(p *pass.Pass, tests bool) {
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	skips := func(pos token.Pos) bool { return !tests && p.IsTest(pos) }
	c := &checker{
		Pass:     p,
		tests:    tests,
		exits:    exits.New(p.Options.Exits),
		contexts: ctxflow.New(in, skips),
		scope:    scope.New(in, skips),
		source:   source.New(p),
		loops:    make(map[*ssa.Function][]*irutil.Loop),
		carries:  make(map[ssa.Value]bool),
		slept:    make(map[*irutil.Loop]bool),
		helpers:  make(map[*ssa.Function]*models.RetryHelper),
	}
	c.fns = slices.DeleteFunc(irutil.Functions(in), func(fn *ssa.Function) bool { return skips(fn.Pos()) })
	for _, fn := range c.fns {
		c.function(fn)
	}
	if !tests {
		c.exportFacts()
	}
	c.report()
}

// function looks at each instruction of a function: first at those that wait, because one cause is one finding.
func (c *checker) function(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if c.exits.Reachable(instr) {
				c.retries(instr)
				c.receives(instr)
			}
		}
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if !c.exits.Reachable(instr) {
				continue
			}
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if !c.afterEnd(call) {
				c.shutdowns(call)
			}
			if !c.endlessRetry(call) && !c.sharedDeadline(call) {
				c.retryEnded(call)
			}
			c.recursion(call)
			c.helped(call)
			c.waits(call)
		}
	}
}

// report reports the findings in the order of the sources, one for each place.
func (c *checker) report() {
	found := slices.DeleteFunc(c.found, func(d pass.Diagnostic) bool { return c.tests != c.IsTest(d.Pos) })
	slices.SortStableFunc(found, func(a, b pass.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Rule.Code, b.Rule.Code))
	})
	found = slices.CompactFunc(found, func(a, b pass.Diagnostic) bool { return a.Pos == b.Pos && a.Rule == b.Rule })
	for _, d := range found {
		d.Subject = c.Call(pass.Place{Pos: d.Pos})
		c.Report(d)
	}
}
