package goroutineleak

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A taker is a function that receives from a channel until it leaves, and needs a lock to leave.
type taker struct {
	receive skeleton.ClassOp
	needs   acquisition
}

// leavingReceivers reports sends with a lock held that those who receive need when they leave: a subscriber who takes
// himself off the list waits for the lock, and whoever holds it waits for him to receive.
func (l *locker) leavingReceivers(w *lockWalk) {
	if l.world == nil {
		return
	}
	seen := make(map[ssa.Instruction]bool)
	for _, a := range w.acquired {
		if a.what.kind != skeleton.Send || seen[a.instr] {
			continue
		}
		if send, ok := a.what.last().at.(*ssa.Send); ok && l.keepsLatest(send) {
			continue
		}
		for _, h := range a.state.locks {
			if !l.meant(h) || !l.stable(h.path) || seen[a.instr] {
				continue
			}
			if t, ok := l.taker(w, a, h); ok {
				seen[a.instr] = true
				l.reportLeaving(a, h, t)
			}
		}
	}
}

// taker returns one of those who receive what a sends, where all of them need the lock h to leave.
func (l *locker) taker(w *lockWalk, a acquisition, h holding) (found taker, ok bool) {
	ops := l.world.ops[a.what.last().at]
	if len(ops) != 1 || !ops[0].class.Closed() || !ops[0].class.Kept || h.path.Class() == nil {
		return taker{}, false
	}
	class := ops[0].class
	if !l.world.withoutRoom(class) {
		// Room for some fills up with the one who stays on the list and receives no more.
		send, ok := a.what.last().at.(*ssa.Send)
		if !ok || a.what.next != nil {
			return taker{}, false
		}
		if list := l.listOf(send.Chan); list == nil || list.Base() != h.path.Base() || l.once(send, list) {
			return taker{}, false
		}
	}
	for _, r := range opsOf(class, skeleton.Recv) {
		if r.Kind == skeleton.Select && r.Default {
			continue // by the way, while somebody else receives
		}
		t, ok := l.leavesLocked(w, a, h, r)
		if !ok {
			return taker{}, false
		}
		found = t
	}
	return found, found.receive.Instr != nil
}

// leavesLocked finds where the function that receives, or what calls it, asks for the lock once it receives no more.
func (l *locker) leavesLocked(w *lockWalk, a acquisition, h holding, r skeleton.ClassOp) (taker, bool) {
	fn, at := r.Fn, r.Instr
	for range 3 {
		other := l.walks[fn]
		if other == nil || other.gone || fn == w.fn || l.world.runBy(fn)[w.fn] {
			return taker{}, false
		}
		for _, b := range other.acquired {
			if b.what.kind != skeleton.Lock || b.path.Class() != h.path.Class() || b.state.find(b.path) >= 0 || !h.conflicts(b.what.write) || !l.stable(b.path) {
				continue
			}
			if _, deferred := b.instr.(*ssa.Defer); !deferred && (reaches(b.instr, at) || !l.leadsTo(at, b.instr)) {
				continue
			}
			if l.sameOwner(h, a, b, r) {
				return taker{r, b}, true
			}
		}
		sites, all := l.world.classes.RunBy(fn)
		if !all || len(sites) != 1 || sites[0].How == skeleton.Started {
			return taker{}, false
		}
		fn, at = sites[0].In, sites[0].Instr
	}
	return taker{}, false
}

// leadsTo reports whether an instruction can follow a receive of which the channel was not closed.
func (l *locker) leadsTo(receive, to ssa.Instruction) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	todo := []*ssa.BasicBlock{receive.Block()}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		if b == to.Block() && (b != receive.Block() || reaches(receive, to)) {
			return true
		}
		for i, succ := range b.Succs {
			if br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && i == 1 {
				if e, ok := br.Cond.(*ssa.Extract); ok && e.Index == 1 && skeleton.OpOf(e.Tuple.(ssa.Instruction)).Kind != skeleton.None {
					continue // v, ok := <-ch: nobody sends any more
				}
			}
			todo = append(todo, succ)
		}
	}
	return false
}

// sameOwner reports whether the lock that the receiver needs is the one that is held: both are found the same way from
// the channel, or the receiver got the channel from a method of the lock's owner.
func (l *locker) sameOwner(h holding, a, b acquisition, r skeleton.ClassOp) bool {
	ch := channelOf(r)
	if tied(h.path, a.path, b.path, l.heldIn(ch)) {
		return true
	}
	if h.path.Base() != a.path.Base() {
		return false
	}
	ch = l.paths.Of(ch).Root // also of a variable that closures share
	if e, ok := ch.(*ssa.Extract); ok {
		ch = e.Tuple
	}
	call, ok := ch.(*ssa.Call)
	if !ok {
		return false
	}
	callee := skeleton.CalleeOf(&call.Call)
	if callee.Func == nil || callee.Func.Signature.Recv() == nil || len(callee.Args) == 0 {
		return false
	}
	owner := l.paths.Of(callee.Args[0])
	for p := b.path; p != nil; p = p.Of {
		if p == owner {
			return true
		}
	}
	return false
}

// channelOf returns the channel of an operation.
func channelOf(op skeleton.ClassOp) ssa.Value {
	if op.Kind == skeleton.Select {
		return op.Cases[op.Case].Chan
	}
	return op.Object
}

func (l *locker) reportLeaving(a acquisition, h holding, t taker) {
	lockName, unlock := l.lockName(h)
	pos, end := l.opSpan(a.instr)
	last := a.what.last()
	name := pathText(last.path)
	who := funcName(t.needs.instr.Parent())
	d := pass.Diagnostic{
		Rule: lockedWait, Pos: pos, End: end, Op: "wait", Object: lockName,
		Message: fmt.Sprintf("the send on %s waits for ever with %s held where %s, which receives, leaves: it needs %s for that (line %d), and receives no more; call %s before the send, or send in a select with a signal that the receiver has gone",
			name, lockName, who, lockName, l.lineOf(t.needs.instr.Pos()), unlock),
		Steps: []pass.Step{{Place: l.place(h.at), Message: lockName + " is locked here", Op: "lock", Object: lockName, Goroutine: 1}},
	}
	for s := a.what; s.next != nil; s = s.next {
		d.Steps = append(d.Steps, pass.Step{Place: l.place(s.at), Message: l.callText(s.at) + " is called here", Op: "call", Object: l.callText(s.at), Goroutine: 1})
	}
	d.Steps = append(d.Steps,
		pass.Step{Place: l.place(t.needs.instr), Message: who + " leaves, and waits here for " + lockName, Op: "lock", Object: lockName, Goroutine: 2},
		pass.Step{Place: l.opPlace(last.at), Message: "the send waits here for ever", Op: "send", Object: name, Goroutine: 1})
	d.Related = append(d.Related, pass.Related{Place: placeOf(t.receive), Message: "what would let it go on"})
	l.add(finding{Diagnostic: d, blocked: a.instr.Pos(), rank: shown})
}
