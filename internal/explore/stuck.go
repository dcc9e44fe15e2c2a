package explore

import (
	"cmp"
	"go/token"
	"slices"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// findStuck notes the goroutines that nothing can release any more: those that stand before an operation that cannot go
// on, where no goroutine that can still run, and none that one of these can release, has what they wait for in reach.
// This is the criterion of Saioc et al., Dynamic Partial Deadlock Detection and Recovery via Garbage Collection
// (ASPLOS 2025), on the memory of a path. It holds whatever the goroutines do later, so it needs no end of the path.
func (x *explorer) findStuck(s *state) {
	var blocked []int
	live := make([]bool, len(s.gs))
	for i, g := range s.gs {
		switch {
		case g.done:
		case !g.parked || g.settles() || len(x.alternatives(s, i)) > 0 || x.maybeServed(s, i):
			live[i] = true
		default:
			blocked = append(blocked, i)
		}
	}
	if len(blocked) == 0 {
		return
	}
	r := reach{s: s, objects: make([]bool, len(s.objs))}
	for i := range s.gs {
		if live[i] {
			r.goroutine(i)
		}
	}
	for _, i := range blocked {
		r.callers(i)
	}
	for changed := true; changed; {
		changed = false
		for _, i := range blocked {
			if !live[i] && x.releasable(s, i, live, &r) {
				live[i] = true
				r.goroutine(i)
				changed = true
			}
		}
	}
	var group []Stuck
	for _, i := range blocked {
		if !live[i] {
			if st, ok := describe(s, i); ok {
				group = append(group, st)
			}
		}
	}
	if len(group) == 0 {
		return
	}
	for i := range group {
		for _, other := range group {
			if other.Holder == group[i].Goroutine {
				group[i].Holds = append(group[i].Holds, other.Goroutine)
			}
		}
	}
	slices.SortStableFunc(group, func(a, b Stuck) int { return cmp.Compare(a.weight(), b.weight()) })
	first := group[0]
	key := foundKey{first.At, first.Kind, token.NoPos}
	cause := foundKey{nil, first.Kind, first.Made}
	if x.found[key] || first.Made.IsValid() && x.found[cause] {
		return
	}
	x.found[key], x.found[cause] = true, true
	first.With = group[1:]
	first.Steps, first.Order = s.history(), x.order(s, group)
	x.stuck = append(x.stuck, first)
}

// weight orders goroutines that are stuck together: first those that the others may be stuck because of.
func (s Stuck) weight() int {
	w := 0
	switch s.Kind {
	case skeleton.Lock, skeleton.RLock, skeleton.SemaphoreAcquire:
		w = 2
	case skeleton.CondWait:
		w = 4
	case skeleton.WaitGroupWait, skeleton.GroupWait, skeleton.OnceDo:
		w = 6
	}
	if s.Root {
		w++
	}
	return w
}

// releasable reports whether a live goroutine may let goroutine i go on.
func (x *explorer) releasable(s *state, i int, live []bool, r *reach) bool {
	for _, w := range s.gs[i].wait {
		if !w.on.ref() {
			continue
		}
		if w.kind == skeleton.Lock || w.kind == skeleton.RLock {
			if holder := writer(s.slot(w.on)); holder >= 0 && holder < len(s.gs) {
				if !live[holder] && r.objects[w.on.o] && x.handsBack(s, live) {
					return true
				}
				if live[holder] || holder == i && s.gs[i].later() || s.gs[holder].done && holder == 0 && s.objs[w.on.o].lazy {
					return true
				}
				continue
			}
		}
		if w.kind == skeleton.CondWait && w.val.k == address {
			// Both are needed: the signal and the lock.
			if s.gs[i].signalled {
				if holder := writer(s.slot(w.val)); holder >= 0 && holder < len(s.gs) && !live[holder] {
					continue
				}
				return true
			}
		}
		if r.objects[w.on.o] {
			return true
		}
	}
	return false
}

// A reach is the set of objects that goroutines can get at.
type reach struct {
	s       *state
	objects []bool
}

// callers marks what the callers of a function have that goroutine i may run later, and not for them.
func (r *reach) callers(i int) {
	g := r.s.gs[i]
	for j := len(g.frames) - 1; j > 0; j-- {
		if g.frames[j].later {
			r.frames(g.frames[:j])
			return
		}
	}
}

// later reports whether the goroutine is in such a function.
func (g *goroutine) later() bool {
	return slices.ContainsFunc(g.frames, func(f frame) bool { return f.later })
}

func (r *reach) goroutine(i int) {
	g := r.s.gs[i]
	if g.exit.kind != skeleton.None {
		r.object(g.exit.object)
	}
	r.frames(g.frames)
	for _, v := range g.has {
		r.value(v)
	}
	for _, w := range g.wait {
		r.value(w.on)
		r.value(w.val)
	}
}

func (r *reach) frames(frames []frame) {
	for j := range frames {
		f := &frames[j]
		for _, v := range f.regs {
			r.value(v)
		}
		for _, d := range f.defers {
			r.value(d.val)
			for _, v := range d.args {
				r.value(v)
			}
		}
		if f.onces >= 0 {
			r.object(f.onces)
		}
	}
}

func (r *reach) value(v value) {
	switch v.k {
	case aggregate:
		for _, p := range v.parts {
			r.value(p)
		}
	case canceller:
		r.context(v.o)
	case address, closure, slice:
		if v.o >= 0 && !r.s.objs[v.o].context { // who has a context can only wait for it
			r.object(v.o)
		}
	}
}

func (r *reach) object(i int32) {
	if r.objects[i] {
		return
	}
	r.objects[i] = true
	o := r.s.objs[i]
	for _, v := range o.slots {
		r.value(v)
	}
	for _, v := range o.buf {
		r.value(v)
	}
	for _, v := range o.keys {
		r.value(v)
	}
	if o.group {
		r.context(o.parent - 1)
	}
}

// context marks what the cancellation of a context releases.
func (r *reach) context(i int32) {
	o := r.s.objs[i]
	if o.done >= 0 {
		r.objects[o.done] = true
	}
	for _, c := range o.children {
		r.context(c)
	}
}
