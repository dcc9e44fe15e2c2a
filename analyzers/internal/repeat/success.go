package repeat

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// UntilSuccess reports whether a loop goes round until something succeeds: it is left where an error is nil, one of those
// that are asked for. Then it does one thing, however often it has to try.
func UntilSuccess(loop []*ssa.BasicBlock, of func(err ssa.Value) bool) bool {
	return slices.ContainsFunc(loop, func(b *ssa.BasicBlock) bool {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			return false
		}
		err, isNil, ok := irutil.NilTest(branch.Cond, true)
		if !ok || !irutil.IsError(err.Type()) || !of(err) {
			return false
		}
		success := b.Succs[1]
		if isNil {
			success = b.Succs[0]
		}
		return !slices.Contains(loop, success)
	})
}
