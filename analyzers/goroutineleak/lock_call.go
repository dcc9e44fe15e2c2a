package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// call executes a call, which may be one of Lock.
func (w *lockWalk) call(instr ssa.CallInstruction, op skeleton.Op, lop lockOp, p lockPoint) []lockPoint {
	switch lop.kind {
	case acquireLock:
		return []lockPoint{w.lock(instr, lop, p)}
	case tryLock:
		return w.tryLock(instr, lop, p)
	case release:
		return []lockPoint{{w.unlock(lop, p.state), p.facts}}
	}
	if op.Kind == skeleton.WaitGroupWait {
		w.wait(instr, op.Kind, op.Object, p)
	}
	if op.Kind == skeleton.OnceDo && len(op.Callee.Args) == 2 {
		if c := calleeOf(op.Callee.Args[1]); c.Func != nil {
			w.takes(instr, c, w.c.lockSummary(c.Func), p)
		}
	}
	if op.Callee.Func == nil || len(op.Callee.Func.Blocks) == 0 {
		return []lockPoint{p}
	}
	s := w.c.lockSummary(op.Callee.Func)
	w.takes(instr, op.Callee, s, p)
	return w.outcomes(instr, op.Callee, s, p)
}

// calleeOf is what calling a function value without arguments means.
func calleeOf(v ssa.Value) skeleton.Callee { return skeleton.CalleeOf(&ssa.CallCommon{Value: v}) }

// lock takes a lock.
func (w *lockWalk) lock(instr ssa.Instruction, op lockOp, p lockPoint) lockPoint {
	if w.noting {
		w.acquired = append(w.acquired, acquisition{instr: instr, path: op.path, state: p.state, facts: p.facts, node: w.node,
			what: &lockTaking{kind: skeleton.Lock, path: op.path, write: op.write, at: instr}})
	}
	h := holding{path: op.path, at: instr, dynamic: op.dynamic}
	if i := p.state.find(op.path); i >= 0 && !p.state.locks[i].maybe {
		h = p.state.locks[i]
		if h.write > 0 || h.read > 0 && op.write {
			return p // for ever
		}
		if h.write == 0 && h.read == 0 {
			h.at = instr
		}
	}
	if op.write {
		h.write++
	} else if h.read < 3 {
		h.read++
	}
	if w.c.handed[op.path.Class()] || w.c.handed[op.path] {
		h.maybe = true
	}
	p.state = p.state.with(h)
	return p
}

// tryLock goes on twice: with the lock and without.
func (w *lockWalk) tryLock(instr ssa.CallInstruction, op lockOp, p lockPoint) []lockPoint {
	value := instr.Value()
	if value == nil {
		return []lockPoint{p}
	}
	key := w.paths.Of(value)
	without := lockPoint{p.state, p.facts.with(lockFact{key: key, value: "false", is: true})}
	if i := p.state.find(op.path); i >= 0 && p.state.locks[i].held() {
		return []lockPoint{without}
	}
	h := holding{path: op.path, at: instr}
	if op.write {
		h.write = 1
	} else {
		h.read = 1
	}
	if w.c.handed[op.path.Class()] || w.c.handed[op.path] {
		h.maybe = true
	}
	return []lockPoint{{p.state.with(h), p.facts.with(lockFact{key: key, value: "true", is: true})}, without}
}

// unlock releases a lock.
func (w *lockWalk) unlock(op lockOp, s lockState) lockState {
	i := s.find(op.path)
	if i < 0 {
		// Another name of a lock that is held, perhaps.
		class := op.path.Class()
		known := class != nil && !op.dynamic
		doubted := s.doubt(func(h holding) bool {
			c := h.path.Class()
			return h.held() && (!known || c == nil || c == class || h.dynamic)
		})
		for j, h := range doubted.locks {
			if h.maybe && !s.locks[j].maybe {
				w.note(h)
				return doubted
			}
		}
		h := holding{path: op.path}
		if op.write {
			h.write = -1
		} else {
			h.read = -1
		}
		return s.with(h)
	}
	h := s.locks[i]
	w.note(h)
	switch {
	case h.maybe:
		h = holding{path: h.path}
	case op.write && h.read > 0 || !op.write && h.write > 0:
		h.maybe = true // a mistake, or a Locker that we do not know
	case op.write && h.write > -2:
		h.write--
	case !op.write && h.read > -2:
		h.read--
	}
	return s.with(h)
}

// note notes that a lock that was taken in this function was released on some path.
func (w *lockWalk) note(h holding) {
	if h.at == nil || !w.noting {
		return
	}
	w.released[h.at] = true
	if h.by != nil {
		w.c.releasedFor[h.by] = true
	}
}

// takes notes the locks that a function takes which is called here.
func (w *lockWalk) takes(instr ssa.Instruction, c skeleton.Callee, s *lockSummary, p lockPoint) {
	if !w.noting {
		return
	}
	w.noteCall(instr, p.state)
	for _, a := range s.acquires {
		path := w.paths.Translate(a.path, c)
		if path == nil || !w.possible(a.guards, c, p.facts) {
			continue
		}
		fs := p.facts
		for _, g := range a.guards {
			if f, ok := w.translate(g, c); ok {
				fs = fs.with(f)
			}
		}
		what := &lockTaking{kind: a.kind, path: path, write: a.write, at: instr, next: a}
		state := p.state
		for _, released := range a.without {
			mine := w.paths.Translate(released, c)
			if mine != nil {
				what.without = append(what.without, mine)
			}
			state = state.doubt(func(h holding) bool {
				return h.path == mine || mine == nil && (released.Class() == nil || h.path.Class() == released.Class())
			})
		}
		w.acquired = append(w.acquired, acquisition{instr: instr, path: path, state: state, facts: fs, node: w.node, what: what})
	}
}

// noteCall notes the classes of the locks that are held at a call in all states.
func (w *lockWalk) noteCall(instr ssa.Instruction, s lockState) {
	var held, shared []any
	for _, h := range s.locks {
		if c := h.path.Class(); c != nil && h.held() {
			shared = append(shared, c)
			if h.write > 0 {
				held = append(held, c)
			}
		}
	}
	if old, again := w.calls[instr]; again {
		held = slices.DeleteFunc(held, func(c any) bool { return !slices.Contains(old, c) })
		shared = slices.DeleteFunc(shared, func(c any) bool { return !slices.Contains(w.shared[instr], c) })
	}
	w.calls[instr], w.shared[instr] = held, shared
}
