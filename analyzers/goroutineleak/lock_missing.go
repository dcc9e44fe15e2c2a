package goroutineleak

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// missingUnlocks reports the ways out of a function on which it keeps a lock that it releases on others, or that nobody
// ever releases.
func (l *locker) missingUnlocks(w *lockWalk) {
	for _, at := range w.takers() {
		var kept []lockExit
		var h holding
		for _, e := range w.exits {
			if i := slices.IndexFunc(e.state.locks, func(h holding) bool { return h.at == at && h.held() }); i >= 0 {
				kept = append(kept, e)
				h = e.state.locks[i]
			}
		}
		if len(kept) == 0 || l.doubled[at] || l.meansIt(w, h, kept) {
			continue
		}
		slices.SortStableFunc(kept, func(a, b lockExit) int { return cmp.Compare(l.returnPos(a.ret), l.returnPos(b.ret)) })
		kept = slices.CompactFunc(kept, func(a, b lockExit) bool { return a.ret == b.ret })
		l.reportKept(w, h, kept)
	}
	seen := make(map[ssa.Instruction]bool)
	for _, r := range w.rounds {
		if w.released[r.held.at] && !seen[r.held.at] && !l.releasesOther(w, r.held) {
			seen[r.held.at] = true
			l.reportRound(r)
		}
	}
}

// takers lists the instructions that take a lock which is held on some way out, in the order of the ways out.
func (w *lockWalk) takers() []ssa.Instruction {
	var takers []ssa.Instruction
	for _, e := range w.exits {
		for _, h := range e.state.locks {
			if h.held() && h.at != nil && !slices.Contains(takers, h.at) {
				takers = append(takers, h.at)
			}
		}
	}
	return takers
}

// releasesOther reports whether a function releases a lock of the class by other values than those that took it, as
// where one loop locks all and another unlocks them.
func (l *locker) releasesOther(w *lockWalk, h holding) bool {
	for _, b := range w.fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if op := l.lockOpOf(call); op.kind == release && op.path != h.path && (op.path.Class() == nil || op.path.Class() == h.path.Class()) {
				return true
			}
		}
	}
	return false
}

// reportKept reports the ways out of a function on which a lock is held.
func (l *locker) reportKept(w *lockWalk, h holding, kept []lockExit) {
	lockName, unlock := l.lockName(h)
	first := kept[0].ret
	pos, end := l.returnSpan(first)
	message := "returns with " + lockName + " held: " + l.tookAt(h) + ", and this path never calls " + unlock + "; the next goroutine that needs the lock waits for ever"
	if !w.released[h.at] {
		pos, end = l.callSpan(h.at)
		message = l.tookHere(h, lockName) + ", and nothing ever calls " + unlock + "; the next goroutine that needs the lock waits for ever"
	}
	d := pass.Diagnostic{
		Rule: missingUnlock, Pos: pos, End: end, Message: message, Op: "return", Object: lockName,
		Steps: []pass.Step{
			{Place: l.place(h.at), Message: lockName + " is locked here", Op: "lock", Object: lockName, Goroutine: 1},
			{Place: l.returnPlace(first), Message: "returns here with " + lockName + " held", Op: "return", Object: lockName, Goroutine: 1},
		},
	}
	if next := l.nextLock(h); next != nil {
		d.Steps = append(d.Steps, pass.Step{Place: l.place(next), Message: "the next call of " + l.callText(next) + " waits here for ever", Op: "lock", Object: lockName, Goroutine: 2})
	}
	for _, e := range kept[1:] {
		d.Related = append(d.Related, pass.Related{Place: l.returnPlace(e.ret), Message: "returns here with " + lockName + " held, too"})
	}
	l.add(finding{Diagnostic: d, blocked: h.at.Pos(), rank: shown})
}

// reportRound reports the end of a round of a loop at which a lock is held that the next round does not know.
func (l *locker) reportRound(r lockRound) {
	lockName, unlock := l.lockName(r.held)
	pos, end := l.callSpan(r.held.at)
	d := pass.Diagnostic{
		Rule: missingUnlock, Pos: pos, End: end, Op: "return", Object: lockName,
		Message: l.tookHere(r.held, lockName) + ", and on one path the loop goes on without " + unlock + "; the next goroutine that needs the lock waits for ever",
		Steps:   []pass.Step{{Place: l.place(r.held.at), Message: lockName + " is locked here", Op: "lock", Object: lockName, Goroutine: 1}},
	}
	if at := lastPos(r.from); at.IsValid() {
		d.Steps = append(d.Steps, pass.Step{Place: pass.Place{Pos: at}, Message: "the next round begins with " + lockName + " held", Op: "return", Object: lockName, Goroutine: 1})
	}
	if next := l.nextLock(r.held); next != nil {
		d.Steps = append(d.Steps, pass.Step{Place: l.place(next), Message: "the next call of " + l.callText(next) + " waits here for ever", Op: "lock", Object: lockName, Goroutine: 2})
	}
	l.add(finding{Diagnostic: d, blocked: r.held.at.Pos(), rank: shown})
}

// lastPos is the last position on the way to the end of a node.
func lastPos(n *lockNode) token.Pos {
	for ; n != nil; n = n.from {
		for _, instr := range slices.Backward(n.block.Instrs) {
			if instr.Pos().IsValid() {
				return instr.Pos()
			}
		}
	}
	return token.NoPos
}
