package explore

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// escape hands a value to code that is not seen. t is its static type there, or nil.
func (x *explorer) escape(s *state, v value, t *skeleton.Type, r rights) {
	switch v.k {
	case aggregate:
		for i, p := range v.parts {
			var pt *skeleton.Type
			if t != nil && t.Aggregate() && i < t.Slots {
				pt = t.Scalar(i)
			}
			x.escape(s, p, pt, r)
		}
		return
	case canceller:
		if done := s.objs[v.o].done; done >= 0 {
			s.obj(done).env |= mayClose
		}
		return
	case closure:
		r = x.rightsOf(s.objs[v.o].fn)
	case address, slice:
		if v.o < 0 {
			return
		}
	default:
		return
	}
	o := s.objs[v.o]
	if o.context {
		return // whoever has a context cannot cancel it
	}
	if o.pipe {
		x.escapeEnd(s, v, r)
		return
	}
	if t != nil && t.Shape == skeleton.Chan {
		switch t.Dir {
		case types.RecvOnly:
			r &= mayRecv
		case types.SendOnly:
			r &= maySend | mayClose
		}
	}
	if o.env&r == r {
		return
	}
	o = s.obj(v.o)
	o.env |= r
	for _, h := range slices.Concat(o.slots, o.buf, o.keys) {
		if h.ref() || h.k == aggregate {
			x.escape(s, h, nil, r)
		}
	}
}

// rightsOf says what a function that the environment can call does with what it captured.
func (x *explorer) rightsOf(f *skeleton.Func) rights {
	if f == nil {
		return anything
	}
	if r, ok := x.rights[f.SSA]; ok {
		return r
	}
	seen := make(map[*ssa.Function]bool)
	r := x.rightsIn(f.SSA, seen)
	x.rights[f.SSA] = r
	return r
}

func (x *explorer) rightsIn(f *ssa.Function, seen map[*ssa.Function]bool) rights {
	if seen[f] {
		return 0
	}
	seen[f] = true
	if len(f.Blocks) == 0 || len(seen) > 30 {
		return anything
	}
	var r rights
	for _, b := range f.Blocks {
		for _, instr := range b.Instrs {
			op := skeleton.OpOf(instr)
			if x.prog.UsesEnd(instr) {
				r |= mayChange
			}
			switch op.Kind {
			case skeleton.Send:
				r |= maySend
			case skeleton.Recv:
				r |= mayRecv
			case skeleton.Close:
				r |= mayClose
			case skeleton.Select:
				for _, c := range op.Cases {
					if c.Dir == types.SendOnly {
						r |= maySend
					} else {
						r |= mayRecv
					}
				}
			case skeleton.WaitGroupAdd, skeleton.WaitGroupDone, skeleton.CondSignal, skeleton.CondBroadcast, skeleton.SemaphoreRelease, skeleton.AtomicStore,
				skeleton.AtomicAdd, skeleton.AtomicSwap, skeleton.AtomicCompareAndSwap, skeleton.PipeRead, skeleton.PipeWrite, skeleton.PipeClose:
				r |= mayChange
			}
			switch i := instr.(type) {
			case *ssa.Store:
				r |= mayChange
			case *ssa.MakeClosure:
				r |= x.rightsIn(i.Fn.(*ssa.Function), seen)
			case *ssa.Return:
				if passesReference(i.Results) {
					r |= anything
				}
			case ssa.CallInstruction:
				if op.Kind != skeleton.None {
					break
				}
				if _, builtin := i.Common().Value.(*ssa.Builtin); builtin {
					break
				}
				c := skeleton.CalleeOf(i.Common())
				switch {
				case c.Func != nil && len(c.Func.Blocks) > 0:
					r |= x.rightsIn(c.Func, seen)
				case passesReference(c.Args):
					r |= anything
				case c.Func == nil && !c.Invoke:
					r |= anything
				}
			}
		}
	}
	return r
}

// passesReference reports whether one of the arguments or results can hold a channel or the memory around one.
func passesReference(args []ssa.Value) bool {
	for _, a := range args {
		if _, constant := a.(*ssa.Const); constant {
			continue
		}
		if made, ok := a.(*ssa.MakeInterface); ok && !irutil.IsError(made.Type()) {
			a = made.X
		}
		switch t := a.Type().Underlying().(type) {
		case *types.Chan, *types.Signature:
			return true
		case *types.Pointer:
			switch t.Elem().Underlying().(type) {
			case *types.Struct, *types.Chan, *types.Signature:
				return true
			}
		}
	}
	return false
}
