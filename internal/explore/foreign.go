package explore

import (
	"go/token"
	"slices"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

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
	case o.pipe:
		return o.env != maySend|mayRecv|mayClose
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
