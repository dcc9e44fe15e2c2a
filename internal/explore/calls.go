package explore

import (
	"go/token"
	"slices"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// push a frame onto the goroutine that runs. dst is where its caller wants the result.
func (x *explorer) enter(s *state, g *goroutine, f *skeleton.Func, captured, args []value, dst skeleton.Arg, site token.Pos) bool {
	if len(g.frames) >= maxDepth {
		x.gaveUp(BoundDepth)
		return false
	}
	f.Ready()
	if len(f.Blocks) == 0 {
		return false
	}
	s.frameIDs++
	fr := frame{
		f: f, id: s.frameIDs, regs: make([]value, f.Regs), visits: make([]uint8, len(f.Blocks)), forks: make([]uint8, len(f.Blocks)),
		dst: dst, onces: -1, site: site,
	}
	for i := range f.Params {
		if i < len(args) {
			fr.regs[i] = args[i]
		} else {
			fr.regs[i] = s.invent(f.Params[i], s.fresh())
		}
	}
	for i := range f.Free {
		if i < len(captured) {
			fr.regs[len(f.Params)+i] = captured[i]
		}
	}
	g.frames = append(g.frames, fr)
	return true
}

// A target is what a function value turned out to be.
type target struct {
	f        *skeleton.Func
	captured []value
	args     []value
	cancels  int32 // the context that is cancelled, or -1
}

// target finds out what a call calls. ok is false where that is not known.
func (x *explorer) target(s *state, c *skeleton.Call, v value, args []value) (target, bool) {
	if c.Func != nil && c.Value == skeleton.NoArg {
		return target{f: c.Func, args: args, cancels: -1}, true
	}
	if c.Method != "" {
		if v.k != address || s.objs[v.o].channel || s.objs[v.o].context {
			return target{}, false
		}
		o := s.objs[v.o]
		if o.lazy || v.n != 0 {
			return target{}, false
		}
		m := x.prog.Method(o.typ, !o.boxed, c.Method)
		if m == nil {
			return target{}, false
		}
		recv := v
		if o.boxed {
			recv = gather(append([]value(nil), o.slots...), o.typ)
		}
		return target{f: m, args: append([]value{recv}, args...), cancels: -1}, true
	}
	return x.funcTarget(s, v, args)
}

func (x *explorer) funcTarget(s *state, v value, args []value) (target, bool) {
	switch v.k {
	case fn:
		return target{f: v.f, args: args, cancels: -1}, true
	case closure:
		return target{f: s.objs[v.o].fn, captured: s.objs[v.o].slots, args: args, cancels: -1}, true
	case canceller:
		return target{cancels: v.o}, true
	}
	return target{}, false
}

func (x *explorer) evalCall(s *state, f *frame, c *skeleton.Call) (v value, args []value) {
	if c.Value != skeleton.NoArg {
		v = x.eval(s, f, c.Value)
	}
	for _, a := range c.Args {
		args = append(args, x.eval(s, f, a))
	}
	return v, args
}

// call executes a call that is not of a primitive.
func (x *explorer) call(s *state, in *skeleton.Instr) verdict {
	_, f := s.top()
	v, args := x.evalCall(s, f, in.Call)
	if v.k == null && in.Call.Value != skeleton.NoArg {
		return drop
	}
	if in.Call.Pipe != nil {
		return x.pipeCall(s, in.Call, v, args, in.Dst, in.Pos, in.At, false)
	}
	return x.callFunc(s, in, v, args)
}

// callFunc is call for what is given no end of a pipe, as far as its function is not seen.
func (x *explorer) callFunc(s *state, in *skeleton.Instr, v value, args []value) verdict {
	g, f := s.top()
	t, ok := x.target(s, in.Call, v, args)
	if !ok {
		return x.unseen(s, f, in.Call, in.Dst, v, args, in.Pos)
	}
	if t.cancels >= 0 {
		x.pointCancel(s, t.cancels)
		_, f = s.top()
		s.note(operation, skeleton.ContextCancel, in.Pos, f.f, t.cancels, in.At)
		s.cancel(t.cancels)
		f.set(in.Dst, value{})
		return goOn
	}
	if x.foreign(s, t) {
		return x.unseen(s, f, in.Call, in.Dst, v, args, in.Pos)
	}
	f.pc++
	if !x.enter(s, g, t.f, t.captured, t.args, in.Dst, in.Pos) {
		return drop
	}
	return goOn
}

// withoutError is the result of a call whose error is always nil.
func withoutError(v value) value {
	if v.k != aggregate || len(v.parts) == 0 {
		return nilVal
	}
	v.parts = append(slices.Clone(v.parts[:len(v.parts)-1]), nilVal)
	return v
}

// deferCall executes a defer statement.
func (x *explorer) deferCall(s *state, g *goroutine, f *frame, in *skeleton.Instr) verdict {
	v, args := x.evalCall(s, f, in.Call)
	d := deferred{call: in.Call, args: args, val: v, pos: in.Pos, at: in.At}
	to := f
	if len(in.Args) > 0 {
		stack := x.eval(s, f, in.Args[0])
		to = nil
		for i := range g.frames {
			if stack.k == deferStack && g.frames[i].id == stack.n {
				to = &g.frames[i]
			}
		}
		if to == nil {
			return drop
		}
	}
	to.defers = append(to.defers, d)
	f.pc++
	return goOn
}

// runDeferred executes the last deferred call; the instruction stays where it is until there is none.
func (x *explorer) runDeferred(s *state, f *frame) verdict {
	d := f.defers[len(f.defers)-1]
	if d.call.Kind != skeleton.None {
		// A primitive may have to wait: it leaves the list when it is done.
		return x.performCall(s, d.call, d.args, skeleton.NoArg, d.pos, d.at, true)
	}
	if d.call.Pipe != nil && x.givenEnd(s, d.val, d.args) {
		return x.pipeCall(s, d.call, d.val, d.args, skeleton.NoArg, d.pos, d.at, true)
	}
	t, ok := x.target(s, d.call, d.val, d.args)
	if ok && t.cancels >= 0 {
		x.pointCancel(s, t.cancels)
		_, f = s.top()
	}
	f.defers = f.defers[:len(f.defers)-1]
	if d.call.Harmless {
		return goOn
	}
	if !ok {
		f.pc-- // unseen goes on to the next instruction
		return x.unseen(s, f, d.call, skeleton.NoArg, d.val, d.args, d.pos)
	}
	if t.cancels >= 0 {
		s.note(operation, skeleton.ContextCancel, d.pos, f.f, t.cancels, d.at)
		s.cancel(t.cancels)
		return goOn
	}
	if x.foreign(s, t) {
		return goOn
	}
	if !x.enter(s, s.g(s.cur), t.f, t.captured, t.args, skeleton.NoArg, d.pos) {
		return drop
	}
	return goOn
}

// ret executes a return statement.
func (x *explorer) ret(s *state, in *skeleton.Instr) verdict {
	g, f := s.top()
	var result value
	switch len(in.Args) {
	case 0:
	case 1:
		result = x.eval(s, f, in.Args[0])
	default:
		var parts []value
		t := f.f.Result
		for i, a := range in.Args {
			parts = append(parts, flatten(x.eval(s, f, a), t.Parts[i])...)
		}
		result = value{k: aggregate, parts: parts}
	}
	if len(g.frames) == 1 {
		if s.cur == 0 {
			x.escape(s, result, rootResult(f.f), anything)
			s.give(result)
		}
		s.note(returned, skeleton.None, in.Pos, f.f, -1, in.At)
		x.end(s, result)
		return x.schedule(s)
	}
	if f.onces >= 0 {
		s.obj(f.onces).slots[f.onceAt] = value{k: integer, n: 2}
	}
	if f.starts {
		s.note(returned, skeleton.None, in.Pos, f.f, -1, in.At)
	}
	dst := f.dst
	g.frames = g.frames[:len(g.frames)-1]
	caller := &g.frames[len(g.frames)-1]
	if dst != skeleton.NoArg && dst >= 0 {
		caller.regs[dst] = result
	}
	return goOn
}

func rootResult(f *skeleton.Func) *skeleton.Type {
	if f.Result != nil && len(f.Result.Parts) == 1 {
		return f.Result.Parts[0]
	}
	return f.Result
}
