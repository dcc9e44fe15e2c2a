package explore

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// perform executes an operation on a primitive.
func (x *explorer) perform(s *state, in *skeleton.Instr) verdict {
	_, f := s.top()
	_, args := x.evalCall(s, f, in.Call)
	return x.performCall(s, in.Call, args, in.Dst, in.Pos, in.At, false)
}

// performCall is perform for an operation that an instruction or a deferred call does.
func (x *explorer) performCall(s *state, c *skeleton.Call, args []value, dst skeleton.Arg, pos token.Pos, at ssa.Instruction, deferred bool) verdict {
	if len(args) > 0 {
		x.pointAt(s, c.Kind, args[0])
	}
	g, f := s.top()
	arg := func(i int) value {
		if i < len(args) {
			return args[i]
		}
		return s.fresh()
	}
	finish := func(v value) verdict {
		_, f := s.top()
		if deferred {
			f.defers = f.defers[:len(f.defers)-1]
		} else {
			f.set(dst, v)
		}
		return goOn
	}
	on := arg(0)
	kind := c.Kind
	if on.k == address && s.objs[on.o].readLocker {
		on = s.objs[on.o].slots[0]
		switch kind {
		case skeleton.Lock:
			kind = skeleton.RLock
		case skeleton.Unlock:
			kind = skeleton.RUnlock
		}
	}
	note := func() { s.note(operation, c.Kind, pos, f.f, objectOf(on), at) }
	switch kind {
	case skeleton.MakeChan:
		if on.k == unknown {
			return x.settle(s, on, 0, false)
		}
		o := &object{typ: c.Result, channel: true, made: pos}
		if on.k == integer {
			o.cap = int(min(max(on.n, 0), 1<<20))
		} else {
			o.env = anything
		}
		return finish(value{k: address, o: s.add(o)})
	case skeleton.Send:
		return x.arrive(s, []wait{{kind: skeleton.Send, on: on, val: arg(1), elem: c.Result}}, false)
	case skeleton.Recv:
		return x.arrive(s, []wait{{kind: skeleton.Recv, on: on, elem: c.Result}}, false)
	case skeleton.Close:
		if on.k == null {
			return drop
		}
		if on.k == address && s.objs[on.o].channel {
			if s.objs[on.o].closed {
				return drop // it panics
			}
			note()
			s.obj(on.o).closed = true
		}
		return finish(value{})
	case skeleton.Lock, skeleton.RLock:
		if on.k == null {
			return drop
		}
		if on.k == address && (s.objs[on.o].noSlots() || int(on.n) >= len(s.objs[on.o].slots) || s.objs[on.o].lazy) {
			// A lock of the environment: code that is left out here may give it back. Flow rules look after those.
			on = s.fresh()
		}
		return x.arrive(s, []wait{{kind: kind, on: on}}, false)
	case skeleton.RLocker:
		if on.k != address {
			return finish(s.fresh())
		}
		return finish(value{k: address, o: s.add(&object{slots: []value{on}, readLocker: true, made: pos})})
	case skeleton.TryLock, skeleton.TryRLock:
		w := wait{kind: skeleton.Lock, on: on}
		if kind == skeleton.TryRLock {
			w.kind = skeleton.RLock
		}
		if on.k != address || len(x.ways(s, s.cur, w, nil)) == 0 {
			return finish(zeroInt)
		}
		note()
		s.hold(s.cur, on, 1)
		if kind == skeleton.TryRLock {
			s.setSlot(on, s.slot(on)+1)
		} else {
			s.setSlot(on, int64(s.cur+1)<<readerBits)
		}
		return finish(boolean(true))
	case skeleton.Unlock:
		s.hold(s.cur, on, -1)
		if on.k == address {
			note()
			s.setSlot(on, 0)
		}
		return finish(value{})
	case skeleton.RUnlock:
		s.hold(s.cur, on, -1)
		if on.k == address {
			note()
			if n := s.slot(on); n > 0 && writer(n) < 0 {
				s.setSlot(on, n-1)
			}
		}
		return finish(value{})
	case skeleton.WaitGroupAdd, skeleton.WaitGroupDone:
		n := value{k: integer, n: -1}
		if c.Kind == skeleton.WaitGroupAdd {
			n = arg(1)
			if n.k == unknown {
				return x.settle(s, n, 0, false)
			}
		}
		note()
		if !x.addTo(s, on, n.n) {
			return drop
		}
		return finish(value{})
	case skeleton.WaitGroupGo:
		t, ok := x.funcTarget(s, arg(1), nil)
		if !ok || t.f == nil || on.k != address {
			x.escape(s, arg(1), nil, anything)
			x.escape(s, on, nil, anything)
			return finish(value{})
		}
		x.addTo(s, on, 1)
		finish(value{})
		return x.spawn(s, t, pos, f.f, at, onExit{kind: skeleton.WaitGroupGo, object: on.o, slot: on.n})
	case skeleton.WaitGroupWait, skeleton.GroupWait:
		if on.k == address && !s.isPrimitive(on) {
			on = s.fresh()
		}
		return x.arrive(s, []wait{{kind: c.Kind, on: on}}, false)
	case skeleton.GroupGo, skeleton.GroupTryGo:
		t, ok := x.funcTarget(s, arg(1), nil)
		if !ok || t.f == nil || on.k != address || !s.isPrimitive(on) {
			x.escape(s, arg(1), nil, anything)
			x.escape(s, on, nil, anything)
			return finish(s.fresh())
		}
		if c.Kind == skeleton.GroupTryGo {
			if o := s.objs[on.o]; o.cap > 0 && s.slot(on) >= int64(o.cap) {
				return finish(zeroInt)
			}
		}
		return x.arrive(s, []wait{{kind: skeleton.GroupGo, on: on, val: arg(1)}}, false)
	case skeleton.GroupSetLimit:
		if n := arg(1); on.k == address {
			if n.k == unknown {
				return x.settle(s, n, 1, false)
			}
			s.obj(on.o).cap = int(max(n.n, 0))
		}
		return finish(value{})
	case skeleton.GroupWithContext:
		ctx := x.newContext(s, on, pos)
		o := s.add(&object{slots: []value{zeroInt}, made: pos, parent: ctx + 1, group: true})
		return finish(value{k: aggregate, parts: []value{{k: address, o: o}, {k: address, o: ctx}}})
	case skeleton.NewCond:
		o := &object{typ: c.Result.Elem, slots: make([]value, c.Result.Elem.Slots), made: pos}
		if len(o.slots) > 0 {
			o.slots[0] = on // L; before it is only a field without a size
		}
		return finish(value{k: address, o: s.add(o)})
	case skeleton.CondWait:
		lock := s.fresh()
		if on.k == address && int(on.n) < len(s.objs[on.o].slots) && !s.objs[on.o].lazy {
			lock = s.objs[on.o].slots[on.n]
		}
		if lock.k != address || s.objs[on.o].lazy {
			on = s.fresh()
			return x.arrive(s, []wait{{kind: skeleton.CondWait, on: on, val: lock}}, true)
		}
		s.setSlot(lock, 0)
		g.signalled = false
		s.tickets++
		g.ticket = s.tickets
		return x.arrive(s, []wait{{kind: skeleton.CondWait, on: on, val: lock}}, false)
	case skeleton.CondSignal, skeleton.CondBroadcast:
		note()
		return x.signal(s, on, c.Kind == skeleton.CondBroadcast, finish)
	case skeleton.OnceDo:
		if on.k != address || !s.isPrimitive(on) || s.objs[on.o].lazy {
			// Whether it ran before is not known.
			return x.maybeCall(s, f, arg(1), dst, pos, deferred)
		}
		return x.arrive(s, []wait{{kind: skeleton.OnceDo, on: on, val: arg(1)}}, false)
	case skeleton.ContextRoot, skeleton.ContextWithoutCancel:
		return finish(value{k: address, o: s.add(&object{context: true, parent: -1, done: -1, made: pos})})
	case skeleton.ContextCancel, skeleton.ContextTimeout, skeleton.SignalContext:
		ctx := x.newContext(s, on, pos)
		if c.Kind != skeleton.ContextCancel {
			s.obj(s.objs[ctx].done).env |= mayFire
		}
		return finish(value{k: aggregate, parts: []value{{k: address, o: ctx}, {k: canceller, o: ctx}}})
	case skeleton.ContextValue:
		return finish(on)
	case skeleton.ContextDone:
		if on.k != address || !s.objs[on.o].context {
			on = s.invent(&skeleton.Type{Shape: skeleton.Context, Slots: 1}, s.fresh())
		}
		done := s.objs[on.o].done
		if done < 0 {
			return finish(nilVal)
		}
		return finish(value{k: address, o: done})
	case skeleton.ContextErr, skeleton.ContextCause:
		return x.contextErr(s, on, finish)
	case skeleton.Sleep:
		return x.arrive(s, []wait{{kind: skeleton.Sleep}}, true)
	case skeleton.TimeAfter, skeleton.TimeTick:
		return finish(value{k: address, o: s.add(&object{typ: c.Result, channel: true, env: mayFire, made: pos})})
	case skeleton.NewTimer, skeleton.NewTicker, skeleton.AfterFunc:
		return x.newTimer(s, c, f, arg(1), pos, at, finish)
	case skeleton.SignalNotify:
		if on.k == address {
			s.obj(on.o).env |= mayFire | maySend
		}
		return finish(value{})
	case skeleton.Goexit:
		g.exiting, g.depth = true, len(g.frames)
		return goOn
	case skeleton.AtomicLoad, skeleton.AtomicStore, skeleton.AtomicSwap, skeleton.AtomicCompareAndSwap, skeleton.AtomicAdd:
		return finish(x.atomic(s, c, args))
	default:
		x.give(s, c, args)
		v := s.fresh()
		if c.Result != nil {
			v = s.invent(c.Result, v)
		}
		return finish(v)
	}
}

// isPrimitive reports whether an address is of a slot.
func (s *state) isPrimitive(v value) bool {
	o := s.objs[v.o]
	return !o.noSlots() && int(v.n) < len(o.slots)
}

// addTo adds to the counter of a WaitGroup. It returns false where the program would panic.
func (x *explorer) addTo(s *state, on value, n int64) bool {
	if on.k != address || !s.isPrimitive(on) {
		return true
	}
	v := s.objs[on.o].slots[on.n]
	if v.k == unset && s.objs[on.o].lazy || v.k == unknown {
		s.obj(on.o).slots[on.n] = s.fresh()
		return true
	}
	if v.n+n < 0 {
		return s.objs[on.o].env != 0
	}
	s.setSlot(on, v.n+n)
	return true
}

// newContext makes a context that can be cancelled, below another.
func (x *explorer) newContext(s *state, parent value, pos token.Pos) int32 {
	if parent.k != address || !s.objs[parent.o].context {
		parent = s.invent(&skeleton.Type{Shape: skeleton.Context, Slots: 1}, s.fresh())
	}
	p := parent.o
	done := s.add(&object{channel: true, made: pos, ofContext: true})
	ctx := s.add(&object{context: true, parent: p, done: done, made: pos})
	s.obj(done).parent = ctx
	s.obj(p).children = append(s.obj(p).children, ctx)
	if s.objs[p].cancelled {
		s.cancel(ctx)
	}
	return ctx
}

// cancel cancels a context and those below it.
func (s *state) cancel(ctx int32) {
	o := s.objs[ctx]
	if o.cancelled {
		return
	}
	o = s.obj(ctx)
	o.cancelled = true
	if o.done >= 0 {
		s.obj(o.done).closed = true
	}
	for _, c := range o.children {
		s.cancel(c)
	}
}

func (x *explorer) contextErr(s *state, on value, finish func(value) verdict) verdict {
	failed := s.fresh()
	failed.nonNil = true
	if on.k != address || !s.objs[on.o].context {
		return finish(s.fresh())
	}
	if s.objs[on.o].cancelled {
		return finish(failed)
	}
	for c := on.o; c >= 0; c = s.objs[c].parent {
		if done := s.objs[c].done; done >= 0 && s.objs[done].env&(mayClose|mayFire) != 0 {
			return finish(s.fresh())
		}
	}
	return finish(nilVal)
}

// groupContext returns the context of an errgroup, or -1.
func (x *explorer) groupContext(s *state, e onExit) int32 {
	if o := s.objs[e.object]; o.group {
		return o.parent - 1
	}
	return -1
}

func (x *explorer) groupGo(s *state, me int, w wait) verdict {
	t, ok := x.funcTarget(s, w.val, nil)
	if !ok {
		return drop
	}
	s.setSlot(w.on, s.slot(w.on)+1)
	_, f := s.top()
	in := &f.f.Blocks[f.block].Instrs[f.pc]
	if x.complete(s, me, w, boolean(true), value{}) == drop {
		return drop
	}
	return x.spawn(s, t, in.Pos, f.f, in.At, onExit{kind: skeleton.GroupGo, object: w.on.o, slot: w.on.n})
}

func (x *explorer) onceDo(s *state, me int, w wait) verdict {
	ran := w.on.k == address && s.slot(w.on) == 2
	if x.complete(s, me, w, value{}, value{}) == drop {
		return drop
	}
	if ran {
		return goOn
	}
	t, ok := x.funcTarget(s, w.val, nil)
	if !ok || t.f == nil {
		if ok && t.cancels >= 0 {
			s.cancel(t.cancels)
		}
		s.setSlot(w.on, 2)
		return goOn
	}
	s.setSlot(w.on, 1)
	g := s.g(me)
	if !x.enter(s, g, t.f, t.captured, nil, skeleton.NoArg, token.NoPos) {
		return drop
	}
	fr := &g.frames[len(g.frames)-1]
	fr.onces, fr.onceAt = w.on.o, w.on.n
	return goOn
}

// maybeCall calls a function on one path and not on another.
func (x *explorer) maybeCall(s *state, f *frame, v value, dst skeleton.Arg, pos token.Pos, deferred bool) verdict {
	if deferred {
		f.defers = f.defers[:len(f.defers)-1]
	} else {
		f.set(dst, value{})
	}
	t, ok := x.funcTarget(s, v, nil)
	if !ok {
		x.escape(s, v, nil, anything)
		return goOn
	}
	if t.cancels >= 0 {
		s.cancel(t.cancels)
		return goOn
	}
	other := x.fork(s)
	if x.enter(other, other.g(other.cur), t.f, t.captured, nil, skeleton.NoArg, pos) {
		x.push(other)
	}
	return goOn
}

// signal wakes the goroutine that has waited longest for a Cond, or all.
func (x *explorer) signal(s *state, on value, all bool, finish func(value) verdict) verdict {
	var waiting []int
	for j, g := range s.gs {
		if g.done || !g.parked || g.signalled {
			continue
		}
		for _, w := range g.wait {
			if w.kind == skeleton.CondWait && w.on.k == address && on.k == address && w.on.o == on.o && w.on.n == on.n {
				waiting = append(waiting, j)
			}
		}
	}
	if all {
		for _, j := range waiting {
			s.g(j).signalled = true
		}
		return finish(value{})
	}
	if len(waiting) > 0 {
		s.g(slices.MinFunc(waiting, func(i, j int) int { return s.gs[i].ticket - s.gs[j].ticket })).signalled = true
	}
	return finish(value{})
}

func (x *explorer) newTimer(s *state, c *skeleton.Call, f *frame, callback value, pos token.Pos, at ssa.Instruction, finish func(value) verdict) verdict {
	t := c.Result
	if t == nil || t.Shape != skeleton.Pointer || t.Elem.Slots == 0 {
		return finish(s.fresh())
	}
	o := &object{typ: t.Elem, slots: make([]value, t.Elem.Slots), made: pos}
	for i := range o.slots {
		o.slots[i] = zero(t.Elem.Scalar(i))
	}
	if c.Kind == skeleton.AfterFunc {
		timer := value{k: address, o: s.add(o)}
		finish(timer)
		target, ok := x.funcTarget(s, callback, nil)
		if !ok {
			x.escape(s, callback, nil, anything)
			return goOn
		}
		if target.cancels >= 0 {
			if done := s.objs[target.cancels].done; done >= 0 {
				s.obj(done).env |= mayFire
			}
			return goOn
		}
		return x.spawn(s, target, pos, f.f, at, onExit{})
	}
	o.slots[0] = value{k: address, o: s.add(&object{channel: true, env: mayFire, made: pos})}
	return finish(value{k: address, o: s.add(o)})
}

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

// choose executes a select.
func (x *explorer) choose(s *state, in *skeleton.Instr) verdict {
	_, f := s.top()
	var waits []wait
	for i, c := range in.Select.Cases {
		w := wait{kind: skeleton.Recv, on: x.eval(s, f, c.Chan), elem: c.Elem, n: i}
		if c.Send {
			w.kind, w.val = skeleton.Send, x.eval(s, f, c.Value)
		}
		waits = append(waits, w)
	}
	x.pointChoose(s, waits, !in.Select.Default)
	if !in.Select.Default {
		return x.arrive(s, waits, false)
	}
	s.g(s.cur).wait = waits
	alts := x.alternatives(s, s.cur)
	s.g(s.cur).wait = nil
	certain := false
	for _, a := range alts {
		certain = certain || !a.env
		other := x.fork(s)
		if x.take(other, a) == goOn {
			x.push(other)
		}
	}
	if certain {
		return drop
	}
	parts := []value{{k: integer, n: -1}, zeroInt}
	for _, c := range in.Select.Cases {
		if !c.Send {
			parts = append(parts, flatten(zeroOf(c.Elem), c.Elem)...)
		}
	}
	_, f = s.top()
	f.set(in.Dst, value{k: aggregate, parts: parts})
	return goOn
}
