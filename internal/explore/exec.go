package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// verdict says what became of a path after a step.
type verdict uint8

const (
	goOn verdict = iota
	drop         // the path is of no interest any more, or out of bounds
)

// eval returns what an Arg is.
func (x *explorer) eval(s *state, f *frame, a skeleton.Arg) value {
	if a == skeleton.NoArg {
		return s.fresh()
	}
	if a >= 0 {
		v := f.regs[a]
		if v.k == unset {
			return s.fresh()
		}
		return s.resolve(v)
	}
	if v := x.constant(s, f.f.Consts[-1-a]); v.k != unset {
		return v
	}
	return derived(uint64(-a)*31, value{k: fn, f: f.f})
}

// constant returns what a constant is, or nothing if it is unequal to all that is known.
func (x *explorer) constant(s *state, c skeleton.Const) value {
	switch c.Kind {
	case skeleton.ConstNil:
		return nilVal
	case skeleton.ConstInt:
		return value{k: integer, n: c.N}
	case skeleton.ConstString:
		return value{k: text, n: c.N}
	case skeleton.ConstFunc:
		return value{k: fn, f: c.Func}
	case skeleton.ConstZero:
		return zeroOf(c.Type)
	case skeleton.ConstGlobal:
		for _, g := range s.globals {
			if g.g == c.Global {
				return value{k: address, o: g.o}
			}
		}
		t := c.Type.Elem
		o := s.add(&object{typ: t, slots: make([]value, t.Slots), env: anything, lazy: true, global: true, ofIO: c.Global.Pkg != nil && c.Global.Pkg.Pkg.Path() == "io"})
		s.globals = append(s.globals, global{c.Global, o})
		return value{k: address, o: o}
	}
	return value{}
}

// top returns the goroutine that runs and its innermost frame, for writing.
func (s *state) top() (*goroutine, *frame) {
	g := s.g(s.cur)
	return g, &g.frames[len(g.frames)-1]
}

// set gives a register its value and goes on to the next instruction.
func (f *frame) set(dst skeleton.Arg, v value) {
	if dst >= 0 && dst != skeleton.NoArg {
		f.regs[dst] = v
	}
	f.pc++
}

// step executes one instruction of the goroutine that runs.
func (x *explorer) step(s *state) verdict {
	s.steps++
	x.steps++
	if s.gs[s.cur].done {
		return x.schedule(s)
	}
	g, f := s.top()
	if g.unwinding() {
		return x.unwind(s, g, f)
	}
	instrs := f.f.Blocks[f.block].Instrs
	if f.pc >= len(instrs) {
		return drop
	}
	in := &instrs[f.pc]
	arg := func(i int) value { return x.eval(s, f, in.Args[i]) }
	switch in.Code {
	case skeleton.Alloc:
		o := &object{typ: in.Type, slots: make([]value, in.Type.Slots), made: in.Pos}
		v := value{k: address, o: s.add(o)}
		f.set(in.Dst, v)
	case skeleton.FieldAddr:
		v := arg(0)
		if v.k == address && !s.objs[v.o].noSlots() {
			v.n += int64(in.N)
		} else if v.k == null {
			return drop // a nil dereference
		} else {
			v = x.derivedAddr(s, in, v)
		}
		f.set(in.Dst, v)
	case skeleton.FieldOf, skeleton.Extract:
		v := arg(0)
		if v.k == aggregate && in.N+in.Type.Slots <= len(v.parts) {
			f.set(in.Dst, gather(v.parts[in.N:in.N+in.Type.Slots:in.N+in.Type.Slots], in.Type))
		} else {
			f.set(in.Dst, s.invent(in.Type, derived(uint64(in.N)+100, v)))
		}
	case skeleton.IndexAddr:
		return x.indexAddr(s, f, in)
	case skeleton.Load:
		v := arg(0)
		if v.k == null {
			return drop
		}
		f.set(in.Dst, s.load(v, in.Type))
	case skeleton.Store:
		x.store(s, arg(0), arg(1), in.Type)
		f.pc++
	case skeleton.Perform:
		return x.perform(s, in)
	case skeleton.Choose:
		return x.choose(s, in)
	case skeleton.CallFunc:
		return x.call(s, in)
	case skeleton.GoFunc:
		return x.start(s, in)
	case skeleton.DeferFunc:
		return x.deferCall(s, g, f, in)
	case skeleton.RunDefers:
		if len(f.defers) > 0 {
			return x.runDeferred(s, f)
		}
		f.pc++
	case skeleton.DeferStack:
		f.set(in.Dst, value{k: deferStack, n: f.id})
	case skeleton.Return:
		return x.ret(s, in)
	case skeleton.Jump:
		return x.jump(s, f, 0)
	case skeleton.Branch:
		return x.branch(s, f, arg(0))
	case skeleton.Crash:
		return drop
	case skeleton.MakeClosure:
		o := &object{fn: in.Func, made: in.Pos}
		for i := range in.Args {
			o.slots = append(o.slots, arg(i))
		}
		f.set(in.Dst, value{k: closure, o: s.add(o)})
	case skeleton.MakeIface:
		v := arg(0)
		switch v.k {
		case aggregate, integer, text:
			o := &object{typ: in.Type, slots: append([]value(nil), flatten(v, in.Type)...), made: in.Pos, boxed: true}
			v = value{k: address, o: s.add(o)}
		case unknown:
			v.nonNil = true
		case null:
			v = derived(23, v) // a typed nil is not nil
			v.nonNil = true
		}
		f.set(in.Dst, v)
	case skeleton.Assert:
		return x.assert(s, f, in, arg(0))
	case skeleton.Binary:
		return x.binary(s, f, in, arg(0), arg(1))
	case skeleton.Not:
		v := arg(0)
		switch v.k {
		case integer:
			v.n = 1 - v.n
		default:
			v.neg = !v.neg
		}
		f.set(in.Dst, v)
	case skeleton.Move:
		f.set(in.Dst, arg(0))
	case skeleton.LenOf, skeleton.CapOf:
		v := arg(0)
		switch {
		case v.k == slice:
			f.set(in.Dst, value{k: integer, n: v.n})
		case v.k == null:
			f.set(in.Dst, zeroInt)
		case s.knownMap(v):
			f.set(in.Dst, value{k: integer, n: int64(len(s.objs[v.o].keys))})
		case v.k == address && s.objs[v.o].channel && s.objs[v.o].env == 0:
			if in.Code == skeleton.LenOf {
				f.set(in.Dst, value{k: integer, n: int64(len(s.objs[v.o].buf))})
			} else {
				f.set(in.Dst, value{k: integer, n: int64(s.objs[v.o].cap)})
			}
		default:
			f.set(in.Dst, s.resolve(derived(29, v)))
		}
	case skeleton.AppendTo:
		x.appendTo(s, f, in)
	case skeleton.Min, skeleton.Max:
		a, b := arg(0), arg(1)
		v := s.fresh()
		if a.k == integer && b.k == integer {
			v = value{k: integer, n: min(a.n, b.n)}
			if in.Code == skeleton.Max {
				v.n = max(a.n, b.n)
			}
		}
		f.set(in.Dst, v)
	case skeleton.MakeMap:
		f.set(in.Dst, value{k: address, o: s.add(&object{typ: in.Type, isMap: true, made: in.Pos})})
	case skeleton.MapSet:
		return x.mapSet(s, f, in, arg(0), arg(1), arg(2))
	case skeleton.MapGet:
		return x.mapGet(s, in, arg(0), arg(1))
	case skeleton.MapDelete:
		x.mapDelete(s, arg(0), arg(1))
		f.pc++
	case skeleton.Iterate:
		v := arg(0)
		if v.k == null {
			v = value{k: address, o: s.add(&object{isMap: true})}
		}
		it := &object{iterator: true}
		if s.knownMap(v) || v.k == address && s.objs[v.o].isMap && !s.objs[v.o].lazy && s.objs[v.o].env == 0 {
			m := s.objs[v.o]
			// What is in the map now.
			it.keys, it.slots, it.stride = append([]value(nil), m.keys...), append([]value(nil), m.slots...), m.stride
		} else {
			// As many rounds as its length says elsewhere.
			n := s.resolve(derived(29, v))
			if n.k == unknown {
				return x.settle(s, n, 0, false)
			}
			it.rounds = int(max(n.n, 0))
			it.slots = []value{derived(mapTag, v)}
		}
		f.set(in.Dst, value{k: address, o: s.add(it)})
	case skeleton.Next:
		x.mapNext(s, f, in, arg(0))
	case skeleton.MakeSlice:
		return x.makeSlice(s, f, in)
	case skeleton.SliceOf:
		return x.sliceOf(s, f, in)
	case skeleton.Unknown:
		for i := range in.Args {
			x.escape(s, arg(i), nil, anything)
		}
		v := s.fresh()
		if in.Type != nil {
			v = s.invent(in.Type, v)
		}
		if in.Call != nil && (in.Call.NonNil || x.wrapsError(s, f, in.Call)) {
			v.nonNil = true
		}
		if in.Call != nil && in.Call.NoError {
			v = withoutError(v)
		}
		f.set(in.Dst, v)
	case skeleton.Derived:
		var args []value
		for i := range in.Args {
			args = append(args, arg(i))
		}
		f.set(in.Dst, s.resolve(derived(uint64(in.N)+37, args...)))
	default:
		return drop
	}
	return goOn
}
