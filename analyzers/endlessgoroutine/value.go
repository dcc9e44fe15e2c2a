package endlessgoroutine

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// maxSteps bounds how far a value is followed. Real code needs a handful.
const maxSteps = 50

// origin follows a value to where it comes from: through conversions, through the variables that closures capture and
// that are assigned once.
func origin(v ssa.Value) ssa.Value {
	for range maxSteps {
		switch x := v.(type) {
		case *ssa.ChangeType:
			v = x.X
			continue
		case *ssa.ChangeInterface:
			v = x.X
			continue
		case *ssa.MakeInterface:
			v = x.X
			continue
		case *ssa.FreeVar:
			if b := irutil.Captured(x); b != nil {
				v = b
				continue
			}
		case *ssa.UnOp:
			if x.Op == token.MUL {
				if cell, ok := origin(x.X).(*ssa.Alloc); ok {
					if s := onlyStore(cell); s != nil {
						v = s
						continue
					}
				}
			}
		}
		return v
	}
	return v
}

// onlyStore returns the one value that is ever stored in a local variable, here or by the closures that capture it, or
// nil if there are several, or uses that cannot be seen through.
func onlyStore(cell *ssa.Alloc) ssa.Value {
	stored := storesTo(cell, 0)
	if len(stored) != 1 {
		return nil
	}
	return stored[0]
}

// storesTo returns what is stored at an address by its direct uses. A use that may store anything is not counted: where
// an object lives, not what it is, is asked for.
func storesTo(addr ssa.Value, depth int) []ssa.Value {
	refs := addr.Referrers()
	if refs == nil || depth > 4 {
		return nil
	}
	var stored []ssa.Value
	for _, use := range *refs {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr == addr {
				stored = append(stored, use.Val)
			}
		case *ssa.MakeClosure:
			for i, b := range use.Bindings {
				if fn, ok := use.Fn.(*ssa.Function); ok && b == addr && i < len(fn.FreeVars) {
					stored = append(stored, storesTo(fn.FreeVars[i], depth+1)...)
				}
			}
		}
	}
	return stored
}

// rootOf follows an address or a value to the object that it is a part of, or was read from: a Parameter, a Global, an
// Alloc, the result of a call.
func rootOf(v ssa.Value) ssa.Value {
	for range maxSteps {
		v = origin(v)
		switch x := v.(type) {
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.IndexAddr:
			v = x.X
		case *ssa.Index:
			v = x.X
		case *ssa.Lookup:
			v = x.X
		case *ssa.Slice:
			v = x.X
		case *ssa.TypeAssert:
			v = x.X
		case *ssa.Extract:
			switch t := x.Tuple.(type) {
			case *ssa.Lookup:
				v = t.X
			case *ssa.TypeAssert:
				v = t.X
			default:
				return v
			}
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return v
			}
			v = x.X
		default:
			return v
		}
	}
	return v
}

// isTimeChannel reports whether the channel is one that package time made: nobody can close it.
func isTimeChannel(ch ssa.Value) bool {
	switch ch := origin(ch).(type) {
	case *ssa.UnOp:
		if addr, ok := ch.X.(*ssa.FieldAddr); ok && ch.Op == token.MUL {
			return isTimerField(addr.X.Type(), addr.Field)
		}
	case *ssa.Field:
		return isTimerField(ch.X.Type(), ch.Field)
	case *ssa.Call:
		switch skeleton.OpOf(ch).Kind {
		case skeleton.TimeTick, skeleton.TimeAfter:
			return true
		}
	}
	return false
}

// isTimerField reports whether the field is C of a time.Ticker or time.Timer.
func isTimerField(t types.Type, field int) bool {
	named, _ := types.Unalias(irutil.Deref(t)).(*types.Named)
	if irutil.PackagePath(named) != "time" {
		return false
	}
	s, ok := named.Underlying().(*types.Struct)
	return ok && field < s.NumFields() && s.Field(field).Name() == "C"
}
