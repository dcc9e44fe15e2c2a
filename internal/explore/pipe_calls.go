package explore

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// givenEnd reports whether a call is given an end of a pipe, or what wraps one, or is a method of it.
func (x *explorer) givenEnd(s *state, v value, args []value) bool {
	is := func(v value) bool {
		end, _ := s.pipeEnd(v)
		return end.k == address
	}
	return is(v) || slices.ContainsFunc(args, is)
}

// pipeCall executes a call of code that is not seen, or of a method of an interface, which may be given ends of pipes.
func (x *explorer) pipeCall(s *state, c *skeleton.Call, v value, args []value, dst skeleton.Arg, pos token.Pos, at ssa.Instruction, deferred bool) verdict {
	finish := func(v value) verdict {
		_, f := s.top()
		if deferred {
			f.defers = f.defers[:len(f.defers)-1]
		} else {
			f.set(dst, v)
		}
		return goOn
	}
	on := v
	if c.Method == "" && len(args) > 0 {
		on, args = args[0], args[1:]
	}
	method := c.MethodName()
	switch end, wrapped := s.pipeEnd(on); {
	case end.k == address && method != "" && wrapped:
		return x.onWrapper(s, c, method, on, end, pos, at, finish)
	case end.k == address && c.Method != "":
		kinds := map[string]skeleton.Kind{"Close": skeleton.PipeClose, "CloseWithError": skeleton.PipeClose}
		if end.n == readEnd {
			kinds["Read"] = skeleton.PipeRead
		} else {
			kinds["Write"] = skeleton.PipeWrite
		}
		if kind := kinds[method]; kind != skeleton.None {
			if kind != skeleton.PipeClose && s.freed(end) {
				return finish(x.results(s, c.Result, s.fresh(), s.fresh(), value{}))
			}
			x.pointAt(s, kind, end)
			arg := value{}
			if len(args) > 0 {
				arg = args[0]
			}
			return x.onPipe(s, kind, end, arg, method != "Close", pos, at, finish)
		}
	}
	if c.Method == "" {
		args = slices.Concat([]value{on}, args)
		if len(c.Args) == 0 {
			args = nil
		}
	}
	var given []int
	for i, a := range args {
		if end, _ := s.pipeEnd(a); end.k == address {
			given = append(given, i)
		}
	}
	if len(given) == 1 {
		i := given[0]
		end, wrapped := s.pipeEnd(args[i])
		act := c.Pipe.Acts[i]
		switch {
		case slices.Contains(c.Pipe.Wraps, i):
			w := s.add(&object{wraps: true, slots: []value{args[i]}, made: pos})
			return finish(x.results(s, c.Result, nilVal, s.fresh(), value{k: address, o: w}))
		case act == skeleton.PipeNothing:
		default:
			if wrapped || end.n == writeEnd && act != skeleton.PipeOnce {
				act = skeleton.PipeSome // there may be a buffer between
			}
			return x.useEnd(s, c, end, act, at, finish)
		}
	}
	if len(given) == 0 && c.Harmless {
		out := s.fresh()
		if c.Result != nil {
			out = s.invent(c.Result, out)
		}
		_, f := s.top()
		out.nonNil = out.nonNil || c.NonNil || x.wrapsError(s, f, c)
		if c.NoError {
			out = withoutError(out)
		}
		return finish(out)
	}
	x.lending = c.Pipe.Lends
	defer func() { x.lending = false }()
	_, f := s.top()
	if deferred {
		f.defers = f.defers[:len(f.defers)-1]
		f.pc-- // unseen goes on to the next instruction
		return x.unseen(s, f, c, skeleton.NoArg, v, args, pos)
	}
	if len(given) > 0 || v.k == address && s.objs[v.o].wraps {
		return x.unseen(s, f, c, dst, v, args, pos)
	}
	return x.callFunc(s, &f.f.Blocks[f.block].Instrs[f.pc], v, args)
}

// useEnd reads from an end, or writes to it.
func (x *explorer) useEnd(s *state, c *skeleton.Call, end value, act skeleton.PipeAct, at ssa.Instruction, finish func(value) verdict) verdict {
	if s.freed(end) {
		return finish(x.results(s, c.Result, s.fresh(), s.fresh(), value{}))
	}
	kind := skeleton.PipeRead
	if end.n == writeEnd {
		kind = skeleton.PipeWrite
	}
	// The usual way out of a loop is the end of what there is to read.
	w := wait{kind: kind, on: end, act: act, sure: at != nil && irutil.InCycle(at.Block()) || !fails(c.Result)}
	if kind == skeleton.PipeWrite && act == skeleton.PipeSome {
		// There may be nothing to write, or not yet.
		other := x.fork(s)
		if x.complete(other, other.cur, w, other.fresh(), value{}) == goOn {
			x.push(other)
		}
	}
	x.pointAt(s, kind, end)
	return x.arrive(s, []wait{w}, false)
}

// onWrapper executes a method of what reads from or writes to an end.
func (x *explorer) onWrapper(s *state, c *skeleton.Call, method string, on, end value, pos token.Pos, at ssa.Instruction, finish func(value) verdict) verdict {
	acts := method == "Flush"
	var made value
	parts := []*skeleton.Type{c.Result}
	if c.Result != nil && c.Result.Shape == skeleton.Tuple {
		parts = c.Result.Parts
	}
	for _, t := range parts {
		switch {
		case t == nil:
		case t.Name == "error", t.Shape == skeleton.Bool:
			acts = true
		case t.Name == "io.Writer", t.Name == "io.Reader":
			made = value{k: address, o: s.add(&object{wraps: true, slots: []value{on}, made: pos})} // a part of an archive or of a form
		}
	}
	switch method {
	case "Err", "Error", "SetBoundary", "UnreadByte", "UnreadRune":
		acts = false
	case "Reset":
		x.escape(s, end, nil, anything)
		acts = false
	}
	if !acts {
		return finish(x.results(s, c.Result, s.fresh(), s.fresh(), made))
	}
	if made.k == address {
		// What it writes now matters less than what is written to it.
		return finish(x.results(s, c.Result, s.fresh(), s.fresh(), made))
	}
	return x.useEnd(s, c, end, skeleton.PipeSome, at, finish)
}

// fails reports whether a call can say that it failed.
func fails(t *skeleton.Type) bool {
	if t == nil {
		return false
	}
	return t.Name == "error" || slices.ContainsFunc(t.Parts, func(part *skeleton.Type) bool { return part.Name == "error" })
}
