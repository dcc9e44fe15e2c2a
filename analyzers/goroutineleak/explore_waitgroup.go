package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// doneByCallback reports whether a Done that a wait needs is in a function literal that is given to a function that need
// not run it: that one runs it later, or not at all, by settings and states that are copies of what its caller looks at,
// too, and the explorer takes copies to be independent of each other.
func (c *checker) doneByCallback(s explore.Stuck) bool {
	if s.Kind != skeleton.WaitGroupWait || c.world == nil {
		return false
	}
	return slices.ContainsFunc(c.world.ops[s.At], func(op classOp) bool {
		return slices.ContainsFunc(opsOf(op.class, skeleton.WaitGroupDone), func(done skeleton.ClassOp) bool {
			for fn := done.Fn; fn.Parent() != nil; fn = fn.Parent() {
				if made := irutil.ClosureOf(fn); made != nil && c.givenToSome(made) {
					return true
				}
			}
			return false
		})
	})
}

// givenToSome reports whether a function value is an argument of a call that may return without having run or started it.
func (c *checker) givenToSome(v ssa.Value) bool {
	return slices.ContainsFunc(*v.Referrers(), func(use ssa.Instruction) bool {
		switch use := use.(type) {
		case *ssa.ChangeType:
			return c.givenToSome(use)
		case *ssa.Call:
			i := slices.Index(use.Call.Args, v)
			return i >= 0 && skeleton.OpOf(use).Kind == skeleton.None && !c.alwaysRuns(use, i, 0)
		}
		return false
	})
}

// maxHandedDepth bounds how many functions hand a callback on to each other.
const maxHandedDepth = 3

// alwaysRuns reports whether what is called runs, starts or defers the function that is its argument i before each return.
func (c *checker) alwaysRuns(site ssa.CallInstruction, i, depth int) bool {
	callee := site.Common().StaticCallee()
	if callee == nil || i >= len(callee.Params) || len(callee.Blocks) == 0 || depth > maxHandedDepth {
		return false
	}
	return slices.ContainsFunc(*callee.Params[i].Referrers(), func(use ssa.Instruction) bool {
		call, ok := use.(ssa.CallInstruction)
		if !ok || c.leavesPast(call.Block()) {
			return false
		}
		j := slices.Index(call.Common().Args, ssa.Value(callee.Params[i]))
		return call.Common().Value == callee.Params[i] || j >= 0 && (skeleton.OpOf(call).Kind != skeleton.None || c.alwaysRuns(call, j, depth+1))
	})
}

// countedApart reports whether a wait is for a number that is computed apart from the rounds of the loop that starts what is
// counted: the length of what one function makes of another's number, say. That both are the same is more arithmetic than
// the explorer does, which tries such numbers one by one.
func (c *checker) countedApart(s explore.Stuck) bool {
	if s.Kind != skeleton.WaitGroupWait || c.world == nil {
		return false
	}
	return slices.ContainsFunc(c.world.ops[s.At], func(op classOp) bool {
		return slices.ContainsFunc(opsOf(op.class, skeleton.WaitGroupAdd), func(add skeleton.ClassOp) bool {
			_, known := addend(add)
			return !known && c.world.loopOf(add, add.Fn) == nil
		})
	})
}

// leftWithoutDone returns how a goroutine that calls Done on its other ways returned without it.
func (c *checker) leftWithoutDone(s explore.Stuck) (explore.Step, bool) {
	owes := make(map[*ssa.Function]bool)
	if c.world != nil {
		for _, op := range c.world.ops[s.At] {
			for _, done := range opsOf(op.class, skeleton.WaitGroupDone) {
				owes[done.Fn] = true
			}
		}
	}
	done := make(map[int]bool)
	for _, st := range s.Steps {
		if st.What == "op" && st.Kind == skeleton.WaitGroupDone {
			done[st.Goroutine] = true
		}
	}
	i := slices.IndexFunc(s.Steps, func(st explore.Step) bool {
		return st.What == "return" && st.Goroutine != s.Goroutine && !done[st.Goroutine] && st.Func != nil && owes[st.Func.SSA] && st.Pos.IsValid()
	})
	if i < 0 {
		return explore.Step{}, false
	}
	return s.Steps[i], true
}
