package explore

import (
	"go/token"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

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
	c := f.f.Consts[-1-a]
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
		o := s.add(&object{typ: t, slots: make([]value, t.Slots), env: anything, lazy: true, global: true})
		s.globals = append(s.globals, global{c.Global, o})
		return value{k: address, o: o}
	}
	return derived(uint64(-a)*31, value{k: fn, f: f.f})
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

// settle chooses a small number for an unknown one that is compared with c, on this path and all others in turn.
func (x *explorer) settle(s *state, v value, c int64, equal bool) verdict {
	if v.op != 0 {
		// What it is computed from decides.
		for _, part := range v.parts {
			if part = s.resolve(part); part.k == unknown {
				return x.settle(s, part, 0, false)
			}
		}
	}
	candidates := []int64{0, 1, 2}
	switch {
	case v.of == 0 && !equal && c >= 0 && c <= 3:
		// A number that is a bound, and no length: how many processors there are, how many workers are wanted. That it
		// is 0 is the exception that code does not provide for.
		candidates = []int64{1, 2}
	case c == -1:
		candidates = []int64{-1, 0, 1}
	case c < 0 || c > 3:
		candidates = []int64{c, c + 1, c - 1}
		if equal {
			candidates = candidates[:2]
		}
	case c == 3:
		candidates = []int64{0, 1, 2, 3}
	}
	for _, n := range candidates[1:] {
		other := x.fork(s)
		other.learn(v, n)
		x.push(other)
	}
	s.learn(v, candidates[0])
	return goOn
}

func (x *explorer) binary(s *state, f *frame, in *skeleton.Instr, a, b value) verdict {
	op := token.Token(in.N)
	switch op {
	case token.EQL, token.NEQ:
		if equal, known := s.same(a, b); known {
			f.set(in.Dst, boolean(equal == (op == token.EQL)))
			return goOn
		}
		if in.Own && (a.k == unknown) != (b.k == unknown) {
			f.set(in.Dst, boolean(op == token.NEQ))
			return goOn
		}
		if a.k == integer && b.k == unknown {
			a, b = b, a
		}
		if a.k == unknown && b.k == integer && in.CommaOk {
			return x.settle(s, a, b.n, true)
		}
		f.set(in.Dst, negate(s.resolve(equality(a, b)), op == token.NEQ))
		return goOn
	case token.LSS, token.GTR, token.LEQ, token.GEQ:
		if a.k == integer && b.k == integer {
			var r bool
			switch op {
			case token.LSS:
				r = a.n < b.n
			case token.GTR:
				r = a.n > b.n
			case token.LEQ:
				r = a.n <= b.n
			case token.GEQ:
				r = a.n >= b.n
			}
			f.set(in.Dst, boolean(r))
			return goOn
		}
		if in.CommaOk {
			if a.k == unknown && b.k == integer {
				return x.settle(s, a, b.n, false)
			}
			if b.k == unknown && a.k == integer {
				return x.settle(s, b, a.n, false)
			}
			if a.k == unknown && b.k == unknown && in.Counts {
				return x.settle(s, a, 0, false)
			}
		}
		// a > b is b < a; a <= b is not b < a.
		neg := op == token.LEQ || op == token.GEQ
		if op == token.GTR || op == token.LEQ {
			a, b = b, a
		}
		f.set(in.Dst, negate(s.resolve(derived(uint64(token.LSS), a, b)), neg))
		return goOn
	}
	if a.k == integer && b.k == integer {
		r, ok := arithmetic(op, a.n, b.n)
		if ok {
			f.set(in.Dst, value{k: integer, n: r})
			return goOn
		}
	}
	v := derived(uint64(op), a, b)
	if in.CommaOk && op <= token.MUL && (a.k == integer || a.k == unknown && a.op == 0) && (b.k == integer || b.k == unknown && b.op == 0) {
		v.op, v.parts = uint8(op), []value{a, b}
	}
	f.set(in.Dst, s.resolve(v))
	return goOn
}

// equality is the unknown boolean that says whether two values are equal.
func equality(a, b value) value {
	if a.hash() > b.hash() {
		a, b = b, a
	}
	return derived(uint64(token.EQL), a, b)
}

// equal is same with what was assumed on this path.
func (s *state) equal(a, b value) (equal, known bool) {
	if equal, known := same(a, b); known {
		return equal, known
	}
	n, known := s.lookup(uint64(equality(a, b).n))
	return n == 1, known
}

func (s *state) assumeEqual(a, b value, equal bool) { s.learn(equality(a, b), b2n(equal)) }

func arithmetic(op token.Token, a, b int64) (int64, bool) {
	switch op {
	case token.ADD:
		return a + b, true
	case token.SUB:
		return a - b, true
	case token.MUL:
		return a * b, true
	case token.QUO:
		if b != 0 {
			return a / b, true
		}
	case token.REM:
		if b != 0 {
			return a % b, true
		}
	case token.AND:
		return a & b, true
	case token.OR:
		return a | b, true
	}
	return 0, false
}

func negate(v value, neg bool) value {
	if !neg {
		return v
	}
	if v.k == integer {
		v.n = 1 - v.n
	} else {
		v.neg = !v.neg
	}
	return v
}

func (x *explorer) assert(s *state, f *frame, in *skeleton.Instr, v value) verdict {
	result := func(v value, ok value) {
		if in.CommaOk {
			f.set(in.Dst, value{k: aggregate, parts: append(append([]value(nil), flatten(v, in.Type)...), ok)})
			return
		}
		f.set(in.Dst, v)
	}
	if v.k == null {
		if !in.CommaOk {
			return drop
		}
		result(zeroOf(in.Type), zeroInt)
		return goOn
	}
	if v.k == address && in.Type.Shape != skeleton.Interface {
		o := s.objs[v.o]
		switch {
		case o.boxed && o.typ == in.Type:
			result(gather(append([]value(nil), o.slots...), in.Type), boolean(true))
			return goOn
		case !o.boxed && !o.lazy && in.Type.Shape == skeleton.Pointer && o.typ == in.Type.Elem:
			result(v, boolean(true))
			return goOn
		}
	}
	if in.Type.Shape == skeleton.Interface || in.Type.Shape == skeleton.Context {
		if v.k == address {
			result(v, s.resolve(derived(53, v, value{k: integer, n: int64(in.Pos)})))
			return goOn
		}
	}
	x.escape(s, v, nil, anything)
	result(s.invent(in.Type, derived(59, v)), s.resolve(derived(61, v, value{k: integer, n: int64(in.Pos)})))
	return goOn
}

// jump goes to the successor i of the block.
func (x *explorer) jump(s *state, f *frame, i int) verdict {
	b := &f.f.Blocks[f.block]
	if i >= len(b.Succs) {
		return drop
	}
	from, to := f.block, b.Succs[i]
	next := &f.f.Blocks[to]
	if f.visits[to] >= maxVisits {
		return x.stall(s, BoundLoop)
	}
	f.visits[to]++
	values := make([]value, len(next.Phis))
	for j, phi := range next.Phis {
		values[j] = s.fresh()
		for _, e := range phi.Edges {
			if e.Pred == from {
				values[j] = x.eval(s, f, e.Value)
			}
		}
	}
	// What is not needed any more must not tell states apart, nor keep what it refers to.
	for r := range f.regs {
		if !next.Live[r] {
			f.regs[r] = value{}
		}
	}
	for j, phi := range next.Phis {
		f.regs[phi.Dst] = values[j]
	}
	f.block, f.pc = to, 0
	if next.Join && s.forked {
		s.forked = false
		h := mix(s.hash(), uint64(s.cur)+1)
		if x.visited[h] {
			return drop
		}
		x.visited[h] = true
	}
	return goOn
}

func (x *explorer) branch(s *state, f *frame, v value) verdict {
	if v.k == integer {
		if v.n != 0 {
			return x.jump(s, f, 0)
		}
		return x.jump(s, f, 1)
	}
	if f.forks[f.block] >= maxForks {
		return x.stall(s, BoundLoop)
	}
	f.forks[f.block]++
	other := x.fork(s)
	_, of := other.top()
	// The other path takes the branch where the condition is false.
	if v.k == unknown {
		other.learn(v, b2n(v.neg))
		s.learn(v, 1-b2n(v.neg))
	}
	if x.jump(other, of, 1) == goOn {
		x.push(other)
	}
	_, f = s.top()
	return x.jump(s, f, 0)
}

// stall leaves the goroutine that runs where it is, because it ran out of a bound: it may go on later, and the others go
// on without it.
func (x *explorer) stall(s *state, b Bound) verdict {
	x.gaveUp(b)
	if len(s.gs) == 1 {
		return drop
	}
	s.g(s.cur).stalled = true
	return x.schedule(s)
}

func b2n(b bool) int64 { return int64(b2u(b)) }

// unwinding reports whether Goexit was called in the innermost frame or below.
func (g *goroutine) unwinding() bool { return g.exiting && len(g.frames) <= g.depth }

// unwind runs the deferred calls of a goroutine that ends itself.
func (x *explorer) unwind(s *state, g *goroutine, f *frame) verdict {
	g.depth = len(g.frames)
	if len(f.defers) > 0 {
		return x.runDeferred(s, f)
	}
	if len(g.frames) > 1 {
		g.frames = g.frames[:len(g.frames)-1]
		return goOn
	}
	s.note(returned, skeleton.Goexit, f.f.SSA.Pos(), f.f, -1, nil)
	x.end(s, value{})
	return x.schedule(s)
}
