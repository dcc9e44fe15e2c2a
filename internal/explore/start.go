package explore

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// start executes a go statement.
func (x *explorer) start(s *state, in *skeleton.Instr) verdict {
	_, f := s.top()
	c := in.Call
	v, args := x.evalCall(s, f, c)
	f.pc++
	if c.Kind != skeleton.None {
		if c.Kind.Blocks() || c.Kind == skeleton.Close || c.Kind == skeleton.PipeClose {
			x.give(s, c, args) // to a goroutine of the primitive alone
		}
		return goOn
	}
	t, ok := x.target(s, c, v, args)
	if !ok || t.f == nil {
		if ok && t.cancels >= 0 {
			s.cancel(t.cancels)
			return goOn
		}
		if v.ref() {
			x.escape(s, v, nil, anything)
		}
		x.give(s, c, args)
		return goOn
	}
	if x.foreign(s, t) {
		return goOn // another root
	}
	return x.spawn(s, t, in.Pos, f.f, in.At, onExit{})
}

// spawn starts a goroutine.
func (x *explorer) spawn(s *state, t target, pos token.Pos, from *skeleton.Func, at ssa.Instruction, exit onExit) verdict {
	if len(s.gs) >= maxGoroutines {
		x.crowd(s, t, pos, exit)
		return goOn
	}
	if me := s.g(s.cur); len(me.frames) > 0 {
		me.frames[len(me.frames)-1].starts = true
	}
	g := &goroutine{gen: s.gen, fresh: true, started: pos, parent: s.cur, exit: exit}
	if !x.enter(s, g, t.f, t.captured, t.args, skeleton.NoArg, pos) {
		return drop
	}
	s.gs = append(s.gs, g)
	s.note(started, skeleton.None, pos, from, int32(len(s.gs)-1), at)
	return goOn
}

// crowd starts one goroutine more than are followed. On one path it is not run: that may be so for any time. On another
// one it may do all that its function does.
func (x *explorer) crowd(s *state, t target, pos token.Pos, exit onExit) {
	if !s.crowded {
		x.gaveUp(BoundGoroutines)
		if !s.free {
			other := x.fork(s)
			other.crowded = true
			other.gs = append(other.gs, notRun(other, t, pos, exit))
			x.push(other)
			s.free = true
		}
	}
	if s.crowded {
		s.gs = append(s.gs, notRun(s, t, pos, exit))
		return
	}
	for _, v := range slices.Concat(t.captured, t.args) {
		x.escape(s, v, nil, x.rightsOf(t.f))
	}
	if exit.kind != skeleton.None {
		s.obj(exit.object).env |= mayChange
	}
}

func notRun(s *state, t target, pos token.Pos, exit onExit) *goroutine {
	return &goroutine{gen: s.gen, started: pos, parent: s.cur, exit: exit, stalled: true, has: slices.Concat(t.captured, t.args)}
}

// end ends the goroutine that runs.
func (x *explorer) end(s *state, result value) {
	g := s.g(s.cur)
	g.done, g.frames, g.ended = true, nil, s.trace
	switch g.exit.kind {
	case skeleton.WaitGroupGo:
		x.addTo(s, value{k: address, o: g.exit.object, n: g.exit.slot}, -1)
	case skeleton.GroupGo:
		o := s.obj(g.exit.object)
		if v := o.slots[g.exit.slot]; v.k == integer {
			o.slots[g.exit.slot] = value{k: integer, n: v.n - 1}
		}
		if done := x.groupContext(s, g.exit); done >= 0 && result.k != null && result.k != unset {
			if result.k == unknown && !result.nonNil {
				// Whether it failed is not known: both.
				other := x.fork(s)
				x.push(other)
			}
			s.cancel(done)
		}
	}
}
