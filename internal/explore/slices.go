package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// derivedAddr is the address of a part of something that is not known: the same part each time.
func (x *explorer) derivedAddr(s *state, in *skeleton.Instr, v value) value {
	if in.Type.Shape == skeleton.Pointer {
		return s.invent(in.Type, derived(uint64(in.N)+41, v))
	}
	return derived(uint64(in.N)+41, v)
}

func (x *explorer) indexAddr(s *state, f *frame, in *skeleton.Instr) verdict {
	v, i := x.eval(s, f, in.Args[0]), x.eval(s, f, in.Args[1])
	switch {
	case (v.k == slice || v.k == address) && i.k == integer:
		if i.n < 0 || v.k == slice && i.n >= v.n || v.o < 0 {
			return drop // out of range
		}
		at := value{k: address, o: v.o, n: v.of + i.n*int64(in.N)}
		if v.k == address {
			at.n = v.n + i.n*int64(in.N) // of an array
		}
		if int(at.n)+in.N > len(s.objs[v.o].slots) {
			return drop
		}
		f.set(in.Dst, at)
	case v.k == null:
		return drop
	default:
		if v.ref() {
			x.escape(s, v, nil, anything)
		}
		// One memory for the element of an unknown slice, on the whole path.
		key := uint64(derived(43, v, i).n)
		if n, ok := s.lookup(key); ok {
			f.set(in.Dst, value{k: address, o: int32(n)})
			return goOn
		}
		made := s.invent(in.Type, derived(43, v, i))
		if made.k == address {
			s.assume(key, int64(made.o))
		}
		f.set(in.Dst, made)
	}
	return goOn
}

func (x *explorer) appendTo(s *state, f *frame, in *skeleton.Instr) {
	to, more := x.eval(s, f, in.Args[0]), nilVal
	if len(in.Args) > 1 {
		more = x.eval(s, f, in.Args[1])
	}
	n := func(v value) (int64, bool) {
		switch v.k {
		case slice:
			return v.n, true
		case null:
			return 0, true
		}
		return 0, false
	}
	a, ok1 := n(to)
	b, ok2 := n(more)
	stride := 1
	if in.Type.Elem != nil {
		stride = in.Type.Elem.Slots
	}
	if !ok1 || !ok2 || a+b > 16 {
		x.escape(s, to, nil, anything)
		x.escape(s, more, nil, anything)
		f.set(in.Dst, s.fresh())
		return
	}
	o := &object{typ: in.Type.Elem, slots: make([]value, int(a+b)*stride), made: in.Pos, stride: stride}
	if a > 0 {
		copy(o.slots, s.objs[to.o].slots[to.of:int(to.of)+int(a)*stride])
		o.env |= s.objs[to.o].env
		o.lazy = s.objs[to.o].lazy
	}
	if b > 0 {
		copy(o.slots[int(a)*stride:], s.objs[more.o].slots[more.of:])
	}
	f.set(in.Dst, value{k: slice, o: s.add(o), n: a + b})
}

func (x *explorer) makeSlice(s *state, f *frame, in *skeleton.Instr) verdict {
	v := x.eval(s, f, in.Args[0])
	if v.k == unknown {
		return x.settle(s, v, 0, false)
	}
	stride := 1
	if in.Type.Elem != nil {
		stride = in.Type.Elem.Slots
	}
	if v.k != integer || v.n < 0 || v.n > 16 {
		f.set(in.Dst, s.fresh())
		return goOn
	}
	o := &object{typ: in.Type.Elem, slots: make([]value, int(v.n)*stride), made: in.Pos, stride: stride}
	f.set(in.Dst, value{k: slice, o: s.add(o), n: v.n})
	return goOn
}

// sliceOf is the expression x[low:high].
func (x *explorer) sliceOf(s *state, f *frame, in *skeleton.Instr) verdict {
	v, low := x.eval(s, f, in.Args[0]), x.eval(s, f, in.Args[1])
	stride := int64(1)
	if in.Type.Elem != nil {
		stride = int64(max(1, in.Type.Elem.Slots))
	}
	out := value{k: slice, o: v.o, of: v.of, n: v.n}
	switch {
	case v.k == slice:
	case v.k == address && !s.objs[v.o].noSlots() && v.n+int64(in.N)*stride <= int64(len(s.objs[v.o].slots)):
		out.of, out.n = v.n, int64(in.N) // an array
	case v.k == null:
		out = v
	default:
		x.escape(s, v, nil, anything)
		f.set(in.Dst, s.fresh())
		return goOn
	}
	high := value{k: integer, n: out.n}
	if len(in.Args) > 2 {
		high = x.eval(s, f, in.Args[2])
	}
	switch {
	case low.k != integer || high.k != integer:
		x.escape(s, v, nil, anything)
		f.set(in.Dst, s.fresh())
		return goOn
	case out.k == null:
	case low.n < 0 || high.n < low.n || high.n > out.n:
		return drop // out of range, or within a capacity that is not kept
	default:
		out.of, out.n = out.of+low.n*stride, high.n-low.n
	}
	f.set(in.Dst, out)
	return goOn
}
