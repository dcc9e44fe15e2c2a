package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// take does what alternative a of the goroutine that runs does.
func (x *explorer) take(s *state, a alternative) verdict {
	me := s.cur
	if a.env && a.w.on.k == address && s.objs[a.w.on.o].lent {
		// Others that see the memory may serve it, so that nobody is stuck there. That there is a path on which they do
		// is not sure enough to conclude anything from it.
		return drop
	}
	if a.partner >= 0 {
		x.noteMet(s, a)
	}
	x.noteOp(s, a)
	switch a.w.kind {
	case skeleton.Recv:
		v, ok := x.receive(s, a)
		if a.w.fails {
			v = s.fresh()
			v.nonNil = true
		}
		return x.complete(s, me, a.w, v, ok)
	case skeleton.Send:
		if a.closed {
			return drop // it panics
		}
		switch {
		case a.partner >= 0:
			if x.complete(s, a.partner, a.theirs, a.w.val, boolean(true)) == drop {
				return drop
			}
		case a.env || a.w.on.k != address:
			x.escape(s, a.w.val, a.w.elem, anything)
		default:
			o := s.obj(a.w.on.o)
			o.buf = append(o.buf, a.w.val)
			if o.env&mayRecv != 0 {
				x.escape(s, a.w.val, a.w.elem, anything)
			}
		}
		return x.complete(s, me, a.w, value{}, value{})
	case skeleton.Lock:
		s.hold(me, a.w.on, 1)
		if a.w.on.k == address {
			s.setSlot(a.w.on, int64(me+1)<<readerBits)
		}
	case skeleton.RLock:
		s.hold(me, a.w.on, 1)
		if a.w.on.k == address {
			s.setSlot(a.w.on, s.slot(a.w.on)+1)
		}
	case skeleton.CondWait:
		if a.w.val.k == address {
			s.setSlot(a.w.val, int64(me+1)<<readerBits)
		}
		s.g(me).signalled = false
	case skeleton.GroupWait:
		if ctx := x.groupContext(s, onExit{object: a.w.on.o}); a.w.on.k == address && ctx >= 0 {
			s.cancel(ctx)
		}
	case skeleton.SemaphoreAcquire:
		s.setSlot(a.w.on, s.slot(a.w.on)+a.w.val.n)
		return x.complete(s, me, a.w, nilVal, value{})
	case skeleton.GroupGo:
		return x.groupGo(s, me, a.w)
	case skeleton.OnceDo:
		return x.onceDo(s, me, a.w)
	case skeleton.PipeRead:
		return x.pipeRead(s, me, a)
	case skeleton.PipeWrite:
		return x.pipeWrite(s, me, a)
	}
	return x.complete(s, me, a.w, s.fresh(), value{})
}

func (x *explorer) receive(s *state, a alternative) (value, value) {
	elem := a.w.elem
	switch {
	case a.cancels >= 0:
		s.cancel(a.cancels)
		return zeroOf(elem), zeroInt
	case a.w.on.k != address:
		return s.invent(elem, s.fresh()), s.fresh()
	case a.partner >= 0:
		v := a.theirs.val
		x.complete(s, a.partner, a.theirs, value{}, value{})
		return v, boolean(true)
	case a.env && a.closed:
		s.obj(a.w.on.o).closed = true
		return zeroOf(elem), zeroInt
	case a.env:
		return s.invent(elem, s.fresh()), s.fresh()
	case a.closed:
		return zeroOf(elem), zeroInt
	}
	o := s.obj(a.w.on.o)
	v := o.buf[0]
	o.buf = append([]value(nil), o.buf[1:]...)
	return v, boolean(true)
}

// complete lets goroutine i go on after what it waited for.
func (x *explorer) complete(s *state, i int, w wait, v, ok value) verdict {
	g := s.g(i)
	g.parked, g.preempted, g.wait = false, false, nil
	f := &g.frames[len(g.frames)-1]
	if f.pc >= len(f.f.Blocks[f.block].Instrs) {
		return drop
	}
	if g.unwinding() {
		f.defers = f.defers[:len(f.defers)-1]
		return goOn
	}
	in := &f.f.Blocks[f.block].Instrs[f.pc]
	switch in.Code {
	case skeleton.RunDefers:
		f.defers = f.defers[:len(f.defers)-1]
		return goOn
	case skeleton.Choose:
		cur := s.cur
		s.cur = i
		c := in.Select.Cases[w.n]
		s.note(chose, w.kind, c.Pos, f.f, objectOf(w.on), in.At)
		s.cur = cur
		parts := []value{{k: integer, n: int64(w.n)}, ok}
		if w.kind == skeleton.Send {
			parts[1] = zeroInt
		}
		for j, c := range in.Select.Cases {
			if c.Send {
				continue
			}
			if j == w.n {
				parts = append(parts, flatten(v, c.Elem)...)
			} else {
				parts = append(parts, flatten(zeroOf(c.Elem), c.Elem)...)
			}
		}
		f.set(in.Dst, value{k: aggregate, parts: parts})
		return goOn
	case skeleton.CallFunc:
		f.set(in.Dst, x.pipeResult(s, in.Call.Result, w, v))
		return goOn
	case skeleton.Perform:
		if w.act != skeleton.PipeNothing {
			v = x.pipeResult(s, in.Call.Result, w, v)
		}
		if in.CommaOk {
			v = value{k: aggregate, parts: append(append([]value(nil), flatten(v, in.Call.Result)...), ok)}
		}
		f.set(in.Dst, v)
		return goOn
	}
	return drop
}

func objectOf(v value) int32 {
	if v.ref() {
		return v.o
	}
	return -1
}

// arrive is called when the goroutine that runs comes to an operation that may have to wait.
func (x *explorer) arrive(s *state, waits []wait, yields bool) verdict {
	g := s.g(s.cur)
	g.wait = waits
	alts := x.alternatives(s, s.cur)
	for _, a := range alts {
		// Waiting for the environment takes time, in which others go on.
		yields = yields || a.env
	}
	if len(alts) == 0 || yields {
		g.parked = true
		return x.schedule(s)
	}
	if len(s.gs) > 1 && shared(s, waits) && s.preempts >= x.preempts {
		x.preempted = true
	} else if len(s.gs) > 1 && shared(s, waits) {
		other := x.fork(s)
		og := other.g(other.cur)
		og.parked, og.preempted = true, true
		other.preempts++
		x.others(other, other.cur)
	}
	for _, a := range alts[1:] {
		other := x.fork(s)
		if x.take(other, a) == goOn {
			x.push(other)
		}
	}
	return x.take(s, alts[0])
}

// shared reports whether an operation is on something that other goroutines can know.
func shared(s *state, waits []wait) bool {
	for _, w := range waits {
		if w.on.k == address && s.objs[w.on.o].env&maySend == 0 {
			return true
		}
	}
	return false
}

// others continues s with each goroutine but i that can go on.
func (x *explorer) others(s *state, i int) {
	for j, g := range s.gs {
		if j == i || g.done || g.stalled {
			continue
		}
		x.resume(s, j)
	}
}

// resume continues a copy of s with goroutine j, in all the ways that it can go on.
func (x *explorer) resume(s *state, j int) {
	g := s.gs[j]
	if !g.parked {
		other := x.fork(s)
		other.cur = j
		other.g(j).fresh = false
		x.push(other)
		return
	}
	for _, a := range x.alternatives(s, j) {
		other := x.fork(s)
		other.cur = j
		if x.take(other, a) == goOn {
			x.push(other)
		}
	}
}

// schedule goes on with every goroutine that can, when the one that ran cannot.
func (x *explorer) schedule(s *state) verdict {
	s.cur = -1
	h := s.hash()
	if x.visited[h] {
		return drop
	}
	x.visited[h] = true
	x.findStuck(s)
	for j, g := range s.gs {
		if !g.done && !g.stalled {
			x.resume(s, j)
		}
	}
	return drop
}
