package irutil

import (
	"go/constant"
	"go/token"
	"iter"

	"golang.org/x/tools/go/ssa"
)

// Known yields the branches that decide about a block, the nearest first, with the value that the condition of each has
// where the block is reached.
func Known(b *ssa.BasicBlock) iter.Seq2[*ssa.If, bool] {
	return func(yield func(*ssa.If, bool) bool) {
		for ; b.Idom() != nil; b = b.Idom() {
			before := b.Idom()
			branch, ok := before.Instrs[len(before.Instrs)-1].(*ssa.If)
			if ok && len(b.Preds) == 1 && !yield(branch, before.Succs[0] == b) {
				return
			}
		}
	}
}

// NilTest returns the value that a condition compares with nil, and whether it is nil where the condition has the value
// given. ok is false for other conditions.
func NilTest(cond ssa.Value, value bool) (v ssa.Value, isNil, ok bool) {
	switch cond := cond.(type) {
	case *ssa.UnOp:
		if cond.Op == token.NOT {
			return NilTest(cond.X, !value)
		}
	case *ssa.BinOp:
		isNil = value == (cond.Op == token.EQL)
		switch {
		case cond.Op != token.EQL && cond.Op != token.NEQ:
		case IsNil(cond.Y):
			return cond.X, isNil, true
		case IsNil(cond.X):
			return cond.Y, isNil, true
		}
	}
	return nil, false, false
}

// AfterFailure reports whether a block is reached only where an error is not nil.
func AfterFailure(b *ssa.BasicBlock) bool {
	for branch, value := range Known(b) {
		if err, isNil, ok := NilTest(branch.Cond, value); ok && !isNil && IsError(err.Type()) {
			return true
		}
	}
	return false
}

// SelectCase returns the case of a select that has been chosen where a condition is true, or nil.
func SelectCase(cond ssa.Value) *ssa.SelectState {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL {
		return nil
	}
	index, ok := cmp.X.(*ssa.Extract)
	nth, isConst := cmp.Y.(*ssa.Const)
	if !ok || index.Index != 0 || !isConst || nth.Value == nil || nth.Value.Kind() != constant.Int {
		return nil
	}
	sel, ok := index.Tuple.(*ssa.Select)
	i := nth.Int64()
	if !ok || i < 0 || i >= int64(len(sel.States)) {
		return nil
	}
	return sel.States[i]
}
