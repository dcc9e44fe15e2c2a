package contextdeadline

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// leavesWhenDone reports whether a loop may be left in a round in which nothing has failed, after a call that gets the context and
// before it waits for the next: it tries until it has what it wants, and what adds up is bounded by how long that takes.
func (c *checker) leavesWhenDone(made *ssa.Call, loop []*ssa.BasicBlock) bool {
	for _, b := range loop {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if ok && slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool { return madeIn(v, made) }) && c.leavesAfter(call, made.Block(), loop) {
				return true
			}
		}
	}
	return false
}

// madeIn reports whether a value is the context that a call has made, or is made from it: another context, a request.
func madeIn(v ssa.Value, made *ssa.Call) bool {
	if e, ok := v.(*ssa.Extract); ok && e.Index == 0 {
		v = e.Tuple
	}
	call, ok := v.(*ssa.Call)
	return ok && (call == made || slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool { return irutil.IsContext(v.Type()) && madeIn(v, made) }))
}

// leavesAfter follows the ways from a call on which nothing fails, up to where the loop waits, or begins the next round.
func (c *checker) leavesAfter(call *ssa.Call, next *ssa.BasicBlock, loop []*ssa.BasicBlock) bool {
	leaves := false
	repeat.Follow(call, c.exits.Succs, func(run []ssa.Instruction) repeat.Turn {
		if slices.ContainsFunc(run, repeat.Waits) {
			return repeat.Back
		}
		return repeat.On
	}, func(way repeat.Way) repeat.Turn {
		switch {
		case way.If != nil && fails(way.If.Cond, way.Value):
			return repeat.Back
		case !slices.Contains(loop, way.To):
			leaves = true
			return repeat.Stop
		case way.To == next:
			return repeat.Back
		}
		return repeat.On
	})
	return leaves
}

// fails reports whether a condition that has the value says that something has failed: there is an error, or it is of a kind.
func fails(cond ssa.Value, value bool) bool {
	if err, isNil, ok := irutil.NilTest(cond, value); ok {
		return irutil.IsError(err.Type()) && !isNil
	}
	cmp, ok := cond.(*ssa.BinOp)
	return ok && irutil.IsError(cmp.X.Type()) && value == (cmp.Op == token.EQL)
}

// once reports whether an instruction of a loop runs in one round at most: the round for which a timer has fired, which was
// started before the loop, and which the loop starts again only where Stop has told that it had not fired yet.
func (c *checker) once(instr ssa.Instruction, loop []*ssa.BasicBlock) bool {
	for branch, value := range irutil.Known(instr.Block()) {
		if !slices.Contains(loop, branch.Block()) {
			return false
		}
		fired := firedTimer(branch.Cond)
		if !value || fired == nil || slices.Contains(loop, fired.Block()) {
			continue
		}
		if !slices.ContainsFunc(*fired.Referrers(), func(use ssa.Instruction) bool { return startsAgain(use, fired) }) {
			return true
		}
	}
	return false
}

// firedTimer returns the call that made the timer whose channel a select has received from, where a condition is true.
func firedTimer(cond ssa.Value) *ssa.Call {
	chosen := irutil.SelectCase(cond)
	if chosen == nil {
		return nil
	}
	made, ok := repeat.TimerOf(chosen.Chan).(*ssa.Call)
	if !ok || skeleton.OpOf(made).Kind != skeleton.NewTimer {
		return nil
	}
	return made
}

// startsAgain reports whether a use of a timer may start it when it has fired already.
func startsAgain(use ssa.Instruction, timer *ssa.Call) bool {
	switch use := use.(type) {
	case *ssa.FieldAddr, *ssa.DebugRef:
		return false
	case ssa.CallInstruction:
		switch skeleton.CalleeOf(use.Common()).Name() {
		case "(*time.Timer).Stop":
			return false
		case "(*time.Timer).Reset":
			_, plain := use.(*ssa.Call)
			return !plain || !stopped(use.Block(), timer)
		}
	}
	return true
}

// stopped reports whether a block is reached only where Stop has said that the timer had not fired.
func stopped(b *ssa.BasicBlock, timer *ssa.Call) bool {
	for branch, value := range irutil.Known(b) {
		call, ok := branch.Cond.(*ssa.Call)
		if !ok || !value {
			continue
		}
		callee := skeleton.CalleeOf(call.Common())
		if callee.Name() == "(*time.Timer).Stop" && len(callee.Args) == 1 && callee.Args[0] == ssa.Value(timer) {
			return true
		}
	}
	return false
}
