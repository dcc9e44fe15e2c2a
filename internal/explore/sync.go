package explore

import (
	"go/token"
	"slices"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

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
