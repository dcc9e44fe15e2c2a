package explore

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

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
	g, f := s.top()
	v, args := x.evalCall(s, f, in.Call)
	if v.k == null && in.Call.Value != skeleton.NoArg {
		return drop
	}
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

// foreign reports whether a function can do nothing that matters to what the root owns: none of it is in its reach, it
// returns nothing of the kind, and this goroutine holds no lock that it could wait for.
func (x *explorer) foreign(s *state, t target) bool {
	if s.gs[s.cur].holds > 0 || x.prog.GivesMade(t.f) {
		return false
	}
	r := ownership{s: s, seen: make(map[int32]bool)}
	if t.f.SSA.Signature.Recv() != nil && len(t.args) > 0 && x.prog.Makes(t.f) {
		// A method that makes what its receiver needs.
		r.places = true
		if r.of(t.args[0]) {
			return false
		}
		r.places = false
		clear(r.seen)
	}
	return !slices.ContainsFunc(t.args, r.of) && !slices.ContainsFunc(t.captured, r.of)
}

// An ownership looks for what the root owns.
type ownership struct {
	s      *state
	seen   map[int32]bool
	places bool // memory of the root counts, too, for what may be put there
}

// of reports whether a primitive that the environment does not know can be reached from a value.
func (r *ownership) of(v value) bool {
	switch v.k {
	case aggregate:
		return slices.ContainsFunc(v.parts, r.of)
	case canceller:
		return true
	case address, closure, slice:
	default:
		return false
	}
	if v.o < 0 || r.seen[v.o] {
		return false
	}
	r.seen[v.o] = true
	o := r.s.objs[v.o]
	switch {
	case len(r.seen) > maxReach:
		return true
	case o.context:
		return o.done >= 0 && !o.lazy
	case o.channel:
		return !o.lazy && o.env != anything
	case !o.lazy && v.k == address && (r.places || o.typ != nil && o.typ.Bears()):
		return true
	}
	return slices.ContainsFunc(o.slots, r.of) || slices.ContainsFunc(o.buf, r.of) || slices.ContainsFunc(o.keys, r.of)
}

// maxReach bounds the objects that are looked at.
const maxReach = 100

// unseen executes a call of code that is not seen: it may do anything with what it is given, and call the functions
// among it, before it returns or later.
func (x *explorer) unseen(s *state, f *frame, c *skeleton.Call, dst skeleton.Arg, v value, args []value, pos token.Pos) verdict {
	if v.ref() {
		x.escape(s, v, nil, anything)
	}
	var callbacks []value
	sync := c.Sync
	for i, a := range args {
		if code := x.codeOf(s, a); code != nil && code.SSA.Synthetic == "range-over-func yield" {
			// The body of a loop: an iterator calls it before it returns, and keeps it no longer.
			callbacks = append(callbacks, a)
			sync = true
			continue
		}
		if (a.k == closure || a.k == fn) && x.prog.Matters(x.codeOf(s, a)) {
			callbacks = append(callbacks, a)
		}
		x.escape(s, a, argType(c, i), anything)
	}
	out := s.fresh()
	if c.Setting {
		out = derived(uint64(c.NameHash())+37, append([]value{v}, args...)...)
	}
	if c.Result != nil {
		out = s.invent(c.Result, out)
	}
	if c.NonNil || x.wrapsError(s, f, c) {
		out.nonNil = true
	}
	if c.NoError {
		out = withoutError(out)
	}
	f.set(dst, s.resolve(out))
	if len(callbacks) != 1 {
		return goOn // which of several, and when, is not known
	}
	for n := 1; n <= 2; n++ {
		other := x.fork(s)
		g := other.g(other.cur)
		ok := true
		for range n {
			t, _ := x.funcTarget(other, callbacks[0], nil)
			ok = ok && t.f != nil && x.enter(other, g, t.f, t.captured, nil, skeleton.NoArg, pos)
			g.frames[len(g.frames)-1].later = !sync
		}
		if ok {
			x.push(other)
		}
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

// wrapsError reports whether a call is given an error that is known not to be nil here, and returns one.
func (x *explorer) wrapsError(s *state, f *frame, c *skeleton.Call) bool {
	return slices.ContainsFunc(c.Wraps, func(a skeleton.Arg) bool {
		isNil, known := s.equal(x.eval(s, f, a), nilVal)
		return known && !isNil
	})
}

func (x *explorer) codeOf(s *state, v value) *skeleton.Func {
	switch v.k {
	case closure:
		return s.objs[v.o].fn
	case fn:
		return v.f
	}
	return nil
}

// give hands the arguments of a call to code that is not seen.
func (x *explorer) give(s *state, c *skeleton.Call, args []value) {
	for i, a := range args {
		x.escape(s, a, argType(c, i), anything)
	}
}

// argType is the static type of an argument, or nil.
func argType(c *skeleton.Call, i int) *skeleton.Type {
	if i < len(c.Types) {
		return c.Types[i]
	}
	return nil
}

// start executes a go statement.
func (x *explorer) start(s *state, in *skeleton.Instr) verdict {
	_, f := s.top()
	c := in.Call
	v, args := x.evalCall(s, f, c)
	f.pc++
	if c.Kind != skeleton.None {
		if c.Kind.Blocks() || c.Kind == skeleton.Close {
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
