package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// doubleLocks reports locks that a goroutine takes which it already holds, here or in functions called from here.
func (l *locker) doubleLocks(w *lockWalk) {
	type cause struct{ held, taken ssa.Instruction }
	seen := make(map[ssa.Instruction]bool)
	told := make(map[cause]bool)
	for _, a := range w.acquired {
		i := a.state.find(a.path)
		if i < 0 || a.what.kind != skeleton.Lock || !a.state.locks[i].held() || seen[a.instr] || !l.stable(a.path) {
			continue
		}
		h := a.state.locks[i]
		if !l.meant(h) {
			continue
		}
		if h.at == a.instr {
			// The next round of a loop: the end of this one should have released it.
			if a.what.next == nil && !seen[a.instr] {
				seen[a.instr] = true
				l.reportRound(lockRound{h, a.node})
			}
			continue
		}
		if l.comesAgain(h, a) || l.askedBefore(h, a) {
			continue
		}
		why := cause{h.at, a.what.last().at}
		if told[why] {
			continue
		}
		told[why] = true
		switch readers := h.write == 0 && !a.what.write; {
		case !readers:
			seen[a.instr] = true
			if a.what.next == nil {
				l.doubled[h.at] = true
			}
			l.reportDouble(doubleLock, h, a, nil)
		default:
			if writer := l.writer(w.fn, h); writer != nil {
				seen[a.instr] = true
				l.reportDouble(readerWriterReader, h, a, writer)
			}
		}
	}
}

// comesAgain reports whether a lock is taken a second time by the same instruction, to which a function that is called with the
// lock held leads back through others, on some of its ways: the first use of the function would hang if it always went that
// way, so that something on the way decides which the rule does not see. A function that calls itself decides for itself.
func (l *locker) comesAgain(h holding, a acquisition) bool {
	if a.what.last().at != h.at || a.what.next == nil || a.what.next.next == nil {
		return false
	}
	for t := a.what; t != nil; t = t.next {
		if l.leavesPast(t.at.Block()) {
			return true
		}
	}
	return false
}

// askedBefore reports whether the call that takes a lock a second time, on some of its ways, was made with the same arguments
// before the lock was taken: what had to be done under it may have been done then, and be remembered.
func (l *locker) askedBefore(h holding, a acquisition) bool {
	again, ok := a.instr.(*ssa.Call)
	if !ok || a.what.next == nil {
		return false
	}
	callee := skeleton.CalleeOf(&again.Call)
	if callee.Func == nil || len(again.Call.Args) == 0 {
		return false
	}
	avoidable := false
	for t := a.what.next; t != nil; t = t.next {
		avoidable = avoidable || l.leavesPast(t.at.Block())
	}
	if !avoidable {
		return false
	}
	for _, b := range again.Parent().Blocks {
		if !b.Dominates(h.at.Block()) {
			continue
		}
		for _, instr := range b.Instrs {
			if instr == h.at {
				break
			}
			if first, ok := instr.(*ssa.Call); ok && first != again && skeleton.CalleeOf(&first.Call).Func == callee.Func && slices.Equal(first.Call.Args, again.Call.Args) {
				return true
			}
		}
	}
	return false
}

// meant reports whether a lock is held because the code means it so. Of one that a function called before has forgotten
// to release, is told elsewhere.
func (l *locker) meant(h holding) bool { return h.held() && (h.by == nil || l.releasedFor[h.by]) }

// stable reports whether nothing on the way to a lock is ever assigned but in new objects: then a path leads to the
// same lock each time.
func (l *locker) stable(p *skeleton.Path) bool {
	for ; p.Of != nil; p = p.Of {
		switch p.Kind {
		case skeleton.LoadStep:
			switch of := p.Of; {
			case of.Kind == skeleton.FieldStep && !l.assigned[of.Field]:
			case of.Of == nil && l.constantGlobal(of.Root):
			default:
				return false
			}
		case skeleton.ElemStep:
			if _, constant := p.Index.(string); !constant {
				return false
			}
		}
	}
	return true
}

// constantGlobal reports whether a package-level variable is assigned only where it is declared.
func (l *locker) constantGlobal(v ssa.Value) bool {
	g, ok := v.(*ssa.Global)
	return ok && !l.assignedGlobals[g]
}

// writer returns a place where another goroutine may take the write lock between two read locks of fn. A lock that all
// callers of both hold keeps them apart.
func (l *locker) writer(fn *ssa.Function, h holding) ssa.Instruction {
	class := h.path.Class()
	if class == nil {
		return nil
	}
	if _, local := class.(*ssa.Alloc); local {
		return nil
	}
	var outer []any
	if fn != nil {
		outer = l.heldAtEntry(fn, true, 0)
	}
	for _, other := range l.fns {
		if !l.relevant[other] || isInit(other) {
			continue
		}
		for _, b := range other.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok {
					continue
				}
				if op := l.lockOpOf(call); op.kind == acquireLock && op.write && op.path.Class() == class && !isFresh(op.path) {
					gate := l.heldAtEntry(other, false, 0)
					if slices.ContainsFunc(outer, func(c any) bool { return slices.Contains(gate, c) }) {
						continue
					}
					return call
				}
			}
		}
	}
	return nil
}

func isInit(fn *ssa.Function) bool { return fn.Name() == "init" && fn.Parent() == nil }

// isFresh reports whether a path begins at an object that the function has made.
func isFresh(p *skeleton.Path) bool {
	_, ok := p.Base().(*ssa.Alloc)
	return ok
}

// reportDouble reports that a goroutine waits for a lock that it holds itself.
func (l *locker) reportDouble(r *rule.Rule, h holding, a acquisition, writer ssa.Instruction) {
	lockName, _ := l.lockName(h)
	pos, end := l.callSpan(a.instr)
	chain := []*lockTaking{a.what}
	for a.what.next != nil && len(chain) < 12 {
		a.what = a.what.next
		chain = append(chain, a.what)
	}
	last := chain[len(chain)-1].at
	call := l.callText(a.instr)
	var message string
	how := "locked"
	if h.write == 0 {
		how = "read-locked"
	}
	where := fmt.Sprintf("%s is %s since line %d", lockName, how, l.lineOf(h.at.Pos()))
	switch {
	case r == readerWriterReader && len(chain) == 1:
		message = fmt.Sprintf("%s a second time by the same goroutine: %s; if another goroutine calls %s in between, both wait for ever", call, where, l.callText(writer))
	case r == readerWriterReader:
		message = fmt.Sprintf("%s read-locks %s, which this goroutine has read-locked at line %d; if another goroutine calls %s in between, both wait for ever",
			call, lockName, l.lineOf(h.at.Pos()), l.callText(writer))
	case len(chain) == 1:
		message = fmt.Sprintf("%s waits for ever: %s, by the same goroutine", call, where)
	default:
		message = fmt.Sprintf("%s waits for ever: it locks %s, which this goroutine has %s at line %d", call, lockName, how, l.lineOf(h.at.Pos()))
	}
	d := pass.Diagnostic{
		Rule: r, Pos: pos, End: end, Message: message, Op: "lock", Object: lockName,
		Steps: []pass.Step{{Place: l.place(h.at), Message: lockName + " is " + how + " here", Op: "lock", Object: lockName, Goroutine: 1}},
	}
	for _, step := range chain[:len(chain)-1] {
		d.Steps = append(d.Steps, pass.Step{Place: l.place(step.at), Message: l.callText(step.at) + " is called here", Op: "call", Object: l.callText(step.at), Goroutine: 1})
	}
	if writer != nil {
		d.Steps = append(d.Steps, pass.Step{Place: l.place(writer), Message: "another goroutine asks for the lock here, and waits; from now on new readers wait, too", Op: "lock", Object: lockName, Goroutine: 2})
	}
	d.Steps = append(d.Steps, pass.Step{Place: l.place(last), Message: l.callText(last) + " waits here for ever", Op: "lock", Object: lockName, Goroutine: 1})
	l.add(finding{Diagnostic: d, blocked: a.instr.Pos(), rank: shown})
}

// globalStore returns the package-level variable that a store assigns outside of its initialisation.
func globalStore(fn *ssa.Function, s *ssa.Store) *ssa.Global {
	if g, ok := s.Addr.(*ssa.Global); ok && !(fn.Synthetic != "" && isInit(fn)) {
		return g
	}
	return nil
}
