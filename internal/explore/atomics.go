package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// atomic executes an operation on an atomic value.
func (x *explorer) atomic(s *state, c *skeleton.Call, args []value) value {
	on := args[0]
	get := func() value {
		if on.k != address || !s.isPrimitive(on) {
			return s.fresh()
		}
		o := s.objs[on.o]
		switch v := o.slots[on.n]; {
		case v.k != unset:
			return v
		case o.lazy:
			return s.fresh()
		case o.typ != nil:
			return zero(o.typ.Scalar(int(on.n)))
		}
		return zeroInt
	}
	put := func(v value) {
		if on.k != address || !s.isPrimitive(on) || s.objs[on.o].lazy {
			x.escape(s, v, nil, anything)
			return
		}
		s.obj(on.o).slots[on.n] = v
	}
	arg := func(i int) value {
		if i < len(args) {
			return args[i]
		}
		return s.fresh()
	}
	old := s.resolve(get())
	switch c.Kind {
	case skeleton.AtomicLoad:
		return old
	case skeleton.AtomicStore:
		put(arg(1))
		return value{}
	case skeleton.AtomicSwap:
		put(arg(1))
		return old
	case skeleton.AtomicAdd:
		if d := arg(1); d.k == integer && old.k == integer {
			put(value{k: integer, n: old.n + d.n})
			return value{k: integer, n: old.n + d.n}
		}
		v := s.fresh()
		put(v)
		return v
	}
	if equal, known := same(old, arg(1)); known {
		if equal {
			put(arg(2))
		}
		return boolean(equal)
	}
	put(s.fresh())
	return s.fresh()
}
