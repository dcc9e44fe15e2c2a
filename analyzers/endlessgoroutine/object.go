package endlessgoroutine

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// An owner is the object that a goroutine works for.
type owner struct {
	named *types.Named
	// made is set where the function that starts the goroutine also makes the object and returns it, self where that is a
	// method of the object. Else the object is one that the function knows, and the goroutine runs a method of it.
	made, self bool
}

// checkStarts looks at each goroutine without end that fn starts itself: whether the object that it works for pretends
// that it can be stopped, or could be dropped.
func (c *checker) checkStarts(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			for _, target := range c.started(call) {
				if loop := c.calleeTrap(target); loop != nil && c.counts(instr) {
					c.checkStart(fn, call, target, loop)
				}
			}
		}
	}
}

// counts reports whether an instruction counts in this part of the work: whether it can be reached, and is not a test's.
func (c *checker) counts(instr ssa.Instruction) bool {
	return c.exits.Reachable(instr) && (c.tests || !c.IsTest(instr.Pos()))
}

func (c *checker) checkStart(fn *ssa.Function, call ssa.CallInstruction, target skeleton.Callee, loop *trap) {
	c.startedLoops[loop.fn] = true
	if c.once(fn, 0) {
		return
	}
	g := c.guardOf(call)
	if _, global := g.object.(*ssa.Global); global {
		return
	}
	s := start{fn: fn, call: call, target: target, loop: loop, guard: g}
	if ticker := waitsOnlyFor(loop); ticker != nil {
		if stop := c.tickerStop(ticker, loop); stop != nil {
			c.reportTicker(s, stop)
			return
		}
		if ret := handedOut(fn, ticker); ret != nil {
			c.reportHandedOut(s, ret)
			return
		}
	}
	o := c.ownerOf(fn, target, loop)
	if stop := c.stopMethod(o.named, irutil.Outermost(fn)); stop != nil {
		c.reportIgnored(s, o, stop)
		return
	}
	if ctx := c.ignoredContext(s); ctx != nil {
		c.reportContext(s, ctx)
		return
	}
	if o.named == nil {
		return
	}
	lazy := o.self && (g.keeps || c.underOnce(fn))
	made := o.made && irutil.Outermost(fn).Object() != nil && irutil.Outermost(fn).Object().Exported() || o.self && c.constructs(irutil.Outermost(fn))
	if (made || lazy) && o.named.Obj().Exported() && c.isLibrary() {
		c.reportUnstoppable(s, o)
	}
}

// constructs reports whether a method of the type is called by an exported function that makes a value of it.
func (c *checker) constructs(method *ssa.Function) bool {
	return slices.ContainsFunc(c.index.callers[method], func(call ssa.CallInstruction) bool {
		maker := call.Parent()
		args := skeleton.CalleeOf(call.Common()).Args
		return maker.Object() != nil && maker.Object().Exported() && maker.Signature.Recv() == nil && len(args) > 0 && returns(maker, origin(args[0]))
	})
}

// underOnce reports whether fn is a closure that a sync.Once calls.
func (c *checker) underOnce(fn *ssa.Function) bool {
	return slices.ContainsFunc(c.index.asValue[fn], func(use ssa.Instruction) bool { return skeleton.OpOf(use).Kind == skeleton.OnceDo })
}

// A start is a goroutine without end and the place where it begins.
type start struct {
	fn     *ssa.Function
	call   ssa.CallInstruction
	target skeleton.Callee
	loop   *trap
	guard  guard
}

// isLibrary reports whether the callers of the package are anybody's: it is not a program, and no part of one.
func (c *checker) isLibrary() bool {
	path := "/" + c.Pkg.Path() + "/"
	return c.Pkg.Name() != "main" && !strings.Contains(path, "/internal/") && !strings.Contains(path, "/cmd/")
}

// ownerOf returns the type of this package whose value the goroutine works with: the receiver of the method that starts
// it, what the function that starts it returns, or what the goroutine runs a method of.
func (c *checker) ownerOf(fn *ssa.Function, target skeleton.Callee, loop *trap) owner {
	values := slices.Clone(target.Args)
	if target.Closure != nil {
		values = append(values, target.Closure.Bindings...)
	}
	top := irutil.Outermost(fn)
	for _, v := range values {
		v = origin(v)
		if cell, ok := v.(*ssa.Alloc); ok {
			// A captured variable: what it holds.
			if s := onlyStore(cell); s != nil && pointerTo(s.Type()) != nil {
				v = origin(s)
			}
		}
		named := pointerTo(v.Type())
		if named == nil || named.Obj().Pkg() != c.Pkg {
			continue
		}
		if p, ok := v.(*ssa.Parameter); ok && top.Signature.Recv() != nil && len(top.Params) > 0 && p == top.Params[0] {
			return owner{named: named, self: true}
		}
		if returns(top, v) {
			return owner{named: named, made: true}
		}
	}
	for _, f := range []*ssa.Function{target.Func, loop.fn} {
		if f == nil || f.Signature.Recv() == nil {
			continue
		}
		if named := pointerTo(f.Signature.Recv().Type()); named != nil && named.Obj().Pkg() == c.Pkg {
			return owner{named: named}
		}
	}
	return owner{}
}

// pointerTo returns the struct type with a name that t is a pointer to, or nil.
func pointerTo(t types.Type) *types.Named {
	named := irutil.PointerTo(t)
	if named == nil {
		return nil
	}
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return nil
	}
	return named.Origin()
}

// returns reports whether a result of fn is the value.
func returns(fn *ssa.Function, v ssa.Value) bool {
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for _, r := range ret.Results {
			if origin(r) == v {
				return true
			}
		}
	}
	return false
}

// stopNames are what methods are called that end an object's work.
var stopNames = []string{"close", "stop", "shutdown", "terminate", "destroy", "dispose", "quit"}

// stopMethod returns the method of the type, declared in the package, that is there to end its work, or nil.
func (c *checker) stopMethod(named *types.Named, not *ssa.Function) *types.Func {
	if named == nil {
		return nil
	}
	for m := range named.Methods() {
		name := strings.ToLower(m.Name())
		if slices.Contains(stopNames, name) && m != not.Object() && m.Signature().Params().Len() <= 1 {
			return m
		}
	}
	return nil
}

// once reports whether fn is known to be called once in the life of the process: by main, by initialisers, or only by
// functions that are.
func (c *checker) once(fn *ssa.Function, depth int) bool {
	if repeat.IsEntry(fn) {
		return true
	}
	callers := c.index.callers[fn]
	if depth > maxDepth || len(callers) == 0 && len(c.index.asValue[fn]) == 0 {
		return false
	}
	if obj := fn.Object(); obj != nil {
		if obj.Exported() && c.Pkg.Name() != "main" || fn.Signature.Recv() != nil && c.index.invokes[obj.Name()] {
			return false
		}
	}
	for _, use := range c.index.asValue[fn] {
		if !c.onceAsValue(use) {
			return false
		}
	}
	for _, call := range callers {
		if !c.becomesGlobal(call) && (!c.once(call.Parent(), depth+1) || c.waitingLoop(call) != nil) {
			return false
		}
	}
	return true
}

// onceAsValue reports whether a use of a function as a value calls it once: as the body of a command of the command
// line, or by a sync.Once of the package.
func (c *checker) onceAsValue(use ssa.Instruction) bool {
	switch use := use.(type) {
	case *ssa.Store:
		return handlers.CommandBody(use)
	case ssa.CallInstruction:
		op := skeleton.OpOf(use)
		if op.Kind == skeleton.OnceDo {
			_, global := rootOf(op.Callee.Args[0]).(*ssa.Global)
			return global
		}
	}
	return false
}
