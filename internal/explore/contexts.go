package explore

import (
	"go/token"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

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
		if done := s.objs[c].done; done >= 0 && s.objs[done].closed {
			return finish(failed) // the environment has cancelled it: somebody saw that
		}
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
