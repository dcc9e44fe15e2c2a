package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
)

// asCalled leaves of what is stuck in a root what can be where all of its calls are seen: each gives it constants that not all
// paths are possible with. Those that are possible are fewer, so that what was found within the budget is found again.
func (c *checker) asCalled(root *ssa.Function, found []explore.Stuck) []explore.Stuck {
	if len(found) == 0 {
		return nil
	}
	combinations := c.prog.GivenTo(root)
	if len(combinations) == 0 {
		return found
	}
	possible := make(map[ssa.Instruction]bool)
	for _, given := range combinations {
		stuck, _ := explore.Given(c.prog, c.prog.Func(root), given, explore.DefaultBudget)
		for _, s := range stuck {
			possible[s.At] = true
		}
	}
	return slices.DeleteFunc(found, func(s explore.Stuck) bool { return !possible[s.At] })
}
