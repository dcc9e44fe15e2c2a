package goroutineleak

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// releasedAlready reports whether a function leaves without releasing a lock, which it releases on another way, only where a
// field is true that becomes true nowhere but where a lock of the class is released: if the caller holds the lock, it is not.
func (w *lockWalk) releasedAlready(e lockExit) bool {
	if slices.ContainsFunc(e.state.locks, holding.releases) {
		return false
	}
	flag := flagSeen(e.ret.Block(), true)
	if flag == nil {
		return false
	}
	classes := w.c.releasedWith(flag)
	return slices.ContainsFunc(w.exits, func(other lockExit) bool {
		return slices.ContainsFunc(other.state.locks, func(h holding) bool {
			return h.releases() && slices.Contains(classes, h.path.Class())
		})
	})
}

// flagSeen returns the field that was seen to be true where a block is reached, by the function itself or, if callees count, by
// one that it asks for an error, or nil.
func flagSeen(b *ssa.BasicBlock, callees bool) *types.Var {
	for ; b.Idom() != nil; b = b.Idom() {
		br, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(b.Preds) != 1 {
			continue
		}
		if f := flagOf(br.Cond, b == b.Idom().Succs[0], callees); f != nil {
			return f
		}
	}
	return nil
}

// flagOf returns the field that is true where a condition is.
func flagOf(cond ssa.Value, positive, callees bool) *types.Var {
	switch cond := cond.(type) {
	case *ssa.UnOp:
		if cond.Op == token.NOT {
			return flagOf(cond.X, !positive, callees)
		}
		if addr, ok := cond.X.(*ssa.FieldAddr); ok && positive {
			return irutil.FieldOf(addr.X.Type(), addr.Field)
		}
	case *ssa.BinOp:
		call, ok := cond.X.(*ssa.Call)
		if !ok || !callees || !irutil.IsNil(cond.Y) || !irutil.IsError(cond.X.Type()) || positive != (cond.Op == token.NEQ) {
			return nil
		}
		fn := skeleton.CalleeOf(&call.Call).Func
		if fn == nil || len(fn.Blocks) == 0 {
			return nil
		}
		// The one error that it returns says that the field is true.
		var flag *types.Var
		for _, b := range fn.Blocks {
			ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
			if !ok || len(ret.Results) == 1 && irutil.IsNil(ret.Results[0]) {
				continue
			}
			f := flagSeen(b, false)
			if f == nil || flag != nil {
				return nil
			}
			flag = f
		}
		return flag
	}
	return nil
}

// releasedWith returns the classes of the locks that are released by each function which sets a field to true.
func (l *locker) releasedWith(flag *types.Var) []any {
	if flag.Exported() || flag.Pkg() != l.Pkg {
		return nil
	}
	var classes []any
	first := true
	for _, fn := range l.fns {
		sets := false
		var here []any
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch i := instr.(type) {
				case *ssa.FieldAddr:
					if irutil.FieldOf(i.X.Type(), i.Field) == flag && escapesOther(i) {
						return nil
					}
				case *ssa.Store:
					if skeleton.AssignedField(i) == flag {
						k, known := i.Val.(*ssa.Const)
						sets = sets || !known || k.Value == nil || constant.BoolVal(k.Value)
					}
				case ssa.CallInstruction:
					if op := l.lockOpOf(i); op.kind == release && op.path.Class() != nil {
						here = append(here, op.path.Class())
					}
				}
			}
		}
		switch {
		case !sets:
		case first:
			classes, first = here, false
		default:
			classes = slices.DeleteFunc(classes, func(c any) bool { return !slices.Contains(here, c) })
		}
	}
	return classes
}

// escapesOther reports whether the address of a field is used for more than reading and writing it.
func escapesOther(addr *ssa.FieldAddr) bool {
	return slices.ContainsFunc(*addr.Referrers(), func(use ssa.Instruction) bool {
		switch use := use.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
			return false
		case *ssa.Store:
			return use.Addr != ssa.Value(addr)
		}
		return true
	})
}
