package explore

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A pipe is one object, and its ends are two addresses in it. A write meets a read, and the two go on together: there is no
// room. How much of a write one read takes is exact where the sizes of both are known. Where they are not, one read takes all
// of it, and another read may find a rest (see maybeServed), so that nobody is called stuck whom one more byte or one less
// would let go on.

// The ends, which are also the slots of what they were closed with.
const (
	readEnd int64 = iota
	writeEnd
)

// pipeEnd returns the end of a pipe that a value is, or that it reads from or writes to when it is used; else nothing.
func (s *state) pipeEnd(v value) (end value, wrapped bool) {
	for range maxDepth {
		if v.k != address || v.o < 0 {
			break
		}
		switch o := s.objs[v.o]; {
		case o.pipe:
			return v, wrapped
		case o.wraps:
			v, wrapped = o.slots[0], true
		default:
			return value{}, false
		}
	}
	return value{}, false
}

// escapeEnd hands an end to code that is not seen, which can close what it reads or writes, unless it only borrows it.
func (x *explorer) escapeEnd(s *state, end value, r rights) {
	if r&mayChange == 0 {
		return // a function that has it and does nothing with it
	}
	r = mayRecv
	if end.n == writeEnd {
		r = maySend
	}
	if !x.lending {
		r |= mayClose
	}
	if s.objs[end.o].env&r != r {
		s.obj(end.o).env |= r
	}
}

// freed reports whether code that is not seen may close the pipe at any time, so that nobody is stuck there.
func (s *state) freed(end value) bool {
	o := s.objs[end.o]
	return o.env&mayClose != 0 && !o.closed
}

// onPipe executes a method of an end.
func (x *explorer) onPipe(s *state, kind skeleton.Kind, end, arg value, given bool, pos token.Pos, at ssa.Instruction, finish func(value) verdict) verdict {
	if kind == skeleton.PipeClose {
		_, f := s.top()
		s.note(operation, kind, pos, f.f, end.o, at)
		if !given {
			arg = nilVal
		}
		s.closeEnd(end, arg)
		return finish(nilVal)
	}
	return x.arrive(s, []wait{{kind: kind, on: end, val: arg, act: skeleton.PipeOnce}}, false)
}

// closeEnd closes an end, and with it the pipe. What it is closed with first counts.
func (s *state) closeEnd(end, err value) {
	if isNil, known := s.equal(err, nilVal); known && isNil {
		err = nilVal
	}
	o := s.obj(end.o)
	if o.slots[end.n].k == unset {
		o.slots[end.n] = err
	}
	o.closed = true
}

// closedWith returns the error of a read or a write on a closed pipe. The end of the data is nil.
func (x *explorer) closedWith(s *state, end value) value {
	own, other := s.objs[end.o].slots[end.n], s.objs[end.o].slots[1-end.n]
	if own.k != unset || other.k == unset {
		return x.errorOf(s, "ErrClosedPipe")
	}
	if isNil, known := s.equal(other, nilVal); known {
		if !isNil && other.k == unknown {
			other.nonNil = true
		}
		if isNil && end.n == writeEnd {
			return x.errorOf(s, "ErrClosedPipe")
		}
	} else if end.n == writeEnd {
		return notNil(other)
	}
	return other
}

// notNil is an error in whose place there is another one where it is nil.
func notNil(err value) value {
	err = derived(67, err)
	err.nonNil = true
	return err
}

// errorOf returns an error that is a variable of package io.
func (x *explorer) errorOf(s *state, name string) value {
	c := x.prog.Global("io", name)
	if c.Kind != skeleton.ConstGlobal {
		v := s.fresh()
		v.nonNil = true
		return v
	}
	return s.load(x.constant(s, c), c.Type.Elem)
}

// pipeWays lists the ways in which a read or a write of goroutine i can go on.
func (x *explorer) pipeWays(s *state, i int, w wait, out []alternative) []alternative {
	o := s.objs[w.on.o]
	plain := alternative{w: w, partner: -1, cancels: -1}
	if o.closed {
		plain.closed = true
		return append(out, plain)
	}
	other := skeleton.PipeWrite
	if w.kind == skeleton.PipeWrite {
		other = skeleton.PipeRead
	}
	writing := s.writing(w.on.o)
	if w.kind == skeleton.PipeWrite && writing >= 0 && writing != i {
		return out // one write after the other
	}
	for j, g := range s.gs {
		if j == i || g.done || !g.parked || other == skeleton.PipeWrite && writing >= 0 && writing != j {
			continue
		}
		for _, v := range g.wait {
			if v.kind != other || v.on.k != address || v.on.o != w.on.o {
				continue
			}
			a := alternative{w: w, partner: j, theirs: v, cancels: -1}
			out = append(out, a)
			if r := a.reader(); r.act == skeleton.PipeWhile || r.act == skeleton.PipeSome && !r.sure {
				r.fails = true
				out = append(out, a)
			}
		}
	}
	frees := mayRecv | mayClose
	switch {
	case w.kind == skeleton.PipeRead && (w.act == skeleton.PipeAll || w.act == skeleton.PipeWhile):
		frees = mayClose
	case w.kind == skeleton.PipeRead:
		frees = maySend | mayClose
	}
	if o.env&frees != 0 {
		plain.env = true
		out = append(out, plain)
	}
	return out
}

// reader is what the goroutine that reads waits for, of the two that meet.
func (a *alternative) reader() *wait {
	if a.w.kind == skeleton.PipeRead {
		return &a.w
	}
	return &a.theirs
}

// writing returns the goroutine a part of whose write was read, or -1: others that write wait for it.
func (s *state) writing(pipe int32) int {
	for j, g := range s.gs {
		if g.parked && len(g.wait) > 0 && g.wait[0].mid && g.wait[0].on.o == pipe {
			return j
		}
	}
	return -1
}

func (x *explorer) pipeRead(s *state, me int, a alternative) verdict {
	switch {
	case a.closed:
		err := x.closedWith(s, a.w.on)
		if a.w.act == skeleton.PipeAll || a.w.act == skeleton.PipeWhile {
			return x.complete(s, me, a.w, err, value{}) // the end is no error
		}
		switch isNil, known := s.equal(err, nilVal); {
		case known && isNil:
			err = x.errorOf(s, "EOF")
		case !known:
			err = notNil(err)
		}
		a.w.gives = zeroInt
		return x.complete(s, me, a.w, err, value{})
	case a.env:
		err := s.fresh()
		if a.w.act == skeleton.PipeOnce && s.objs[a.w.on.o].env&mayClose == 0 {
			err = nilVal
		}
		s.obj(a.w.on.o).served = true
		return x.complete(s, me, a.w, err, value{})
	}
	return x.transfer(s, me, a.w, a.partner, a.theirs)
}

func (x *explorer) pipeWrite(s *state, me int, a alternative) verdict {
	switch {
	case a.closed:
		a.w.gives = s.fresh()
		return x.complete(s, me, a.w, x.closedWith(s, a.w.on), value{})
	case a.env:
		err := nilVal
		if s.objs[a.w.on.o].env&mayClose != 0 {
			err = s.fresh()
		}
		return x.complete(s, me, a.w, err, value{})
	}
	return x.transfer(s, a.partner, a.theirs, me, a.w)
}
