package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// reentered reports whether a goroutine waits for a lock that it took at the very same place, to which the function led back
// through others, on some of its ways: the first use of the function would hang if it always went that way, so that something
// on the way decides, such as what a call is given, which is not seen. A function that calls itself decides for itself.
func (c *checker) reentered(s explore.Stuck) bool {
	if s.Kind != skeleton.Lock && s.Kind != skeleton.RLock || s.Holder != s.Goroutine || len(s.Stack) < 3 {
		return false
	}
	again := slices.IndexFunc(s.Stack[2:], func(f explore.Frame) bool { return f.Func == s.Stack[0].Func })
	if again < 0 || s.Stack[1].Func == s.Stack[0].Func || !slices.ContainsFunc(s.Steps, func(st explore.Step) bool {
		return st.At == s.At && st.Goroutine == s.Goroutine && st.What == "op"
	}) {
		return false
	}
	for i, f := range s.Stack[:again+2] {
		if c.mayNotCall(s.Stack[i+1].Func.SSA, f) {
			return true
		}
	}
	return false
}

// mayNotCall reports whether a function can return without the call of a frame.
func (c *checker) mayNotCall(fn *ssa.Function, f explore.Frame) bool {
	var call *ssa.BasicBlock
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if i, ok := instr.(ssa.CallInstruction); ok && i.Pos() == f.Site {
				call = b
			}
		}
	}
	return call == nil || c.leavesPast(call)
}

// leavesPast reports whether a function can return without coming by a block.
func (c *checker) leavesPast(by *ssa.BasicBlock) bool {
	fn := by.Parent()
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		return ok && b != fn.Recover && c.exits.Reachable(ret) && !by.Dominates(b)
	})
}
