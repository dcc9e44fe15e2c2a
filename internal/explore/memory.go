package explore

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// emptyText is the constant "".
var emptyText = value{k: text, n: -3750763034362895579}

// zero returns the zero value of a slot of the type.
func zero(t *skeleton.Type) value {
	switch t.Shape {
	case skeleton.Primitive:
		if t.Name == "sync/atomic.Value" || t.Name == "sync/atomic.Pointer" {
			return nilVal
		}
		return zeroInt
	case skeleton.Bool, skeleton.Int:
		return zeroInt
	case skeleton.String:
		return emptyText
	case skeleton.Opaque:
		return derived(7)
	}
	return nilVal
}

// zeroOf is zero for all types.
func zeroOf(t *skeleton.Type) value {
	if !t.Aggregate() {
		return zero(t)
	}
	parts := make([]value, t.Slots)
	for i := range parts {
		parts[i] = zero(t.Scalar(i))
	}
	return value{k: aggregate, parts: parts}
}

// invent returns a value of the type that comes from code that is not seen. id identifies unknown values.
func (s *state) invent(t *skeleton.Type, id value) value {
	switch t.Shape {
	case skeleton.Struct, skeleton.Array, skeleton.Tuple:
		parts := make([]value, t.Slots)
		for i := range parts {
			part := derived(uint64(i), id)
			part.of = 0 // a field's number is no length
			parts[i] = s.invent(t.Scalar(i), part)
		}
		return value{k: aggregate, parts: parts}
	case skeleton.Pointer:
		if t.Elem.Slots == 0 || t.Elem.Shape == skeleton.Opaque {
			break
		}
		return value{k: address, o: s.add(&object{typ: t.Elem, slots: make([]value, t.Elem.Slots), env: anything, lazy: true})}
	case skeleton.Chan:
		return value{k: address, o: s.add(&object{typ: t, channel: true, env: anything, lazy: true})}
	case skeleton.Context:
		done := s.add(&object{channel: true, env: mayClose, lazy: true})
		return value{k: address, o: s.add(&object{context: true, parent: -1, done: done, lazy: true})}
	case skeleton.Primitive:
		if t.Kind == skeleton.Lock {
			return zeroInt // nobody holds it
		}
	}
	return id
}

// load returns what is at slot n and following of an object.
func (s *state) load(v value, t *skeleton.Type) value {
	if v.k != address || s.objs[v.o].noSlots() {
		return s.invent(t, derived(11, v, s.fresh()))
	}
	if t.Slots == 0 {
		return value{k: aggregate}
	}
	if int(v.n)+t.Slots > len(s.objs[v.o].slots) {
		return s.invent(t, s.fresh())
	}
	one := func(i int) value {
		o := s.objs[v.o]
		at := int(v.n) + i
		scalar := t.Scalar(i)
		if o.env&mayChange != 0 && !o.lazy {
			switch scalar.Shape {
			case skeleton.Bool, skeleton.Int, skeleton.String, skeleton.Interface, skeleton.Opaque:
				return s.fresh() // others may have written since
			}
		}
		if held := o.slots[at]; held.k != unset {
			return held
		}
		if !o.lazy {
			return zero(scalar)
		}
		made := s.invent(scalar, derived(13, value{k: address, o: v.o, n: int64(at)}))
		if o.global && scalar.Name == "error" {
			made.nonNil = true // io.EOF and its like
		}
		s.obj(v.o).slots[at] = made
		return made
	}
	if !t.Aggregate() {
		return one(0)
	}
	parts := make([]value, t.Slots)
	for i := range parts {
		parts[i] = one(i)
	}
	return value{k: aggregate, parts: parts}
}

// store writes a value of type t.
func (x *explorer) store(s *state, to, v value, t *skeleton.Type) {
	if to.k != address || s.objs[to.o].noSlots() || int(to.n)+t.Slots > len(s.objs[to.o].slots) {
		x.escape(s, v, t, anything)
		return
	}
	o := s.obj(to.o)
	if t.Aggregate() {
		for i := range t.Slots {
			if v.k == aggregate && i < len(v.parts) {
				o.slots[int(to.n)+i] = v.parts[i]
			} else {
				o.slots[int(to.n)+i] = derived(uint64(i), v)
			}
		}
	} else {
		o.slots[to.n] = v
	}
	if o.env&mayRecv != 0 {
		x.escape(s, v, t, anything)
		if v.k == address && o.lazy && s.objs[v.o].channel && !s.objs[v.o].lazy {
			s.obj(v.o).lent = true
		}
	}
}

// same is the function same also for values in interfaces, which are compared by type and content.
func (s *state) same(a, b value) (equal, known bool) {
	if a.k != address || b.k != address || a.o < 0 || b.o < 0 || !s.objs[a.o].boxed || !s.objs[b.o].boxed {
		return same(a, b)
	}
	x, y := s.objs[a.o], s.objs[b.o]
	if x.typ != y.typ || len(x.slots) != len(y.slots) {
		return false, true
	}
	equal, known = true, true
	for i := range x.slots {
		switch eq, sure := s.same(x.slots[i], y.slots[i]); {
		case sure && !eq:
			return false, true
		case !sure:
			equal, known = false, false
		}
	}
	return equal, known
}

// flatten returns the slots of a value.
func flatten(v value, t *skeleton.Type) []value {
	if !t.Aggregate() {
		return []value{v}
	}
	if v.k == aggregate && len(v.parts) == t.Slots {
		return v.parts
	}
	parts := make([]value, t.Slots)
	for i := range parts {
		parts[i] = derived(uint64(i), v)
	}
	return parts
}

// gather is the opposite of flatten.
func gather(parts []value, t *skeleton.Type) value {
	if t.Aggregate() {
		return value{k: aggregate, parts: parts}
	}
	if len(parts) == 0 {
		return derived(17)
	}
	return parts[0]
}

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
	r := rightsIn(f.SSA, seen)
	x.rights[f.SSA] = r
	return r
}

func rightsIn(f *ssa.Function, seen map[*ssa.Function]bool) rights {
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
				r |= rightsIn(i.Fn.(*ssa.Function), seen)
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
					r |= rightsIn(c.Func, seen)
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
