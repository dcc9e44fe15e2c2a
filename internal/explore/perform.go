package explore

import (
	"go/token"

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
	if c.Kind == skeleton.Settle {
		return x.arrive(s, []wait{{kind: skeleton.Settle}}, true)
	}
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
			s.note(passed, kind, pos, f.f, objectOf(on), at)
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
		s.note(arrived, kind, pos, f.f, objectOf(on), at)
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
		return finish(s.doneOf(on))
	case skeleton.ContextErr, skeleton.ContextCause:
		s.note(passed, kind, pos, f.f, objectOf(on), at)
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
	case skeleton.NewSemaphore, skeleton.SemaphoreAcquire, skeleton.SemaphoreTryAcquire, skeleton.SemaphoreRelease:
		return x.semaphore(s, c, args, pos, note, finish)
	case skeleton.Goexit:
		g.exiting, g.depth = true, len(g.frames)
		return goOn
	case skeleton.AtomicLoad, skeleton.AtomicStore, skeleton.AtomicSwap, skeleton.AtomicCompareAndSwap, skeleton.AtomicAdd:
		s.note(passed, kind, pos, f.f, objectOf(on), at)
		return finish(x.atomic(s, c, args))
	case skeleton.Pipe:
		o := s.add(&object{typ: c.Result.Scalar(0).Elem, pipe: true, slots: make([]value, 2), made: pos})
		return finish(value{k: aggregate, parts: []value{{k: address, o: o, n: readEnd}, {k: address, o: o, n: writeEnd}}})
	default:
		if end, wrapped := s.pipeEnd(on); end.k == address && !wrapped && (kind == skeleton.PipeClose || !s.freed(end)) {
			return x.onPipe(s, kind, end, arg(1), len(args) > 1, pos, at, finish)
		}
		x.give(s, c, args)
		v := s.fresh()
		if c.Result != nil {
			v = s.invent(c.Result, v)
		}
		return finish(v)
	}
}
