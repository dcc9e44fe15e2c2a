package endlessgoroutine

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// deadCase returns the channel of a select case that the branch tests for, if nothing can ever be received there: the way
// out of the loop that stands behind it is none.
func (c *checker) deadCase(branch *ssa.If) ssa.Value {
	cond, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cond.Op != token.EQL {
		return nil
	}
	index, ok := cond.X.(*ssa.Extract)
	if !ok || index.Index != 0 {
		return nil
	}
	sel, ok := index.Tuple.(*ssa.Select)
	nth, isConst := cond.Y.(*ssa.Const)
	if !ok || !isConst || len(sel.States) < 2 {
		return nil // with one case, the goroutine blocks: that is not our subject
	}
	i := nth.Int64()
	if i < 0 || i >= int64(len(sel.States)) {
		return nil
	}
	if s := sel.States[i]; s.Dir == types.RecvOnly && c.neverFires(s.Chan) {
		return s.Chan
	}
	return nil
}

// neverFires reports whether the package makes a channel that nothing is ever sent to and that nobody closes, all of
// whose uses are seen.
func (c *checker) neverFires(ch ssa.Value) bool {
	switch ch := origin(ch).(type) {
	case *ssa.MakeChan:
		return onlyReceived(ch, 0)
	case *ssa.Call:
		op := skeleton.OpOf(ch)
		if op.Kind != skeleton.ContextDone {
			return false
		}
		root, ok := origin(op.Object).(*ssa.Call)
		return ok && skeleton.OpOf(root).Kind == skeleton.ContextRoot
	case *ssa.UnOp:
		if addr, ok := ch.X.(*ssa.FieldAddr); ok && ch.Op == token.MUL {
			return c.fieldNeverFires(irutil.FieldOf(addr.X.Type(), addr.Field))
		}
	}
	return false
}

// fieldNeverFires is neverFires for the channels in a field of a struct of this package.
func (c *checker) fieldNeverFires(f *types.Var) bool {
	if f == nil || f.Exported() || f.Pkg() != c.Pkg {
		return false
	}
	if dead, asked := c.dead[f]; asked {
		return dead
	}
	made, dead := false, true
	for _, addr := range c.index.channels[f] {
		v, ok := addr.(ssa.Value)
		if !ok || v.Referrers() == nil {
			dead = false
			break
		}
		if value, ok := addr.(*ssa.Field); ok {
			dead = dead && onlyReceived(value, 0)
			continue
		}
		for _, use := range *v.Referrers() {
			switch use := use.(type) {
			case *ssa.Store:
				ch, fresh := origin(use.Val).(*ssa.MakeChan)
				switch {
				case use.Addr != v:
					dead = false
				case irutil.IsNil(use.Val):
				case fresh && len(*ch.Referrers()) == 1:
					made = true
				default:
					dead = false
				}
			case *ssa.UnOp:
				dead = dead && onlyReceived(use, 0)
			case *ssa.DebugRef:
			default:
				dead = false
			}
		}
	}
	c.dead[f] = dead && made
	return dead && made
}

// onlyReceived reports whether all that is done with a channel is to receive from it, and to compare it. Who gets it as
// one to receive from can do no more.
func onlyReceived(ch ssa.Value, depth int) bool {
	refs := ch.Referrers()
	if refs == nil || depth > maxDepth {
		return false
	}
	for _, use := range *refs {
		switch use := use.(type) {
		case *ssa.UnOp:
			if use.Op != token.ARROW {
				return false
			}
		case *ssa.Select:
			for _, s := range use.States {
				if s.Chan == ch && s.Dir != types.RecvOnly || s.Send == ch {
					return false
				}
			}
		case *ssa.ChangeType:
			if t, ok := use.Type().Underlying().(*types.Chan); !ok || t.Dir() != types.RecvOnly {
				return false
			}
		case *ssa.BinOp, *ssa.DebugRef:
		case *ssa.Store:
			cell, ok := use.Addr.(*ssa.Alloc)
			if !ok || use.Val != ch || !cellOnlyReceived(cell, depth+1) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// cellOnlyReceived is onlyReceived for a variable that closures capture.
func cellOnlyReceived(addr ssa.Value, depth int) bool {
	refs := addr.Referrers()
	if refs == nil || depth > maxDepth {
		return false
	}
	for _, use := range *refs {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr != addr {
				return false
			}
		case *ssa.UnOp:
			if !onlyReceived(use, depth+1) {
				return false
			}
		case *ssa.MakeClosure:
			fn, ok := use.Fn.(*ssa.Function)
			if !ok {
				return false
			}
			for i, b := range use.Bindings {
				if b == addr && (i >= len(fn.FreeVars) || !cellOnlyReceived(fn.FreeVars[i], depth+1)) {
					return false
				}
			}
		case *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// channelText names a channel in the user's words, as far as it has a name.
func channelText(ch ssa.Value) string {
	switch ch := origin(ch).(type) {
	case *ssa.UnOp:
		if addr, ok := ch.X.(*ssa.FieldAddr); ok {
			if f := irutil.FieldOf(addr.X.Type(), addr.Field); f != nil {
				return f.Name()
			}
		}
	case *ssa.MakeChan:
		for _, use := range *ch.Referrers() {
			if s, ok := use.(*ssa.Store); ok {
				if cell, ok := s.Addr.(*ssa.Alloc); ok {
					return cell.Comment
				}
			}
		}
		return "the channel"
	}
	return ""
}
