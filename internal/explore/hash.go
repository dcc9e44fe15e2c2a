package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// A hasher identifies a state by what its goroutines can do from there on: the way that led there, garbage, and the
// names of objects and of unknown values that are new each time do not count.
type hasher struct {
	s       *state
	h       uint64
	objects map[int32]uint64
	unknown map[int64]uint64
	todo    []int32
}

func (s *state) hash() uint64 {
	w := hasher{s: s, h: offset, objects: make(map[int32]uint64), unknown: make(map[int64]uint64)}
	w.add(uint64(s.preempts))
	for _, g := range s.gs {
		w.add(b2u(g.done) | b2u(g.parked)<<1 | b2u(g.fresh)<<2 | b2u(g.exiting)<<3 | b2u(g.signalled)<<4 | b2u(g.preempted)<<5 | b2u(g.stalled)<<6)
		if g.parked && len(g.wait) > 0 && g.wait[0].kind == skeleton.CondWait {
			for _, other := range s.gs {
				w.add(b2u(other.parked && other.ticket < g.ticket))
			}
		}
		if g.parked && len(g.wait) > 0 && g.wait[0].mid {
			w.add(uint64(g.wait[0].val.n) + 1)
		}
		for _, v := range g.has {
			w.value(v)
		}
		if g.done {
			continue
		}
		if g.exit.kind != 0 {
			w.ref(g.exit.object)
		}
		for i := range g.frames {
			f := &g.frames[i]
			w.add(uint64(f.f.SSA.Pos())<<20 | uint64(f.block)<<10 | uint64(f.pc))
			for r, v := range f.regs {
				if v.k != unset {
					w.add(uint64(r))
					w.value(v)
				}
			}
			for _, d := range f.defers {
				w.add(uint64(d.pos))
				w.value(d.val)
				for _, v := range d.args {
					w.value(v)
				}
			}
		}
	}
	for _, f := range s.facts {
		if !f.passing {
			w.add(f.key)
			w.add(uint64(f.n))
		}
	}
	for len(w.todo) > 0 {
		i := w.todo[0]
		w.todo = w.todo[1:]
		w.object(i)
	}
	return w.h
}

func (w *hasher) add(x uint64) { w.h = mix(w.h, x) }

func (w *hasher) ref(i int32) {
	if i < 0 {
		w.add(0)
		return
	}
	n, ok := w.objects[i]
	if !ok {
		n = uint64(len(w.objects) + 1)
		w.objects[i] = n
		w.todo = append(w.todo, i)
	}
	w.add(n)
}

func (w *hasher) value(v value) {
	v = w.s.resolve(v)
	w.add(uint64(v.k)<<2 | b2u(v.neg)<<1 | b2u(v.nonNil))
	switch {
	case v.op != 0:
		w.add(uint64(v.op))
		w.value(v.parts[0])
		w.value(v.parts[1])
		return
	case v.k == unknown && v.passing:
		n, ok := w.unknown[v.n]
		if !ok {
			n = uint64(len(w.unknown) + 1)
			w.unknown[v.n] = n
			for _, f := range w.s.facts {
				if f.of == v.n || v.of != 0 && f.of == v.of {
					w.add(uint64(f.n) + 77)
				}
			}
		}
		w.add(n)
		return
	case v.ref():
		w.ref(v.o)
		if v.k == slice {
			w.add(uint64(v.of))
		}
	}
	w.add(uint64(v.n))
	if v.f != nil {
		w.add(uint64(v.f.SSA.Pos()))
	}
	for _, p := range v.parts {
		w.value(p)
	}
}

func (w *hasher) object(i int32) {
	o := w.s.objs[i]
	w.add(uint64(o.env) | b2u(o.closed)<<9 | b2u(o.cancelled)<<10 | b2u(o.lazy)<<11 | b2u(o.served)<<8 | uint64(len(o.buf))<<12 | uint64(o.rounds)<<56 | uint64(o.made)<<20)
	if o.given {
		w.add(1)
	}
	for _, list := range [][]value{o.slots, o.buf, o.keys} {
		w.add(uint64(len(list)))
		for _, v := range list {
			w.value(v)
		}
	}
	if o.context {
		w.ref(o.parent)
		w.ref(o.done)
		for _, c := range o.children {
			if !w.s.objs[c].cancelled {
				w.ref(c)
			}
		}
	}
	if o.ofContext {
		w.ref(o.parent)
	}
	if o.group {
		w.ref(o.parent - 1)
	}
}
