// Package goroutineleak finds goroutines that block for ever: on a channel that nobody serves any more, on a lock that
// is not given back, on a WaitGroup or a Cond that nobody releases.
//
// Two techniques share one front end (package skeleton): flow rules, which see code whose callers are not known, and the
// bounded execution of package explore, which proves an interleaving where all of a primitive's users are seen.
package goroutineleak

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/program"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

const name = "goroutineleak"

const doc = `find goroutines that block for ever

A goroutine that waits for something that can no longer happen never ends: it keeps its stack and all that it refers to,
and if it holds a lock, or somebody waits for it, others stop with it. The analyzer follows channels, locks, WaitGroups,
conditions and contexts through the functions of a package and reports operations that nobody can release, with the way
there.`

// Rules are all that the analyzer can report.
func Rules() []*rule.Rule {
	return slices.Concat(channelRules(), lockRules(), releaseRules(), stopRules())
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
		FactTypes: []analysis.Fact{new(startsFact)},
		Run:       run,
	})
}

// A checker checks one package: the part that is not for tests, or the whole for what is wrong in the tests.
type checker struct {
	*pass.Pass
	tests   bool
	ssa     *buildssa.SSA
	fns     []*ssa.Function
	exits   *exits.Info
	found   []finding
	prog    *skeleton.Program
	world   *world
	program *program.Program
	// emptyMaps holds the fields that were asked about, see neverFilled.
	emptyMaps map[*types.Var]bool
	releaseState
	pipeState
}

// A finding is a diagnostic that is reported unless another one tells of the same cause.
type finding struct {
	pass.Diagnostic
	// blocked is the operation that waits for ever, or the cause where none does; one finding is reported for each.
	blocked token.Pos
	// rank orders the findings of one cause: the lowest is reported.
	rank int
	// at is the operation that waits for ever, and start what starts the goroutine that does: what is known of them may make
	// the finding a note. Either may be nil.
	at, start ssa.Instruction
	// sends is the send that waits for ever, and left how its receivers leave, where that is known: see families.
	sends ssa.Instruction
	left  exit
	// advice says why the finding is a note, where it is one.
	advice string
}

// What knows most about a cause speaks.
const (
	inClient = iota // the explorer shows how users of a type come to it
	proven          // the explorer shows how
	shown           // a flow rule does
)

func run(p *pass.Pass) error {
	p.InParts(func(tests bool) { check(p, tests) })
	return nil
}

func newChecker(p *pass.Pass, tests bool) *checker {
	c := &checker{Pass: p, tests: tests, ssa: p.ResultOf[buildssa.Analyzer].(*buildssa.SSA), exits: exits.New(p.Options.Exits), emptyMaps: make(map[*types.Var]bool)}
	c.fns = slices.DeleteFunc(irutil.Functions(c.ssa), func(fn *ssa.Function) bool { return !tests && c.IsTest(fn.Pos()) })
	c.exits.Among(c.fns)
	c.program = program.New(c.Pkg, c.fns)
	c.world = newWorld(c)
	return c
}

func check(p *pass.Pass, tests bool) {
	c := newChecker(p, tests)
	c.explore()
	c.channels()
	c.locks()
	c.releases()
	c.report()
}

// add notes a finding.
func (c *checker) add(f finding) {
	if c.tests == c.IsTest(f.Pos) {
		c.found = append(c.found, f)
	}
}

// report reports the findings, one for each cause, in the order of the sources.
func (c *checker) report() {
	slices.SortStableFunc(c.found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.blocked, b.blocked), cmp.Compare(a.rank, b.rank), cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Rule.Code, b.Rule.Code))
	})
	var list []finding
	for i := 0; i < len(c.found); {
		first := c.found[i]
		for ; i < len(c.found) && c.found[i].blocked == first.blocked; i++ {
			other := c.found[i]
			if other.Rule != first.Rule {
				continue
			}
			// A flow rule may know the remedy of what the explorer proves, and who has left.
			if first.Fix == nil {
				first.Fix = other.Fix
			}
			if first.Schedule == nil {
				first.Schedule = other.Schedule
			}
			if first.left.root == nil {
				first.left = other.left
			}
		}
		first.advice = c.soften(&first)
		list = append(list, first)
	}
	for _, family := range c.families(list) {
		first := family[0]
		c.tellOf(&first, family[1:])
		first.Message += first.advice
		switch first.Rule {
		case abandonedSender, abandonedReceiver, blockedSelect: // package endlessgoroutine may see a loop that does not end
			first.Subject = c.Goroutine(pass.Place{Pos: first.Pos})
		}
		c.Report(first.Diagnostic)
	}
}
