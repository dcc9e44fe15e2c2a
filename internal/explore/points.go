package explore

import (
	"go/token"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Operations that never wait matter to the order, too, where one goroutine asks for what another changes: a select with
// a default and the close of its channel or the arrival of somebody at its other end, TryLock and Unlock, Err of a context and its cancel function, a send and the
// close after which it would panic, the wait for a Cond and the signal that it misses. Where nobody asks, these are
// no points at which others need to go first.

// The slots of what is asked of a channel and a context that were made at one place.
const (
	whetherClosed    int64 = iota // also of locks and others, whose slots begin here
	whetherCancelled              // by way of Done
	whetherAwaited                // by somebody at the other end
)

// A place is a primitive, whichever object it is on a path.
type place struct {
	made token.Pos
	slot int64
}

// touched tells which goroutines ask for the state of a place, and which change it.
type touched struct{ asks, changes uint16 }

// touch notes what the goroutine that runs does with a primitive. It reports whether another does the opposite.
func (x *explorer) touch(s *state, on value, asks, changes bool) bool {
	if len(s.gs) < 2 || on.k != address || !s.objs[on.o].made.IsValid() {
		return false
	}
	at := place{s.objs[on.o].made, on.n}
	me := uint16(1) << min(s.cur, 15)
	t := x.touched[at]
	if asks {
		t.asks |= me
	}
	if changes {
		t.changes |= me
	}
	x.touched[at] = t
	return asks && t.changes&^me != 0 || changes && t.asks&^me != 0
}

// point lets others go first, on other paths, if the goroutine that runs is about to do what they have to do with.
// Frames that were got for writing are not valid after it.
func (x *explorer) point(s *state, contended bool) {
	switch {
	case !contended:
	case s.gs[s.cur].asked:
		s.g(s.cur).asked = false // they went
	case s.preempts >= x.preempts:
		x.preempted = true
	default:
		other := x.fork(s)
		other.g(other.cur).asked = true
		other.preempts++
		x.others(other, other.cur)
	}
}

// pointAt is point for an operation on a primitive.
func (x *explorer) pointAt(s *state, kind skeleton.Kind, on value) {
	switch kind {
	case skeleton.PipeClose:
		on.n = whetherClosed
		x.point(s, x.touch(s, on, false, true))
	case skeleton.PipeRead, skeleton.PipeWrite:
		on.n = whetherClosed
		x.touch(s, on, true, false) // arrive has the point
	case skeleton.Close, skeleton.Unlock, skeleton.RUnlock, skeleton.CondSignal, skeleton.CondBroadcast, skeleton.SemaphoreRelease:
		x.point(s, x.touch(s, on, false, true))
	case skeleton.Lock, skeleton.RLock:
		x.touch(s, on, false, true) // arrive has the point
	case skeleton.Send, skeleton.CondWait:
		x.touch(s, on, true, false)
		if kind == skeleton.Send {
			x.point(s, x.touch(s, awaited(on), false, true))
		}
	case skeleton.Recv:
		x.point(s, x.touch(s, awaited(on), false, true))
	case skeleton.SemaphoreAcquire:
		x.touch(s, on, false, true) // arrive has the point
	case skeleton.TryLock, skeleton.TryRLock, skeleton.SemaphoreTryAcquire, skeleton.AtomicLoad:
		x.point(s, x.touch(s, on, true, false))
	case skeleton.AtomicStore:
		x.point(s, x.touch(s, on, false, true))
	case skeleton.AtomicSwap, skeleton.AtomicCompareAndSwap, skeleton.AtomicAdd:
		x.point(s, x.touch(s, on, true, true))
	case skeleton.ContextErr, skeleton.ContextCause:
		if on.k == address && s.objs[on.o].context {
			x.point(s, x.touch(s, on, true, false))
		}
	}
}

// pointCancel is point for the cancellation of a context, which those below it see.
func (x *explorer) pointCancel(s *state, ctx int32) {
	contended := false
	for todo := []int32{ctx}; len(todo) > 0; todo = todo[1:] {
		o := s.objs[todo[0]]
		contended = x.touch(s, value{k: address, o: todo[0]}, false, true) || contended
		if o.done >= 0 {
			contended = x.touch(s, value{k: address, o: o.done, n: whetherCancelled}, false, true) || contended
		}
		todo = append(todo, o.children...)
	}
	x.point(s, contended)
}

// pointChoose is point for a select.
func (x *explorer) pointChoose(s *state, waits []wait, waiting bool) {
	contended := false
	for _, w := range waits {
		on := w.on
		if on.k == address && s.objs[on.o].ofContext {
			on.n = whetherCancelled
		}
		if w.kind == skeleton.Send || !waiting {
			contended = x.touch(s, on, true, false) && !waiting || contended
		}
		contended = x.touch(s, awaited(w.on), !waiting, waiting) || contended
	}
	x.point(s, contended)
}

func awaited(channel value) value {
	channel.n = whetherAwaited
	return channel
}
