package goroutineleak

import (
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// possible reports whether what a callee tests on the way can be so, seen from the caller.
func (w *lockWalk) possible(guards lockFacts, c skeleton.Callee, fs lockFacts) bool {
	for _, g := range guards {
		if g.after {
			continue
		}
		if f, ok := w.translate(g, c); ok && (fs.denies(f) || w.denied(f)) {
			return false
		}
	}
	return true
}

// denied reports whether a fact about a constant is false.
func (w *lockWalk) denied(f lockFact) bool {
	p, ok := f.key.(*skeleton.Path)
	if !ok || p.Of != nil {
		return false
	}
	c, ok := skeleton.ConstantOf(p.Root)
	if !ok {
		return f.is && f.value == "nil" && isNeverNil(p.Root)
	}
	return (c == f.value) != f.is
}

// translate says a callee's fact in the caller's terms.
func (w *lockWalk) translate(f lockFact, c skeleton.Callee) (lockFact, bool) {
	key := w.translateKey(f.key, c)
	f.key = key
	return f, key != nil
}

func (w *lockWalk) translateKey(key any, c skeleton.Callee) any {
	switch k := key.(type) {
	case *skeleton.Path:
		p := w.paths.Translate(k, c)
		if p == nil {
			return nil
		}
		// The value of an argument may be known by what it is computed from.
		if p.Of == nil && p.Root != nil {
			if key := w.keyOf(p.Root); key != nil {
				if _, isConst := key.(lockConst); !isConst {
					return key
				}
			}
		}
		return p
	case lockExpr:
		x, y := w.translateKey(k.x, c), any(nil)
		if k.y != nil {
			if y = w.translateKey(k.y, c); y == nil {
				return nil
			}
		}
		if x == nil {
			return nil
		}
		return lockExpr{k.op, x, y}
	case lockConst:
		return k
	}
	return nil
}

// outcomes goes on with all that a call may have done to the locks.
func (w *lockWalk) outcomes(instr ssa.CallInstruction, c skeleton.Callee, s *lockSummary, p lockPoint) []lockPoint {
	type option struct {
		lockOutcome
		facts lockFacts // in the caller's terms
	}
	var options []option
	for _, o := range s.outcomes {
		if !w.possible(o.facts, c, p.facts) {
			continue
		}
		var fs lockFacts
		for _, f := range o.facts {
			if f, ok := w.translate(f, c); ok {
				fs = fs.with(f)
			}
		}
		for i, r := range o.results {
			if v := resultOf(instr, i, len(o.results)); v != nil && r.value != "" {
				fs = fs.with(lockFact{key: w.paths.Of(v), value: r.value, is: r.is})
			}
		}
		options = append(options, option{o, fs})
	}
	if len(options) == 0 {
		return []lockPoint{p}
	}
	distinct := len(options) <= 4
	for i, a := range options {
		for _, b := range options[:i] {
			apart := false
			for _, f := range a.facts {
				apart = apart || b.facts.denies(f)
			}
			distinct = distinct && apart
		}
	}
	if !distinct && len(options) > 1 {
		all := make([]lockOutcome, len(options))
		for i, o := range options {
			all[i] = o.lockOutcome
		}
		p.state = w.apply(instr, c, joinOutcomes(all), p.state)
		return []lockPoint{p}
	}
	var out []lockPoint
	for _, o := range options {
		fs := p.facts
		for _, f := range o.facts {
			fs = fs.with(f)
		}
		out = append(out, lockPoint{w.apply(instr, c, o.lockOutcome, p.state), fs})
	}
	return out
}

// resultOf returns result i of n of a call, or nil if it is not used.
func resultOf(instr ssa.CallInstruction, i, n int) ssa.Value {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return nil
	}
	if n == 1 {
		return call
	}
	for _, ref := range *call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == i {
			return e
		}
	}
	return nil
}

// apply does to the locks what an outcome of a call does.
func (w *lockWalk) apply(instr ssa.Instruction, c skeleton.Callee, o lockOutcome, s lockState) lockState {
	for _, h := range o.locks {
		path := w.paths.Translate(h.path, c)
		if path == nil {
			if h.releases() {
				class := h.path.Class()
				s = s.doubt(func(mine holding) bool { return class == nil || mine.path.Class() == class })
			}
			continue
		}
		for n := h.write; n < 0; n++ {
			s = w.unlock(lockOp{kind: release, path: path, write: true}, s)
		}
		for n := h.read; n < 0; n++ {
			s = w.unlock(lockOp{kind: release, path: path}, s)
		}
		if h.maybe {
			lost := h.lost
			if i := s.find(path); i >= 0 && s.locks[i].held() {
				w.note(s.locks[i])
				lost = false
			}
			s = s.with(holding{path: path, maybe: true, lost: lost, at: instr, by: c.Func})
			continue
		}
		if h.write > 0 || h.read > 0 {
			mine := holding{path: path, at: instr, by: c.Func}
			if i := s.find(path); i >= 0 && !s.locks[i].maybe && (s.locks[i].write < 0 || s.locks[i].read < 0) {
				mine = s.locks[i]
			}
			mine.write += max(h.write, 0)
			mine.read += max(h.read, 0)
			if w.c.handed[path.Class()] || w.c.handed[path] {
				mine.maybe = true
			}
			s = s.with(mine)
		}
	}
	return s
}
