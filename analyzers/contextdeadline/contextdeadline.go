// Package contextdeadline finds calls that wait for a peer with a context that has no deadline.
//
// What waits, and what its context is rooted in, is seldom seen in one place. A function that hands a parameter on to
// an outbound call without adding a deadline owes that to its callers, as a fact for other packages; so does one that
// makes a root context itself. What is owed travels to the callers, until a call proves that it happens again and again
// (a handler, a loop that waits for work) with a context that is rooted at Background. What happens once, while a
// program starts, is no finding.
package contextdeadline

import (
	"cmp"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/program"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Name is the analyzer's name.
const Name = "contextdeadline"

const doc = `find outbound calls whose context has no deadline

A peer that accepts a request and does not answer blocks the caller until the context ends. A context that is rooted at
context.Background never does: in a handler or a worker every such call costs a goroutine and a connection for good.`

// Analyzer finds outbound calls whose context has no deadline.
var Analyzer = New()

// options are the analyzer's own.
type options struct {
	require requirement
}

// A requirement says which contexts must have a deadline beside those that are rooted at Background.
type requirement string

// handlersToo asks for a deadline where a request's own context, which ends only when the client goes away, is used.
const handlersToo requirement = "handlers"

// String returns the requirement as a flag's value.
func (r *requirement) String() string { return string(*r) }

// Set takes the value of a flag.
func (r *requirement) Set(s string) error {
	if s != "" && s != string(handlersToo) {
		return fmt.Errorf("%q is not known, only %q", s, handlersToo)
	}
	*r = requirement(s)
	return nil
}

// New returns a fresh Analyzer, whose options are its own.
func New() *analysis.Analyzer {
	opts := new(options)
	return pass.New(pass.Spec{
		Name:      Name,
		Doc:       doc,
		Rules:     Rules(),
		Requires:  []*analysis.Analyzer{buildssa.Analyzer},
		FactTypes: []analysis.Fact{new(Summary)},
		Flags: func(fs *flag.FlagSet) {
			fs.Var(&opts.require, "require-deadline", "`handlers`: the contexts of requests, which have no deadline of their own, need one too")
		},
		Run: func(p *pass.Pass) error { return run(p, opts) },
	})
}

// Rules lists what the analyzer reports.
func Rules() []*rule.Rule {
	return []*rule.Rule{noDeadline, badTimeout, deferredCancel, useless}
}

// A checker is the work on one package: on the part that is not for tests, or on the whole for what the tests do wrong.
type checker struct {
	*pass.Pass
	opts      *options
	tests     bool
	fns       []*ssa.Function
	exits     *exits.Info
	contexts  *ctxflow.Flow
	outbound  outbound.Table
	paths     *skeleton.Paths
	program   *program.Program
	source    *source.Index
	duties    map[*ssa.Function][]duty
	implement map[*types.Named][]types.Type // what implements the interfaces of the package
	fields    map[*types.Var][]ssa.Value    // what is stored in those of interface types
	imports   *pass.Facts[Summary, *Summary]
	found     []pass.Diagnostic
	at        map[token.Pos]int // findings of unbounded, by their place
	spoken    map[string]bool   // roots that a finding tells of
}

func run(p *pass.Pass, opts *options) error {
	p.InParts(func(tests bool) { check(p, opts, tests) })
	return nil
}

func check(p *pass.Pass, opts *options, tests bool) {
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	c := &checker{
		Pass:      p,
		opts:      opts,
		tests:     tests,
		exits:     exits.New(p.Options.Exits),
		source:    source.New(p),
		outbound:  outbound.New(&p.Options.Models),
		paths:     skeleton.NewPaths(),
		duties:    make(map[*ssa.Function][]duty),
		implement: make(map[*types.Named][]types.Type),
		imports:   pass.FactsOf[Summary](p),
		spoken:    make(map[string]bool),
		at:        make(map[token.Pos]int),
	}
	skips := func(pos token.Pos) bool { return !tests && p.IsTest(pos) }
	c.fns = slices.DeleteFunc(irutil.Functions(in), func(fn *ssa.Function) bool { return skips(fn.Pos()) })
	c.program = program.New(p.Pkg, c.fns)
	c.contexts = ctxflow.New(in, skips)
	c.contexts.Declared = &p.Options.Models
	c.contexts.Imported = func(fn *types.Func) []ctxflow.Result {
		if s := c.imports.Of(fn); s != nil {
			return s.Results
		}
		return nil
	}
	for _, fn := range c.fns {
		c.dutiesOf(fn)
		c.timeouts(fn)
		c.deferredCancels(fn)
		c.uselessTimeouts(fn)
		c.beside(fn)
	}
	if !tests {
		c.exportFacts()
	}
	c.report()
}

// report reports the findings in the order of the sources.
func (c *checker) report() {
	found := slices.DeleteFunc(c.found, func(d pass.Diagnostic) bool { return c.tests != c.IsTest(d.Pos) })
	slices.SortStableFunc(found, func(a, b pass.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Rule.Code, b.Rule.Code))
	})
	for _, d := range found {
		c.Report(d)
	}
}
