package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// transfer lets goroutine i read what goroutine j writes. One of the two runs.
func (x *explorer) transfer(s *state, i int, r wait, j int, w wait) verdict {
	rest := value{k: integer}
	done := true // the read
	var err value
	switch r.act {
	case skeleton.PipeOnce:
		err = nilVal
		room, size := s.size(r.val), s.size(w.val)
		if room.k == integer && size.k == integer && w.act == skeleton.PipeOnce {
			r.gives = value{k: integer, n: min(room.n, size.n)}
			rest.n = size.n - r.gives.n
			break
		}
		s.obj(r.on.o).served = true
	case skeleton.PipeAll:
		done = false
	case skeleton.PipeWhile:
		done = r.fails
		err = s.fresh()
		err.nonNil = true
	case skeleton.PipeSome:
		o := s.obj(r.on.o)
		o.served = true
		err = nilVal
		if r.fails {
			err = s.fresh()
			err.nonNil = true
		} else {
			o.env |= mayRecv // how much it took before it had what it needs is not known
		}
	}
	if done {
		if x.complete(s, i, r, err, value{}) == drop {
			return drop
		}
	}
	if rest.n > 0 {
		w.val, w.mid = rest, true
		g := s.g(j)
		g.wait = []wait{w}
	} else {
		failed := nilVal
		if w.act == skeleton.PipeSome {
			failed = s.fresh() // for other reasons
		}
		if x.complete(s, j, w, failed, value{}) == drop {
			return drop
		}
	}
	if s.cur == i && done || s.cur == j && rest.n == 0 {
		return goOn
	}
	// It has not come to the end of what it does.
	g := s.g(s.cur)
	g.parked, g.preempted = true, false
	return x.schedule(s)
}

// size is the length of what is read into or written, where that is known.
func (s *state) size(v value) value {
	switch v.k {
	case slice:
		return value{k: integer, n: v.n}
	case null:
		return zeroInt
	case integer:
		return v // the rest of a write
	}
	return value{}
}

// pipeResult is what a call returns that read from or wrote to a pipe and failed with the error err, or did not where that is
// nil.
func (x *explorer) pipeResult(s *state, t *skeleton.Type, w wait, err value) value {
	ok := s.fresh()
	if isNil, known := s.equal(err, nilVal); known {
		ok = boolean(isNil)
	}
	return x.results(s, t, err, ok, w.gives)
}

// results makes the results of a call of the error, of whether there is none, and of a number or value.
func (x *explorer) results(s *state, t *skeleton.Type, err, ok, gives value) value {
	if t == nil {
		return value{}
	}
	one := func(t *skeleton.Type) value {
		switch {
		case t.Name == "error":
			return err
		case t.Shape == skeleton.Bool:
			return ok
		case gives.k == address || gives.k == integer && t.Shape == skeleton.Int || gives.k == unknown && t.Shape == skeleton.Int:
			return gives
		}
		return s.invent(t, s.fresh())
	}
	if t.Shape != skeleton.Tuple {
		return one(t)
	}
	var parts []value
	for _, part := range t.Parts {
		parts = append(parts, flatten(one(part), part)...)
	}
	return value{k: aggregate, parts: parts}
}
