package endlessgoroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A guard is what is known of the conditions that an instruction runs under.
type guard struct {
	// keeps is set if a condition looks at something that outlives the call: the start may happen once for it.
	keeps bool
	// object is what the state belongs to, where that is one object: a Parameter or a Global; nil: not known.
	object ssa.Value
}

// guardOf looks at the conditions that decide whether an instruction runs: `if s.started { return }`, `if s.timer == nil`,
// a flag, a counter, a map that is asked first.
func (c *checker) guardOf(instr ssa.Instruction) guard {
	target := instr.Block()
	var g guard
	for d := target.Idom(); d != nil; d = d.Idom() {
		branch, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok || !decides(d, target) {
			continue
		}
		s := state{c: c, seen: make(map[ssa.Value]bool), from: d}
		s.look(branch.Cond, 0)
		if !s.found {
			continue
		}
		if g.keeps && g.object != s.object {
			g.object = nil
			continue
		}
		g = guard{keeps: true, object: s.object}
	}
	return g
}

// decides reports whether d, which dominates the target, has a way on that does not lead to the target before it comes
// back to d or leaves the function.
func decides(d, target *ssa.BasicBlock) bool {
	for _, s := range d.Succs {
		if s == target {
			continue
		}
		seen := map[*ssa.BasicBlock]bool{target: true}
		todo := []*ssa.BasicBlock{s}
		for len(todo) > 0 {
			b := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if b == d || len(b.Succs) == 0 && !seen[b] {
				return true
			}
			if !seen[b] {
				seen[b] = true
				todo = append(todo, b.Succs...)
			}
		}
	}
	return false
}

// A state collects what a condition depends on.
type state struct {
	c      *checker
	from   *ssa.BasicBlock
	seen   map[ssa.Value]bool
	found  bool
	object ssa.Value
}

func (s *state) note(object ssa.Value) {
	switch object.(type) {
	case *ssa.Parameter, *ssa.Global:
	default:
		object = nil
	}
	if s.found && s.object != object {
		object = nil
	}
	s.found, s.object = true, object
}

// look follows a condition back. Errors tell of the call, not of a state.
func (s *state) look(v ssa.Value, depth int) {
	if v == nil || s.seen[v] || depth > maxSteps || irutil.IsError(v.Type()) {
		return
	}
	s.seen[v] = true
	switch v := v.(type) {
	case *ssa.BinOp:
		if irutil.IsError(v.X.Type()) || irutil.IsError(v.Y.Type()) {
			return
		}
		s.look(v.X, depth+1)
		s.look(v.Y, depth+1)
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			s.load(v, depth)
		case token.ARROW: // what comes from a channel is new
		default:
			s.look(v.X, depth+1)
		}
	case *ssa.Phi:
		// A variable that the loop carries on: a flag, a counter.
		if slices.ContainsFunc(v.Block().Preds, func(p *ssa.BasicBlock) bool { return v.Block().Dominates(p) }) {
			s.note(nil)
			return
		}
		for _, e := range v.Edges {
			s.look(e, depth+1)
		}
	case *ssa.Lookup:
		s.container(v.X)
	case *ssa.Extract:
		s.look(v.Tuple, depth+1)
	case *ssa.Convert:
		s.look(v.X, depth+1)
	case *ssa.ChangeType:
		s.look(v.X, depth+1)
	case *ssa.TypeAssert:
		s.look(v.X, depth+1)
	case *ssa.FreeVar:
		s.look(origin(v), depth+1)
	case *ssa.Field:
		s.look(v.X, depth+1)
	case *ssa.Call:
		s.call(v)
	}
}

// load is a read of memory. A field that nobody assigns once its struct is made is configuration.
func (s *state) load(v *ssa.UnOp, depth int) {
	if stored := origin(v); stored != v {
		s.look(stored, depth+1)
		return
	}
	switch addr := v.X.(type) {
	case *ssa.FieldAddr:
		if _, fresh := rootOf(addr.X).(*ssa.Alloc); !fresh && s.c.index.written[irutil.FieldOf(addr.X.Type(), addr.Field)] {
			s.note(rootOf(addr.X))
		}
	case *ssa.Global:
		s.note(addr)
	case *ssa.IndexAddr:
		s.container(addr.X)
	case *ssa.Alloc, *ssa.FreeVar:
		// A local variable that is assigned several times, and shared with closures: it may be a flag.
		s.note(nil)
	}
}

// container is a read of a map or slice: it may be asked whether there is one already.
func (s *state) container(v ssa.Value) {
	switch rootOf(v).(type) {
	case *ssa.Parameter, *ssa.Global, *ssa.Alloc, *ssa.MakeMap, *ssa.MakeSlice:
		// Once for each key, not for each owner of the map.
		s.note(nil)
	}
}

// call is a condition that a function computes. What it is asked about may be a state: nobody knows, so it counts as one
// unless it can see nothing that outlives the call.
func (s *state) call(v *ssa.Call) {
	op := skeleton.OpOf(v)
	switch op.Kind {
	case skeleton.AtomicLoad, skeleton.AtomicSwap, skeleton.AtomicCompareAndSwap, skeleton.AtomicAdd, skeleton.TryLock, skeleton.TryRLock:
		s.note(rootOf(op.Object))
		return
	case skeleton.None:
	default:
		return
	}
	if _, ok := v.Call.Value.(*ssa.Builtin); ok {
		for _, arg := range v.Call.Args {
			s.look(arg, 1)
		}
		return
	}
	if op.Callee.Object != nil && op.Callee.Object.Pkg() != nil && std(op.Callee.Object.Pkg()) && op.Callee.Object.Pkg().Path() != "sync" {
		return // a function of the values that it gets
	}
	for _, arg := range op.Callee.Args {
		if mayKeep(arg.Type()) {
			s.note(nil)
			return
		}
	}
	if op.Callee.Func == nil || op.Callee.Closure != nil || len(op.Callee.Args) == 0 {
		s.note(nil)
	}
}

// mayKeep reports whether a value of the type can lead to memory that others share.
func mayKeep(t types.Type) bool {
	_, basic := t.Underlying().(*types.Basic)
	return !basic
}
