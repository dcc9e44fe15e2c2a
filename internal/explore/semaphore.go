package explore

import (
	"go/token"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A semaphore's slot holds what is acquired of its size, which is the capacity of its object. That those who wait are
// served in their order is left out: whoever finds room may go on.

// semaphore executes an operation on a semaphore.Weighted.
func (x *explorer) semaphore(s *state, c *skeleton.Call, args []value, pos token.Pos, note func(), finish func(value) verdict) verdict {
	if len(args) == 0 {
		return drop
	}
	on, n := args[0], args[len(args)-1] // the weight is the last argument of all
	if n.k == unknown {
		return x.settle(s, n, 0, false)
	}
	if c.Kind == skeleton.NewSemaphore {
		if n.k != integer {
			return finish(s.fresh())
		}
		return finish(value{k: address, o: s.add(&object{typ: c.Result.Elem, slots: []value{zeroInt}, cap: int(min(max(n.n, 0), 1<<20)), made: pos})})
	}
	known := on.k == address && s.isPrimitive(on) && !s.objs[on.o].lazy && n.k == integer
	switch {
	case c.Kind == skeleton.SemaphoreAcquire && known:
		waits := []wait{{kind: skeleton.SemaphoreAcquire, on: on, val: n}}
		if done := s.doneOf(args[1]); done.k == address {
			waits = append(waits, wait{kind: skeleton.Recv, on: done, elem: &skeleton.Type{Slots: 1}, fails: true})
		}
		return x.arrive(s, waits, false)
	case c.Kind == skeleton.SemaphoreTryAcquire && known:
		if s.slot(on)+n.n > int64(s.objs[on.o].cap) {
			return finish(zeroInt)
		}
		note()
		s.setSlot(on, s.slot(on)+n.n)
		return finish(boolean(true))
	case c.Kind == skeleton.SemaphoreRelease && known:
		if n.n > s.slot(on) && s.objs[on.o].env == 0 {
			return drop // it panics
		}
		note()
		s.setSlot(on, max(0, s.slot(on)-n.n))
		return finish(value{})
	case c.Kind == skeleton.SemaphoreRelease:
		return finish(value{})
	}
	return finish(s.fresh())
}

// doneOf returns the channel of a context, or nil if it is never cancelled.
func (s *state) doneOf(ctx value) value {
	if ctx.k != address || !s.objs[ctx.o].context {
		ctx = s.invent(&skeleton.Type{Shape: skeleton.Context, Slots: 1}, s.fresh())
	}
	if done := s.objs[ctx.o].done; done >= 0 {
		return value{k: address, o: done}
	}
	return nilVal
}
