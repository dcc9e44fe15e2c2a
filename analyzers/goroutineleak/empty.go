package goroutineleak

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// neverFound reports whether a value says that a key was found in a map that is always empty: v, ok := x.index[key].
func (c *checker) neverFound(v ssa.Value) bool {
	e, ok := v.(*ssa.Extract)
	if !ok || e.Index != 1 {
		return false
	}
	lookup, ok := e.Tuple.(*ssa.Lookup)
	if !ok {
		return false
	}
	load, ok := lookup.X.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	f := irutil.FieldOf(addr.X.Type(), addr.Field)
	if f == nil || f.Exported() || f.Pkg() != c.Pkg {
		return false
	}
	empty, known := c.emptyMaps[f]
	if !known {
		empty = c.neverFilled(f)
		c.emptyMaps[f] = empty
	}
	return empty
}

// neverFilled reports whether nothing is ever put into the maps that a field of the package holds: each was made for it,
// and is but read and deleted from.
func (c *checker) neverFilled(f *types.Var) bool {
	if _, isMap := f.Type().Underlying().(*types.Map); !isMap {
		return false
	}
	made := false
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.Field:
					if irutil.FieldOf(instr.X.Type(), instr.Field) == f && !onlyAsked(instr) {
						return false
					}
				case *ssa.FieldAddr:
					if irutil.FieldOf(instr.X.Type(), instr.Field) != f {
						continue
					}
					for _, use := range *instr.Referrers() {
						switch use := use.(type) {
						case *ssa.DebugRef:
						case *ssa.UnOp:
							if !onlyAsked(use) {
								return false
							}
						case *ssa.Store:
							if use.Addr != instr || !irutil.IsNil(use.Val) && !madeEmpty(use.Val) {
								return false
							}
							made = true
						default:
							return false
						}
					}
				}
			}
		}
	}
	return made
}

// madeEmpty reports whether a value is a new map that is stored in one place, and nothing else.
func madeEmpty(v ssa.Value) bool {
	m, ok := v.(*ssa.MakeMap)
	if !ok {
		return false
	}
	stores := 0
	for _, use := range *m.Referrers() {
		switch use.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			stores++
		default:
			return false
		}
	}
	return stores == 1
}

// onlyAsked reports whether nothing is put into a map by this value of it, nor is it given to anybody.
func onlyAsked(v ssa.Value) bool {
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.Lookup, *ssa.Range:
		case *ssa.BinOp:
		case *ssa.Call:
			if b, ok := use.Call.Value.(*ssa.Builtin); !ok || b.Name() != "len" && b.Name() != "delete" && b.Name() != "clear" {
				return false
			}
		default:
			return false
		}
	}
	return true
}
