package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// jump goes to the successor i of the block.
func (x *explorer) jump(s *state, f *frame, i int) verdict {
	b := &f.f.Blocks[f.block]
	if i >= len(b.Succs) {
		return drop
	}
	from, to := f.block, b.Succs[i]
	next := &f.f.Blocks[to]
	if f.visits[to] >= maxVisits {
		return x.stall(s, BoundLoop)
	}
	f.visits[to]++
	values := make([]value, len(next.Phis))
	for j, phi := range next.Phis {
		values[j] = s.fresh()
		for _, e := range phi.Edges {
			if e.Pred == from {
				values[j] = x.eval(s, f, e.Value)
			}
		}
	}
	// What is not needed any more must not tell states apart, nor keep what it refers to.
	for r := range f.regs {
		if !next.Live[r] {
			f.regs[r] = value{}
		}
	}
	for j, phi := range next.Phis {
		f.regs[phi.Dst] = values[j]
	}
	f.block, f.pc = to, 0
	if next.Join && s.forked {
		s.forked = false
		h := mix(s.hash(), uint64(s.cur)+1)
		if x.visited[h] {
			return drop
		}
		x.visited[h] = true
	}
	return goOn
}

func (x *explorer) branch(s *state, f *frame, v value) verdict {
	if v.k == integer {
		if v.n != 0 {
			return x.jump(s, f, 0)
		}
		return x.jump(s, f, 1)
	}
	if f.forks[f.block] >= maxForks {
		return x.stall(s, BoundLoop)
	}
	f.forks[f.block]++
	other := x.fork(s)
	_, of := other.top()
	// The other path takes the branch where the condition is false.
	if v.k == unknown {
		other.learn(v, b2n(v.neg))
		s.learn(v, 1-b2n(v.neg))
	}
	if x.jump(other, of, 1) == goOn {
		x.push(other)
	}
	_, f = s.top()
	return x.jump(s, f, 0)
}

// stall leaves the goroutine that runs where it is, because it ran out of a bound: it may go on later, and the others go
// on without it.
func (x *explorer) stall(s *state, b Bound) verdict {
	x.gaveUp(b)
	if len(s.gs) == 1 {
		return drop
	}
	s.g(s.cur).stalled = true
	return x.schedule(s)
}

// unwinding reports whether Goexit was called in the innermost frame or below.
func (g *goroutine) unwinding() bool { return g.exiting && len(g.frames) <= g.depth }

// unwind runs the deferred calls of a goroutine that ends itself.
func (x *explorer) unwind(s *state, g *goroutine, f *frame) verdict {
	g.depth = len(g.frames)
	if len(f.defers) > 0 {
		return x.runDeferred(s, f)
	}
	if len(g.frames) > 1 {
		g.frames = g.frames[:len(g.frames)-1]
		return goOn
	}
	s.note(returned, skeleton.Goexit, f.f.SSA.Pos(), f.f, -1, nil)
	x.end(s, value{})
	return x.schedule(s)
}
