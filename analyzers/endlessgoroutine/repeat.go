package endlessgoroutine

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
)

// settle judges a duty at the call that brings it. A call that proves that it happens again and again is reported; one
// that happens once ends it; else the duty is the caller's.
func (c *checker) settle(fn *ssa.Function, call ssa.CallInstruction, d duty) (duty, bool) {
	if repeat.IsEntry(fn) {
		// The process starts it once; loops in main are seen below.
		if often := c.often(call); often == "" || c.guardOf(call).keeps || d.object != nil {
			return d, false
		}
	}
	if c.becomesGlobal(call) {
		return d, false
	}
	if g := c.guardOf(call); g.keeps {
		if d.object != nil && d.object != g.object {
			return d, false
		}
		return onceFor(d, g.object)
	}
	if d.object != nil {
		return d, true // once for what is handed in, however often it is called
	}
	often := c.often(call)
	if often == "" {
		return d, true
	}
	c.reportRepeated(call, d, often)
	return d, false
}

// becomesGlobal reports whether the result of the call is kept in a package-level variable: there is one of it.
func (c *checker) becomesGlobal(call ssa.CallInstruction) bool {
	v, ok := call.(*ssa.Call)
	if !ok {
		return false
	}
	values := []ssa.Value{v}
	for i := 0; i < len(values) && i < maxSteps; i++ {
		for _, use := range *values[i].Referrers() {
			switch use := use.(type) {
			case *ssa.Extract:
				values = append(values, use)
			case *ssa.MakeInterface:
				values = append(values, use)
			case *ssa.ChangeInterface:
				values = append(values, use)
			case *ssa.Phi:
				if !slices.Contains(values, ssa.Value(use)) {
					values = append(values, use)
				}
			case *ssa.Store:
				if use.Val == values[i] {
					if _, global := rootOf(use.Addr).(*ssa.Global); global {
						return true
					}
				}
			}
		}
	}
	return false
}

// often says how often a call happens, if that is known to be without bound.
func (c *checker) often(call ssa.CallInstruction) string {
	return repeat.Often(call, c.succs(call.Parent()))
}

// waitingLoop returns the innermost loop around an instruction that goes round for whatever comes.
func (c *checker) waitingLoop(instr ssa.Instruction) []*ssa.BasicBlock {
	return repeat.Loop(instr, c.succs(instr.Parent()))
}

// succs returns the edges of a function that can be taken.
func (c *checker) succs(fn *ssa.Function) repeat.Succs {
	g := c.graphOf(fn)
	return func(b *ssa.BasicBlock) []*ssa.BasicBlock { return g.succs[b] }
}
