// Package detachedgoroutine finds goroutines that a request's handler starts and does not wait for, and that use what
// ends with the request: its context, which is then cancelled, the response, the body, a gRPC stream, or the context of a
// framework that recycles it for the next request.
//
// What ends with a request is followed forward, from the parameters of the handlers, through variables, structs,
// closures and calls, over packages by facts (see flow). Where it enters a goroutine, the ways from the start of the
// goroutine to a return are searched for one that does not wait for it (see waiter). Whatever is not understood counts as
// waiting.
package detachedgoroutine

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

const name = "detachedgoroutine"

const doc = `find goroutines that outlive their request and use what ends with it

When a handler returns, the request's context is cancelled, the response is sent, the body is closed, and gin, echo, fiber
and fasthttp give their context to the next request. A goroutine that the handler has started and does not wait for, and
that still uses one of these, has its calls cut off at random, writes into nothing or races with another request. The
analyzer follows these values from the handlers into goroutines, through variables, structs, functions and packages.`

// Rules are all that the analyzer can report.
func Rules() []*rule.Rule {
	return []*rule.Rule{cancelledContext, lateWrite, lateBody, recycledContext, lateStream}
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
	fns     []*ssa.Function
	local   map[*ssa.Function]bool
	callers map[*ssa.Function]bool // called by name in this package, outside its tests
	exits   *exits.Info
	memo    map[item]*effects
	signals map[*ssa.Function][]root
	loops   map[*ssa.Function]bool
	watched map[*ssa.Function]bool
	source  *source.Index
	idle    map[*types.Func]bool // methods of interfaces, see findIdle
	starts  bool                 // a goroutine may be started here
	budget  int
	// starting is the instruction that starts the goroutine about which joinOf is asked.
	starting ssa.Instruction
	spoken   map[spoken]bool
}

// maxSteps bounds the work on a package. Large packages need some 100,000.
const maxSteps = 20_000_000

func run(p *pass.Pass) error {
	if !concerned(p.Pkg) {
		return nil
	}
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	c := &checker{
		Pass:    p,
		fns:     irutil.Functions(in),
		local:   make(map[*ssa.Function]bool),
		callers: make(map[*ssa.Function]bool),
		source:  source.New(p),
		exits:   exits.New(p.Options.Exits),
		memo:    make(map[item]*effects),
		signals: make(map[*ssa.Function][]root),
		loops:   make(map[*ssa.Function]bool),
		watched: make(map[*ssa.Function]bool),
		idle:    make(map[*types.Func]bool),
		budget:  maxSteps,
		spoken:  make(map[spoken]bool),
	}
	for _, fn := range c.fns {
		c.local[fn] = true
	}
	for _, fn := range c.fns {
		c.index(fn)
	}
	c.findIdle()
	for _, fn := range c.fns {
		c.handler(fn)
	}
	if p.Pkg.Name() != "main" {
		c.export()
	}
	if c.budget <= 0 {
		p.Exhausted()
	}
	return nil
}

// concerned reports whether the package can have to do with requests, or with functions that start goroutines.
func concerned(pkg *types.Package) bool {
	for _, imp := range pkg.Imports() {
		switch path := imp.Path(); path {
		case "context", "net/http", "sync", "time", "golang.org/x/sync/errgroup":
			return true
		default:
			if strings.Contains(path, ".") {
				return true
			}
		}
	}
	return false
}

func (c *checker) index(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if _, ok := instr.(*ssa.Go); ok {
				c.starts = true
			}
			if callee := skeleton.CalleeOf(call.Common()); callee.Func != nil {
				if c.local[callee.Func] && !c.IsTest(instr.Pos()) {
					c.callers[callee.Func] = true
				}
			}
		}
	}
}

// handler reports what goes wrong with the goroutines of a handler.
func (c *checker) handler(fn *ssa.Function) {
	h := handlers.Of(fn)
	// A function with more parameters than a handler has may be a part of one, which waits itself.
	if h.Kind == handlers.None || !h.Exact && c.callers[fn] {
		return
	}
	var all []found
	hijacked, parsed := false, false
	for _, p := range fn.Params {
		cl := classOf(p.Type())
		if cl == noClass || cl == function || p == receiver(fn) {
			continue
		}
		if cl == reqContext && h.Kind != handlers.GRPC && h.Kind != handlers.Connect && h.Kind != handlers.Stream {
			continue
		}
		eff := c.follow(item{p, "", cl})
		hijacked = hijacked || eff.hijacked
		parsed = parsed || eff.parsed
		for _, l := range eff.lates {
			all = append(all, found{late: l, param: p})
		}
	}
	for _, f := range all {
		switch {
		case hijacked && (f.kind == writes || f.kind == reads):
		case parsed && f.form:
		case f.kind != touches && slices.ContainsFunc(all, func(other found) bool {
			return other.kind == touches && other.param == f.param && other.start.pos == f.start.pos
		}):
			// What it gets from a context that is recycled is the lesser evil.
		case f.kind == works && c.longLived(fn, f.site):
		default:
			c.report(fn, h, f)
		}
	}
}

func receiver(fn *ssa.Function) ssa.Value {
	if fn.Signature.Recv() != nil && len(fn.Params) > 0 {
		return fn.Params[0]
	}
	return nil
}

// longLived reports whether a handler serves a connection in a loop, around the start of a goroutine or after it. Its
// context then ends with the connection.
func (c *checker) longLived(fn *ssa.Function, site ssa.Instruction) bool {
	syntax := fn.Syntax()
	if syntax == nil || site == nil {
		return false
	}
	return c.hasEndlessLoop(syntax, site.Pos())
}

// endless reports whether a function has a loop that only its own code ends: for without a condition, or over a channel.
func (c *checker) endless(fn *ssa.Function) bool {
	if known, ok := c.loops[fn]; ok {
		return known
	}
	c.loops[fn] = fn.Syntax() != nil && c.hasEndlessLoop(fn.Syntax(), token.NoPos)
	return c.loops[fn]
}

// hasEndlessLoop looks for such a loop that does not end before a position.
func (c *checker) hasEndlessLoop(syntax ast.Node, from token.Pos) bool {
	found := false
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == syntax
		case *ast.ForStmt:
			found = found || n.Cond == nil && n.End() > from
		case *ast.RangeStmt:
			if t := c.TypesInfo.TypeOf(n.X); t != nil && n.End() > from {
				_, ok := t.Underlying().(*types.Chan)
				found = found || ok
			}
		}
		return !found
	})
	return found
}

// sourceOf says in the user's words what an instruction calls.
func (c *checker) sourceOf(instr ssa.CallInstruction) string {
	if call := c.source.CallAt(instr.Pos()); call != nil {
		if text := source.Text(call.Fun); text != "" {
			return text
		}
	}
	if callee := skeleton.CalleeOf(instr.Common()); callee.Object != nil {
		return callee.Object.Name()
	}
	return "a function"
}
