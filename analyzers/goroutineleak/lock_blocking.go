package goroutineleak

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// lockedWaits reports operations that wait, with a lock held, for a goroutine that needs the lock first.
func (l *locker) lockedWaits(w *lockWalk) {
	seen := make(map[ssa.Instruction]bool)
	for _, a := range w.acquired {
		if a.what.kind == skeleton.Lock || seen[a.instr] {
			continue
		}
		for _, h := range a.state.locks {
			if !l.meant(h) || !l.stable(h.path) || seen[a.instr] {
				continue
			}
			if p, b, ok := l.blockedPartner(w, a, h); ok {
				seen[a.instr] = true
				l.reportWait(a, h, p, b)
			}
		}
	}
}

// blockedPartner finds the goroutine that a waits for and that needs the lock h first.
func (l *locker) blockedPartner(w *lockWalk, a acquisition, h holding) (partner, acquisition, bool) {
	class := a.path.Class()
	if class == nil || h.path.Class() == nil {
		return partner{}, acquisition{}, false
	}
	all := l.partners[class]
	var sends, closes, receives, dones []partner
	for _, p := range all {
		switch p.kind {
		case skeleton.Send:
			sends = append(sends, p)
		case skeleton.Close:
			closes = append(closes, p)
		case skeleton.Recv:
			receives = append(receives, p)
		case skeleton.WaitGroupDone:
			dones = append(dones, p)
		}
	}
	switch a.what.kind {
	case skeleton.WaitGroupWait:
		// Each goroutine must be done: one that cannot is enough.
		for _, p := range dones {
			if b, ok := l.needs(w, p, a, h); ok {
				return p, b, true
			}
		}
	case skeleton.Recv:
		// One value is enough: all who could give it must need the lock.
		if !l.closedWorld(class) || len(sends)+len(closes) == 0 {
			break
		}
		var first acquisition
		for i, p := range append(sends, closes...) {
			b, ok := l.needs(w, p, a, h)
			if !ok || len(sends)+len(closes) > 1 && !p.last && !always(b.instr, p.instr) {
				return partner{}, acquisition{}, false
			}
			if i == 0 {
				first = b
			}
		}
		return append(sends, closes...)[0], first, true
	case skeleton.Send:
		if !l.closedWorld(class) || len(receives) == 0 || !l.unbuffered[class] {
			break
		}
		var first acquisition
		for i, p := range receives {
			b, ok := l.needs(w, p, a, h)
			if !ok {
				return partner{}, acquisition{}, false
			}
			if i == 0 {
				first = b
			}
		}
		return receives[0], first, true
	}
	return partner{}, acquisition{}, false
}

// needs finds the place where the goroutine of a partner asks for the lock h before it does what a waits for.
func (l *locker) needs(w *lockWalk, p partner, a acquisition, h holding) (acquisition, bool) {
	if p.fn == w.fn || p.fn == a.what.last().at.Parent() || !l.runsApart(p.fn, 0) {
		return acquisition{}, false
	}
	other := l.walks[p.fn]
	if other == nil || other.gone {
		return acquisition{}, false
	}
	for _, b := range other.acquired {
		if b.what.kind != skeleton.Lock || b.state.find(b.path) >= 0 || !h.conflicts(b.what.write) {
			continue
		}
		if !tied(h.path, a.path, b.path, p.path) || !l.stable(b.path) {
			continue
		}
		if p.kind == skeleton.WaitGroupDone && l.countsItself(p, b.instr) {
			continue
		}
		if p.last || reaches(b.instr, p.instr) || p.kind == skeleton.Recv && reaches(p.instr, b.instr) {
			return b, true
		}
	}
	return acquisition{}, false
}

// countsItself reports whether the goroutine of a Done is counted only behind an instruction, by itself: nobody waits for it
// before.
func (l *locker) countsItself(done partner, first ssa.Instruction) bool {
	for _, b := range done.fn.Blocks {
		for _, instr := range b.Instrs {
			if op := skeleton.OpOf(instr); op.Kind == skeleton.WaitGroupAdd && l.heldIn(op.Object) == done.path && always(first, instr) {
				return true
			}
		}
	}
	return false
}

// conflicts reports whether somebody who asks for the lock has to wait.
func (h holding) conflicts(write bool) bool { return write || h.write > 0 }

// reportWait reports an operation that waits for a goroutine which waits for a lock.
func (l *locker) reportWait(a acquisition, h holding, p partner, b acquisition) {
	lockName, unlock := l.lockName(h)
	pos, end := l.opSpan(a.instr)
	last := a.what.last()
	what, release := l.waitText(last)
	message := fmt.Sprintf("%s waits with %s held for a goroutine that needs %s itself (line %d) before it can %s: both wait for ever; call %s first",
		what, lockName, lockName, l.lineOf(b.instr.Pos()), release, unlock)
	if a.what.next != nil {
		message = fmt.Sprintf("%s, called with %s held, waits for a goroutine that needs %s itself (line %d) before it can %s: both wait for ever; call %s first",
			l.callText(a.instr), lockName, lockName, l.lineOf(b.instr.Pos()), release, unlock)
	}
	d := pass.Diagnostic{
		Rule: lockedWait, Pos: pos, End: end, Message: message, Op: "wait", Object: lockName,
		Steps: []pass.Step{{Place: l.place(h.at), Message: lockName + " is locked here", Op: "lock", Object: lockName, Goroutine: 1}},
	}
	for t := a.what; t.next != nil; t = t.next {
		d.Steps = append(d.Steps, pass.Step{Place: l.place(t.at), Message: l.callText(t.at) + " is called here", Op: "call", Object: l.callText(t.at), Goroutine: 1})
	}
	d.Steps = append(d.Steps, pass.Step{Place: l.opPlace(last.at), Message: what + " waits here for ever", Op: "wait", Object: pathText(last.path), Goroutine: 1})
	for t := b.what; t != nil; t = t.next {
		m := l.callText(t.at) + " is called here"
		if t.next == nil {
			m = l.callText(t.at) + " waits here for ever"
		}
		d.Steps = append(d.Steps, pass.Step{Place: l.place(t.at), Message: m, Op: "lock", Object: lockName, Goroutine: 2})
	}
	if p.instr != nil {
		d.Related = append(d.Related, pass.Related{Place: l.opPlace(p.instr), Message: "what would let it go on"})
	}
	l.add(finding{Diagnostic: d, blocked: a.instr.Pos(), rank: shown})
}

// waitText names an operation that waits, and what would end the wait.
func (l *locker) waitText(t *lockTaking) (what, release string) {
	name := pathText(t.path)
	switch t.kind {
	case skeleton.WaitGroupWait:
		return l.callText(t.at), "call " + name + ".Done"
	case skeleton.Recv:
		return "the receive from " + name, "send on or close " + name
	case skeleton.Send:
		return "the send on " + name, "receive from " + name
	}
	return "it", "go on"
}

// opSpan is where an operation stands: a call, or an operation on a channel.
func (l *locker) opSpan(instr ssa.Instruction) (pos, end token.Pos) {
	if _, ok := instr.(ssa.CallInstruction); ok {
		return l.callSpan(instr)
	}
	return instr.Pos(), token.NoPos
}

func (l *locker) opPlace(instr ssa.Instruction) pass.Place {
	pos, end := l.opSpan(instr)
	return pass.Place{Pos: pos, End: end}
}
