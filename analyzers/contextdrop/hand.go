package contextdrop

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
)

// atHand returns the contexts at hand at an instruction that are worth passing on. One that never ends, because all callers
// give roots for it, is none of them: a call that does not get it loses nothing.
func (c *checker) atHand(instr ssa.Instruction) []scope.Context {
	return slices.DeleteFunc(c.scope.At(instr), func(have scope.Context) bool { return c.neverEnds(have.Param) })
}

func (c *checker) neverEnds(p *ssa.Parameter) bool {
	never, known := c.endless[p]
	if !known {
		never = c.contexts.State(p) == ctxflow.None
		c.endless[p] = never
	}
	return never
}

// ends reports whether a function ends something or gives it back: that is right also when the context at hand has ended.
func (c *checker) ends(obj *types.Func) bool {
	return scope.Ends(obj) || c.Options.Models.IsCloser(obj.Origin().FullName())
}
