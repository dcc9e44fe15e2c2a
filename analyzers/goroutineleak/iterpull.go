package goroutineleak

import (
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// iterPulls finds calls of iter.Pull and iter.Pull2 whose stop is not called on some path.
func (c *checker) iterPulls() {
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok && skeleton.OpOf(call).Kind == skeleton.IterPull && c.exits.Reachable(call) {
					c.iterPull(fn, call)
				}
			}
		}
	}
}

func (c *checker) iterPull(fn *ssa.Function, call *ssa.Call) {
	next, stop := extract(call, 0), extract(call, 1)
	if next == nil && stop == nil || mainFunction(fn) {
		return // the results are handed on together
	}
	t := newTracker(c, fn)
	if stop != nil {
		t.value(stop, &holder{function: true})
	}
	done, ok := exhausted(next)
	if !ok {
		return
	}
	lost, _ := c.losses(&duty{acquire: call, tracker: t, done: done})
	if len(lost) == 0 {
		return
	}
	names := c.targets(call)
	if len(names) != 2 {
		return
	}
	stopName := names[1]
	d := pass.Diagnostic{
		Rule: iterPull, Pos: c.placeOf(call).Pos, End: c.placeOf(call).End,
		Op: "iter.Pull", Object: stopName,
	}
	exit := lost[0]
	what := "the coroutine of " + names[0]
	switch {
	case stopName == "_":
		d.Message = what + " stays for ever when the function returns before the sequence has ended: nobody can stop it, because stop is assigned to _; name it, and defer its call"
	case len(t.effects) == 0:
		d.Message = what + " stays for ever when the function returns before the sequence has ended: " + stopName + " is never called; write defer " + stopName + "()"
	default:
		d.Message = what + " stays for ever when the function returns at " + c.line(exit.exit) + ": " + stopName + " is not called on this way; write defer " + stopName + "() after iter.Pull"
	}
	d.Steps = []pass.Step{
		{Place: c.placeOf(call), Message: names[0] + " gets a coroutine of its own, which lives until the sequence ends or stop is called", Op: "start", Object: names[0], Goroutine: 1},
		{Place: pass.Place{Pos: c.exitPos(exit.exit)}, Message: "leaves here, and the sequence may have more values", Op: "leave", Object: stopName, Goroutine: 1},
	}
	if stop != nil && onlyCalls(t, stop) {
		d.Fix = c.deferFix(call, stopName)
	}
	c.add(finding{Diagnostic: d, blocked: call.Pos(), rank: shown})
}

// onlyCalls reports whether nothing is done with a function but calling it: another call of stop does nothing.
func onlyCalls(t *tracker, v ssa.Value) bool {
	for instr := range t.effects {
		if call, ok := instr.(ssa.CallInstruction); !ok || call.Common().Value != v {
			return false
		}
	}
	return true
}

// exhausted returns a function that knows the conditions which prove that next has reported the end. It reports false
// where next is used for something else than calling it, or its result for something else than such a condition.
func exhausted(next ssa.Value) (done func(cond ssa.Value, outcome bool) bool, ok bool) {
	if next == nil {
		return nil, true
	}
	more := make(map[ssa.Value]bool)
	for _, use := range *next.Referrers() {
		call, isCall := use.(*ssa.Call)
		if !isCall || call.Call.Value != next {
			if _, debug := use.(*ssa.DebugRef); debug {
				continue
			}
			return nil, false
		}
		if v := extract(call, call.Call.Signature().Results().Len()-1); v != nil {
			if !onlyBranches(v, more) {
				return nil, false
			}
		}
	}
	return func(cond ssa.Value, outcome bool) bool {
		if !more[cond] || outcome {
			return false
		}
		// A merge says that the sequence has ended only if all that comes together there are results of next.
		phi, isPhi := cond.(*ssa.Phi)
		if !isPhi {
			return true
		}
		for _, e := range phi.Edges {
			if !more[e] {
				return false
			}
		}
		return true
	}, true
}

// onlyBranches adds a boolean, and the merges that it takes part in, to the set. It reports false where it is used for
// anything but branches.
func onlyBranches(v ssa.Value, set map[ssa.Value]bool) bool {
	if set[v] {
		return true
	}
	set[v] = true
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.If, *ssa.Return, *ssa.DebugRef:
		case *ssa.Phi:
			if !onlyBranches(use, set) {
				return false
			}
		case *ssa.UnOp:
			for _, use := range *use.Referrers() {
				if _, ok := use.(*ssa.If); !ok {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
