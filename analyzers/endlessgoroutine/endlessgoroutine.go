// Package endlessgoroutine finds goroutines that loop for ever and are started again and again: for each request, each
// connection, each object that is made. Nothing ends them, so they pile up.
//
// That a goroutine has no end is seen where it loops; that it is started again is mostly seen elsewhere. A function that
// starts one carries an obligation, as a fact for other packages: each call of it leaves a goroutine behind. The
// obligation travels to the callers, until a call proves that it happens again and again (a handler, a loop that waits
// for work), or that it does not: main, init, a sync.Once. What reaches neither is silent.
package endlessgoroutine

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// Name is the analyzer's name.
const Name = "endlessgoroutine"

const doc = `find goroutines without end that are started again and again

A goroutine whose loop has no way out lives as long as the process. One such goroutine is a daemon; one for each request,
connection or object is a leak: they pile up with all that they refer to.`

// Analyzer finds goroutines without end that are started again and again.
var Analyzer = New()

// New returns a fresh Analyzer, whose options are its own.
func New() *analysis.Analyzer {
	return pass.New(pass.Spec{
		Name:      Name,
		Doc:       doc,
		Rules:     Rules(),
		Requires:  []*analysis.Analyzer{buildssa.Analyzer},
		FactTypes: []analysis.Fact{new(Summary)},
		Run:       run,
	})
}

// A checker is the work on one package: on the part that is not for tests, or on the whole for what the tests do wrong.
type checker struct {
	*pass.Pass
	tests        bool
	fns          []*ssa.Function
	exits        *exits.Info
	index        *index
	traps        map[*ssa.Function]*trap
	duties       map[*ssa.Function][]duty
	dead         map[*types.Var]bool    // fields whose channels never fire
	startedLoops map[*ssa.Function]bool // functions that loop for ever, and that the package runs as goroutines
	imports      *pass.Facts[Summary, *Summary]
	contexts     *ctxflow.Flow
	source       *source.Index
	found        []finding
}

// A finding is a diagnostic about the goroutine that is started at a place. One is reported for each start.
type finding struct {
	pass.Diagnostic
	start ssa.Instruction // nil: in another package
	rank  int             // the lowest speaks
}

func run(p *pass.Pass) error {
	p.InParts(func(tests bool) { check(p, tests) })
	return nil
}

func check(p *pass.Pass, tests bool) {
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	c := &checker{
		Pass:         p,
		tests:        tests,
		exits:        exits.New(p.Options.Exits),
		traps:        make(map[*ssa.Function]*trap),
		duties:       make(map[*ssa.Function][]duty),
		dead:         make(map[*types.Var]bool),
		startedLoops: make(map[*ssa.Function]bool),
		imports:      pass.FactsOf[Summary](p),
		source:       source.New(p),
	}
	c.fns = slices.DeleteFunc(irutil.Functions(in), func(fn *ssa.Function) bool { return !tests && p.IsTest(fn.Pos()) })
	c.index = newIndex(c.fns)
	c.contexts = ctxflow.New(in, func(pos token.Pos) bool { return !tests && p.IsTest(pos) })
	for _, fn := range c.fns {
		c.dutiesOf(fn)
		c.checkStarts(fn)
	}
	for _, fn := range c.fns {
		c.checkBlocking(fn)
	}
	if !tests {
		c.exportFacts()
	}
	c.report()
}

// report reports the findings, one for each goroutine, in the order of the sources.
func (c *checker) report() {
	found := slices.DeleteFunc(c.found, func(f finding) bool { return c.tests != c.IsTest(f.Pos) })
	slices.SortStableFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Rule.Code, b.Rule.Code))
	})
	told := make(map[ssa.Instruction]bool)
	kept := found[:0]
	for _, f := range found {
		if f.start != nil {
			if told[f.start] {
				continue
			}
			told[f.start] = true
		}
		kept = append(kept, f)
	}
	slices.SortStableFunc(kept, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Rule.Code, b.Rule.Code))
	})
	for _, f := range kept {
		c.Report(f.Diagnostic)
	}
}
