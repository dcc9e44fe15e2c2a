package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// toldByValue reports whether a case of a select is the order to end that a method of the object sends: on a channel of
// signals that the object keeps, on which nobody sends but what others call, once for each call, and behind which the loop is
// left on every way.
func (w *world) toldByValue(op skeleton.ClassOp, sel *ssa.Select, i int, branch *ssa.BasicBlock) bool {
	c := sel.States[i]
	class := w.classes.Of(c.Chan)
	if c.Dir != types.RecvOnly || class == nil || !class.Kept || class.Global || !class.Closed() || !isOrder(c.Chan.Type()) || w.reaches(branch.Instrs[0], sel) {
		return false
	}
	sends := opsOf(class, skeleton.Send)
	return len(sends) > 0 && !slices.ContainsFunc(sends, func(s skeleton.ClassOp) bool {
		outer := irutil.Outermost(s.Fn)
		return outer == op.Fn || !w.classes.Callable(outer) || w.repeats(s.Instr.Block(), nil)
	})
}

// isOrder reports whether the values of a channel say no more than that they have come, and perhaps where the answer goes.
func isOrder(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	switch elem := ch.Elem().Underlying().(type) {
	case *types.Struct:
		return elem.NumFields() == 0
	case *types.Basic:
		return elem.Kind() == types.Bool
	case *types.Chan:
		return true
	}
	return false
}

// ofProcess reports whether a function is run on an object that the process has for itself, by functions that others can
// call at any time: they cannot know that it has been ended, and another one may take its place.
func (w *world) ofProcess(fn *ssa.Function) bool {
	if w.Pkg.Name() == "main" {
		return false // the process ends with its parts
	}
	seen := map[*ssa.Function]bool{fn: true}
	todo := []*ssa.Function{fn}
	for len(todo) > 0 && len(seen) < 32 {
		at := todo[0]
		todo = todo[1:]
		for _, caller := range w.fns {
			for _, b := range caller.Blocks {
				for _, instr := range b.Instrs {
					call, ok := instr.(ssa.CallInstruction)
					if !ok {
						continue
					}
					recv, calls := receiverOf(call, at)
					if !calls {
						continue
					}
					if recv != nil && w.openFunction(caller) && fromGlobal(recv, 0, make(map[ssa.Value]bool)) {
						return true
					}
					if !seen[caller] {
						seen[caller] = true
						todo = append(todo, caller)
					}
				}
			}
		}
	}
	return false
}

// openFunction reports whether a function is no method, and others can call it.
func (w *world) openFunction(fn *ssa.Function) bool {
	fn = irutil.Outermost(fn)
	return fn.Signature.Recv() == nil && w.classes.Callable(fn)
}

// receiverOf reports whether a call may run a function, and on what object.
func receiverOf(call ssa.CallInstruction, fn *ssa.Function) (recv ssa.Value, ok bool) {
	common := call.Common()
	if common.IsInvoke() {
		own := fn.Signature.Recv()
		iface, _ := common.Value.Type().Underlying().(*types.Interface)
		if own == nil || iface == nil || common.Method.Name() != fn.Name() || !types.Implements(own.Type(), iface) {
			return nil, false
		}
		return common.Value, true
	}
	callee := skeleton.CalleeOf(common)
	if callee.Func != fn {
		return nil, false
	}
	if fn.Signature.Recv() != nil && len(callee.Args) > 0 {
		recv = callee.Args[0]
	}
	return recv, true
}

// fromGlobal reports whether a value is read from a package-level variable, or comes from a function without parameters
// that is not seen to make it.
func fromGlobal(v ssa.Value, depth int, seen map[ssa.Value]bool) bool {
	if depth > 8 || seen[v] {
		return false
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Global:
		return true
	case *ssa.UnOp:
		return fromGlobal(v.X, depth+1, seen)
	case *ssa.FieldAddr:
		return fromGlobal(v.X, depth+1, seen)
	case *ssa.TypeAssert:
		return fromGlobal(v.X, depth+1, seen)
	case *ssa.Extract:
		return fromGlobal(v.Tuple, depth+1, seen)
	case *ssa.ChangeInterface:
		return fromGlobal(v.X, depth+1, seen)
	case *ssa.MakeInterface:
		return fromGlobal(v.X, depth+1, seen)
	case *ssa.Phi:
		return slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return fromGlobal(e, depth+1, seen) })
	case *ssa.Call:
		callee := skeleton.CalleeOf(v.Common())
		if callee.Func == nil || len(callee.Func.Blocks) == 0 {
			return len(v.Call.Args) == 0 && !v.Call.IsInvoke() || slices.ContainsFunc(v.Call.Args, func(a ssa.Value) bool { return fromGlobal(a, depth+1, seen) })
		}
		for _, b := range callee.Func.Blocks {
			if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && slices.ContainsFunc(ret.Results, func(r ssa.Value) bool { return fromGlobal(r, depth+1, seen) }) {
				return true
			}
		}
	}
	return false
}

// inWindow reports whether a send is made right behind a look at a context that has not ended, and its receivers leave only
// because that context ends: all that can go wrong is that it does in between.
func (w *world) inWindow(class *skeleton.Class, op skeleton.ClassOp) bool {
	look := lookBefore(op.Instr)
	if look == nil || len(opsOf(class, skeleton.Close)) == 0 && len(class.Makes) != 1 || w.holdsLock(op.Instr) || w.waitedFor(op) {
		return false
	}
	receives := 0
	for _, recv := range opsOf(class, skeleton.Recv) {
		if !w.exits.Reachable(recv.Instr) {
			continue
		}
		receives++
		sel, ok := recv.Instr.(*ssa.Select)
		if !ok || !sel.Blocking || len(sel.States) != 2 {
			return false
		}
		for i, c := range sel.States {
			if i == recv.Case {
				continue
			}
			call, ok := c.Chan.(*ssa.Call)
			if !ok {
				return false
			}
			if done := skeleton.OpOf(call); done.Kind != skeleton.ContextDone || !sameContext(look, done.Object) {
				return false
			}
		}
	}
	return receives > 0
}

// lookBefore returns the context that is asked right before an instruction, which runs only where it has not ended.
func lookBefore(at ssa.Instruction) ssa.Value {
	b := at.Block()
	for _, instr := range b.Instrs {
		if instr == at {
			break
		}
		if _, call := instr.(ssa.CallInstruction); call {
			return nil // that may take its time
		}
	}
	if len(b.Preds) != 1 {
		return nil
	}
	before := b.Preds[0]
	br, ok := before.Instrs[len(before.Instrs)-1].(*ssa.If)
	if !ok {
		return nil
	}
	cond, ok := br.Cond.(*ssa.BinOp)
	if !ok || cond.Op != token.EQL && cond.Op != token.NEQ || (cond.Op == token.EQL) != (before.Succs[0] == b) {
		return nil
	}
	call, ok := cond.X.(*ssa.Call)
	if k, isNil := cond.Y.(*ssa.Const); !ok || !isNil || !k.IsNil() || call.Block() != before {
		return nil
	}
	if op := skeleton.OpOf(call); op.Kind == skeleton.ContextErr {
		return op.Object
	}
	return nil
}

// sameContext reports whether two values are one context: the same, what a closure has of it, or the field in which the
// function that waits has put it.
func sameContext(look, waits ssa.Value) bool {
	if look == nil || waits == nil {
		return false
	}
	look, waits = standsFor(look), standsFor(waits)
	if look == waits {
		return true
	}
	if load, ok := look.(*ssa.UnOp); ok && load.Op == token.MUL {
		look = load.X
	}
	key, _, ok := fieldOf(look)
	fn := waits.Parent()
	if !ok || fn == nil {
		return false
	}
	f := key.variable()
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			store, ok := instr.(*ssa.Store)
			if !ok || standsFor(store.Val) != waits {
				continue
			}
			if addr, ok := store.Addr.(*ssa.FieldAddr); ok && f != nil && irutil.FieldOf(addr.X.Type(), addr.Field) == f {
				return true
			}
		}
	}
	return false
}

// standsFor is what a closure's variable, or a variable that is assigned once, stands for.
func standsFor(v ssa.Value) ssa.Value {
	for range 8 {
		switch x := v.(type) {
		case *ssa.FreeVar:
			if b := skeleton.Bound(x); b != nil {
				v = b
				continue
			}
		case *ssa.UnOp:
			cell := x.X
			if free, ok := cell.(*ssa.FreeVar); ok {
				cell = skeleton.Bound(free)
			}
			if alloc, ok := cell.(*ssa.Alloc); ok && x.Op == token.MUL {
				if stored := skeleton.OnlyStored(alloc); stored != nil {
					v = stored
					continue
				}
			}
		}
		break
	}
	return v
}
