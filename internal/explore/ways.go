package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// A wait is one thing that a goroutine stands before: an operation, or a case of a select.
type wait struct {
	kind skeleton.Kind // Send, Recv, or what the operation is
	on   value
	val  value // of a send
	elem *skeleton.Type
	n    int // of a select: the case
	// fails is set for the end of a context that ends a wait for something else with an error.
	fails bool
	// Of a pipe: what is done, the rest of a write of which a part was read, and what a call returns beside an error.
	act   skeleton.PipeAct
	mid   bool
	sure  bool // what it reads is as it likes it
	gives value
}

// An alternative is a way for a waiting goroutine to go on.
type alternative struct {
	w       wait
	partner int // the goroutine at the other end, or -1
	theirs  wait
	env     bool  // the environment or time lets it go on
	cancels int32 // the context that the environment cancels, or -1
	closed  bool
}

// alternatives lists the ways in which goroutine i can go on.
func (x *explorer) alternatives(s *state, i int) []alternative {
	var out []alternative
	for _, w := range s.gs[i].wait {
		out = x.ways(s, i, w, out)
	}
	return out
}

func (x *explorer) ways(s *state, i int, w wait, out []alternative) []alternative {
	plain := alternative{w: w, partner: -1, cancels: -1}
	switch w.kind {
	case skeleton.Recv, skeleton.Send:
		if w.on.k == null {
			return out
		}
		if w.on.k != address || !s.objs[w.on.o].channel {
			plain.env = true
			return append(out, plain)
		}
		return x.channelWays(s, i, w, out)
	case skeleton.Lock:
		if w.on.k != address || s.slot(w.on) == 0 {
			return append(out, plain)
		}
		return out
	case skeleton.RLock:
		if w.on.k != address {
			return append(out, plain)
		}
		if writer(s.slot(w.on)) >= 0 {
			return out
		}
		for j, g := range s.gs {
			if j == i || g.done || !g.parked || g.preempted {
				continue
			}
			for _, v := range g.wait {
				if v.kind == skeleton.Lock && v.on.k == address && v.on.o == w.on.o && v.on.n == w.on.n {
					return out // a writer that waits keeps new readers out
				}
			}
		}
		return append(out, plain)
	case skeleton.WaitGroupWait, skeleton.GroupWait:
		if w.on.k != address {
			return append(out, plain)
		}
		if v := s.objs[w.on.o].slots[w.on.n]; v.k != integer && v.k != unset || v.n == 0 || s.objs[w.on.o].env&mayChange != 0 {
			return append(out, plain)
		}
		return out
	case skeleton.SemaphoreAcquire:
		if o := s.objs[w.on.o]; o.env&mayChange != 0 || s.slot(w.on)+w.val.n <= int64(o.cap) {
			return append(out, plain)
		}
		return out
	case skeleton.GroupGo:
		if o := s.objs[w.on.o]; o.cap > 0 && s.slot(w.on) >= int64(o.cap) {
			return out
		}
		return append(out, plain)
	case skeleton.CondWait:
		if w.on.k != address || w.val.k != address {
			return append(out, plain)
		}
		if (s.gs[i].signalled || s.objs[w.on.o].env&mayChange != 0) && s.slot(w.val) == 0 {
			return append(out, plain)
		}
		return out
	case skeleton.Settle:
		if x.restless(s, i) {
			return out
		}
		return append(out, plain)
	case skeleton.PipeRead, skeleton.PipeWrite:
		return x.pipeWays(s, i, w, out)
	case skeleton.OnceDo:
		if w.on.k == address {
			if v := s.objs[w.on.o].slots[w.on.n]; v.k == integer && v.n == 1 {
				return out
			}
		}
		return append(out, plain)
	}
	return append(out, plain)
}

func (x *explorer) channelWays(s *state, i int, w wait, out []alternative) []alternative {
	o := s.objs[w.on.o]
	plain := alternative{w: w, partner: -1, cancels: -1}
	if w.kind == skeleton.Recv {
		if len(o.buf) > 0 {
			return append(out, plain)
		}
		if o.closed {
			plain.closed = true
			return append(out, plain)
		}
	} else if o.closed || len(o.buf) < o.cap {
		plain.closed = o.closed
		return append(out, plain)
	}
	other := skeleton.Send
	if w.kind == skeleton.Send {
		other = skeleton.Recv
	}
	for j, g := range s.gs {
		if j == i || g.done || !g.parked {
			continue
		}
		for _, v := range g.wait {
			if v.kind == other && v.on.k == address && v.on.o == w.on.o {
				out = append(out, alternative{w: w, partner: j, theirs: v, cancels: -1})
			}
		}
	}
	if w.kind == skeleton.Send {
		if o.env&mayRecv != 0 {
			out = append(out, alternative{w: w, partner: -1, env: true, cancels: -1})
		}
		return out
	}
	if o.ofContext {
		for c := o.parent; c >= 0; c = s.objs[c].parent {
			if done := s.objs[c].done; done >= 0 && s.objs[done].env&(mayClose|mayFire) != 0 {
				return append(out, alternative{w: w, partner: -1, env: true, cancels: c, closed: true})
			}
		}
		return out
	}
	if o.env&(maySend|mayFire) != 0 {
		return append(out, alternative{w: w, partner: -1, env: true, cancels: -1})
	}
	if o.env&mayClose != 0 {
		return append(out, alternative{w: w, partner: -1, env: true, cancels: -1, closed: true})
	}
	return out
}
