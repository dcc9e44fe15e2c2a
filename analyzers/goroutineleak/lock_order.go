package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A lockOrder is a lock that is taken while another is held.
type lockOrder struct {
	walk  *lockWalk
	first holding
	then  acquisition
}

// lockOrders reports pairs of locks that one goroutine takes in one order and another in the other.
func (l *locker) lockOrders(walks []*lockWalk) {
	type pair struct{ first, then any }
	orders := make(map[pair][]lockOrder)
	var pairs []pair
	for _, w := range walks {
		for _, a := range w.acquired {
			class := a.path.Class()
			if a.what.kind != skeleton.Lock || class == nil || a.state.find(a.path) >= 0 || isFresh(a.path) {
				continue
			}
			for _, h := range a.state.locks {
				if !l.meant(h) || h.path.Class() == nil || h.path.Class() == class || isFresh(h.path) {
					continue
				}
				key := pair{h.path.Class(), class}
				if len(orders[key]) == 0 {
					pairs = append(pairs, key)
				}
				orders[key] = append(orders[key], lockOrder{w, h, a})
			}
		}
	}
	done := make(map[pair]bool)
	for _, key := range pairs {
		back := pair{key.then, key.first}
		if done[key] || done[back] {
			continue
		}
		done[key] = true
		if one, other, ok := l.inversion(orders[key], orders[back]); ok {
			l.reportOrder(one, other)
		}
	}
}

// inversion finds two of the orders that can meet.
func (l *locker) inversion(ones, others []lockOrder) (one, other lockOrder, ok bool) {
	for _, one := range ones {
		for _, other := range others {
			if l.canMeet(one, other) {
				// The shortest way to tell it.
				return one, other, true
			}
		}
	}
	return one, other, false
}

// canMeet reports whether one goroutine can hold the first lock and wait for the second while another does the reverse.
func (l *locker) canMeet(one, other lockOrder) bool {
	// Both must be able to wait: one of the pairs may be two readers, if a writer can come between them.
	waits := 0
	for _, meet := range []struct{ held, wanted lockOrder }{{one, other}, {other, one}} {
		if meet.held.first.conflicts(meet.wanted.then.what.write) {
			waits++
		} else if l.writer(nil, meet.held.first) == nil {
			return false
		}
	}
	if waits == 0 {
		return false
	}
	if tied(one.first.path, one.then.path, other.then.path, other.first.path) {
		for _, p := range []*skeleton.Path{one.first.path, one.then.path, other.first.path, other.then.path} {
			if !l.stable(p) {
				return false
			}
		}
	} else if !l.related(one.first.path, one.then.path) || !l.related(other.first.path, other.then.path) {
		return false
	}
	// A third lock that both hold keeps them apart.
	gates := l.gates(other)
	return !slices.ContainsFunc(l.gates(one), func(class any) bool { return slices.Contains(gates, class) })
}

// gates are the classes of the locks that are held in an order beside the first, here or by all callers.
func (l *locker) gates(o lockOrder) []any {
	gates := l.heldAtEntry(o.walk.fn, false, 0)
	for _, h := range o.then.state.locks {
		if c := h.path.Class(); c != nil && h.held() && h.path != o.first.path && h.write > 0 {
			gates = append(gates, c)
		}
	}
	return gates
}

// heldAtEntry are the classes of the locks that all callers of a function hold for writing, or, where shared is set, at
// least for reading.
func (l *locker) heldAtEntry(fn *ssa.Function, shared bool, depth int) []any {
	var common []any
	// What it releases on all ways without having taken it, its callers have taken.
	outcomes := l.lockSummary(fn).outcomes
	for i, o := range outcomes {
		for _, h := range o.locks {
			if c := h.path.Class(); i == 0 && c != nil && h.write < 0 && !slices.ContainsFunc(outcomes, func(o lockOutcome) bool { return !o.gives(c) }) {
				common = append(common, c)
			}
		}
	}
	if depth > 4 || l.open(fn) {
		return common
	}
	contract := common
	first := true
	for _, call := range l.callers[fn] {
		if call.Parent() == fn {
			continue // it holds what its first caller holds
		}
		w := l.walks[call.Parent()]
		if _, direct := call.(*ssa.Go); direct || w == nil {
			return contract
		}
		calls := w.calls
		if shared {
			calls = w.shared
		}
		held := slices.Concat(calls[call], l.heldAtEntry(call.Parent(), shared, depth+1))
		if first {
			common, first = held, false
			continue
		}
		common = slices.DeleteFunc(common, func(c any) bool { return !slices.Contains(held, c) })
	}
	return append(common, contract...)
}

// gives reports whether a lock of the class is released that was not taken.
func (o lockOutcome) gives(class any) bool {
	return slices.ContainsFunc(o.locks, func(h holding) bool { return h.write < 0 && h.path.Class() == class })
}

// reportOrder reports two orders of the same locks.
func (l *locker) reportOrder(one, other lockOrder) {
	a, _ := l.lockName(one.first)
	b := l.takenName(one.then)
	pos, end := l.callSpan(one.then.instr)
	d := pass.Diagnostic{
		Rule: lockInversion, Pos: pos, End: end, Op: "lock", Object: a,
		Message: fmt.Sprintf("%s is taken here while %s is held, and at line %d the other way round: two goroutines that meet there wait for each other for ever; take both in one order",
			b, a, l.lineOf(other.then.instr.Pos())),
	}
	d.Steps = append(l.orderSteps(one, 1), l.orderSteps(other, 2)...)
	l.add(finding{Diagnostic: d, blocked: one.then.instr.Pos(), rank: shown})
}

// orderSteps tell how a goroutine takes two locks.
func (l *locker) orderSteps(o lockOrder, goroutine int) []pass.Step {
	name, _ := l.lockName(o.first)
	steps := []pass.Step{{Place: l.place(o.first.at), Message: name + " is locked here", Op: "lock", Object: name, Goroutine: goroutine}}
	for t := o.then.what; t != nil; t = t.next {
		m := l.callText(t.at) + " is called here"
		if t.next == nil {
			m = l.callText(t.at) + " waits here for ever"
		}
		steps = append(steps, pass.Step{Place: l.place(t.at), Message: m, Op: "lock", Object: pathText(o.then.path), Goroutine: goroutine})
	}
	return steps
}

// takenName is the name of the lock that is taken.
func (l *locker) takenName(a acquisition) string {
	if a.what.next == nil {
		name, _ := l.lockName(holding{at: a.instr, path: a.path})
		return name
	}
	return pathText(a.path)
}
