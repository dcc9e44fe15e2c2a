package explore

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// describe tells what goroutine i stands before. It returns false for what blocks on purpose.
func describe(s *state, i int) (Stuck, bool) {
	g := s.gs[i]
	f, in, pos, at := s.stands(i)
	if in == nil || (in.Code == skeleton.RunDefers || g.unwinding()) && len(f.defers) == 0 {
		return Stuck{}, false
	}
	out := Stuck{At: at, Pos: pos, Func: f.f, Root: i == 0, Goroutine: i, Started: g.started, Holder: -1}
	for j := len(g.frames) - 1; j >= 0; j-- {
		out.Stack = append(out.Stack, Frame{g.frames[j].f, g.frames[j].site})
	}
	out.Kind = skeleton.Select
	if in.Code != skeleton.Choose {
		if len(g.wait) == 0 {
			return Stuck{}, false
		}
		out.Kind = g.wait[0].kind
		out.NilObject = g.wait[0].on.k == null
	}
	if len(g.wait) == 0 {
		return Stuck{}, false // select {} is on purpose
	}
	w := g.wait[0]
	if o := objectOf(w.on); o >= 0 {
		out.Made = s.objs[o].made
		out.OfContext = s.objs[o].ofContext
	}
	if (out.Kind == skeleton.Lock || out.Kind == skeleton.RLock) && w.on.k == address {
		out.Holder = writer(s.slot(w.on))
		out.Returned = out.Holder == 0 && s.gs[0].done && s.objs[w.on.o].given
	}
	return out, true
}

// history returns the trace in order.
func (s *state) history() []Step {
	var out []Step
	for e := s.trace; e != nil; e = e.prev {
		if e.what >= met {
			continue
		}
		st := Step{Goroutine: e.g, Kind: e.kind, Pos: e.pos, Func: e.fn, At: e.at}
		switch e.what {
		case operation:
			st.What = "op"
		case started:
			st.What, st.Other = "start", int(e.obj)
		case returned:
			st.What = "return"
		case chose:
			st.What = "case"
		}
		if e.what != started && e.obj >= 0 {
			st.Object = s.objs[e.obj].made
		}
		out = append(out, st)
	}
	slices.Reverse(out)
	return out
}

// noteOp records that the goroutine that runs goes on at an operation.
func (x *explorer) noteOp(s *state, a alternative) {
	f, in, pos, at := s.stands(s.cur)
	if in == nil || in.Code == skeleton.Choose {
		return // complete tells of the case
	}
	s.note(operation, a.w.kind, pos, f.f, objectOf(a.w.on), at)
}

// noteMet records that the goroutine at the other end of an operation has come to it.
func (x *explorer) noteMet(s *state, a alternative) {
	f, in, pos, at := s.stands(a.partner)
	if in == nil {
		return
	}
	kind := a.theirs.kind
	if in.Code == skeleton.Choose {
		kind, pos = skeleton.Select, in.At.Pos()
	}
	me := s.cur
	s.cur = a.partner
	s.note(met, kind, pos, f.f, objectOf(a.theirs.on), at)
	s.cur = me
}

// stands returns what goroutine i stands before. There is no instruction at the end of a block.
func (s *state) stands(i int) (f *frame, in *skeleton.Instr, pos token.Pos, at ssa.Instruction) {
	g := s.gs[i]
	f = &g.frames[len(g.frames)-1]
	if f.pc >= len(f.f.Blocks[f.block].Instrs) {
		return f, nil, token.NoPos, nil
	}
	in = &f.f.Blocks[f.block].Instrs[f.pc]
	if len(f.defers) > 0 && (in.Code == skeleton.RunDefers || g.unwinding()) {
		d := f.defers[len(f.defers)-1]
		return f, in, d.pos, d.at
	}
	return f, in, in.Pos, in.At
}
