package exits

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// Among tells which functions make up the package, so that what is assigned to its fields is known. fns are those that count:
// without the tests, where only the rest does.
func (in *Info) Among(fns []*ssa.Function) *Info {
	in.fns = fns
	return in
}

// endsByField reports whether a call is of a function in a field that holds none but functions that never return. A field
// that nobody outside of the package can assign holds what the package assigns to it, or nil, of which a call panics.
func (in *Info) endsByField(call *ssa.Call) bool {
	load, ok := call.Call.Value.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	f := irutil.FieldOf(addr.X.Type(), addr.Field)
	if f == nil || f.Exported() || len(in.fns) == 0 || f.Pkg() != in.fns[0].Pkg.Pkg {
		return false
	}
	if ends, asked := in.fields[f]; asked {
		return ends
	}
	in.fields[f] = false
	in.fields[f] = in.holdsExits(f)
	return in.fields[f]
}

// holdsExits reports whether something is assigned to a field, and never anything that may return.
func (in *Info) holdsExits(f *types.Var) bool {
	assigned := false
	for _, fn := range in.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				addr, ok := instr.(*ssa.FieldAddr)
				if !ok || irutil.FieldOf(addr.X.Type(), addr.Field) != f {
					continue
				}
				for _, use := range *addr.Referrers() {
					switch use := use.(type) {
					case *ssa.UnOp, *ssa.DebugRef:
					case *ssa.Store:
						if use.Addr != addr || !in.isExit(use.Val) {
							return false
						}
						assigned = true
					default:
						return false
					}
				}
			}
		}
	}
	return assigned
}

// isExit reports whether a value is a function of the package that never returns.
func (in *Info) isExit(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.ChangeType:
		return in.isExit(v.X)
	case *ssa.MakeClosure:
		return in.neverReturns(v.Fn.(*ssa.Function))
	case *ssa.Function:
		obj, ok := v.Object().(*types.Func)
		return ok && in.listed(obj.FullName()) || in.neverReturns(v)
	}
	return false
}
