package contextdeadline

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Bounds of the search for what an interface holds.
const (
	maxTypes  = 4
	maxValues = 50
)

// A holder finds the types that a value of an interface can have.
type holder struct {
	*checker
	types []types.Type
	seen  map[ssa.Value]bool
	open  bool // there may be others
}

// held returns the types that the value of an interface can have, or nothing if others than the package can put some there.
func (c *checker) held(v ssa.Value) []types.Type {
	h := holder{checker: c, seen: make(map[ssa.Value]bool)}
	h.value(v)
	if h.open || len(h.types) > maxTypes {
		return nil
	}
	return h.types
}

func (h *holder) value(v ssa.Value) {
	if h.seen[v] || h.open {
		return
	}
	if h.seen[v] = true; len(h.seen) > maxValues {
		h.open = true
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		if t := v.X.Type(); !slices.ContainsFunc(h.types, func(o types.Type) bool { return types.Identical(o, t) }) {
			h.types = append(h.types, t)
		}
	case *ssa.ChangeInterface:
		h.value(v.X)
	case *ssa.Phi:
		for _, e := range v.Edges {
			h.value(e)
		}
	case *ssa.UnOp:
		if v.Op != token.MUL {
			h.open = true
			return
		}
		h.loaded(v.X)
	case *ssa.Parameter:
		i := slices.Index(v.Parent().Params, v)
		calls, all := h.contexts.AllCallers(v.Parent())
		h.open = h.open || !all
		for _, call := range calls {
			if args := call.Common().Args; i < len(args) {
				h.value(args[i])
			}
		}
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		if h.open = h.open || !ok; ok {
			h.result(call, v.Index)
		}
	case *ssa.Call:
		h.result(v, 0)
	case *ssa.Const: // nil
	default:
		h.open = true
	}
}

// loaded follows what the package stores in a field, of whatever object, or in a variable.
func (h *holder) loaded(addr ssa.Value) {
	stored, all := h.contexts.Stored(addr)
	if field, ok := addr.(*ssa.FieldAddr); ok {
		f := irutil.FieldOf(field.X.Type(), field.Field)
		stored = h.storedIn(f)
		all = f != nil && len(stored) > 0 && (!f.Exported() || h.Pkg.Name() == "main")
	}
	h.open = h.open || !all
	for _, v := range stored {
		h.value(v)
	}
}

// result follows what a function of the package returns.
func (h *holder) result(call *ssa.Call, i int) {
	fn := skeleton.CalleeOf(call.Common()).Func
	if fn == nil || len(fn.Blocks) == 0 {
		h.open = true
		return
	}
	for _, b := range fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && i < len(ret.Results) {
			h.value(ret.Results[i])
		}
	}
}

// storedIn returns what the package stores in a field of an interface type.
func (c *checker) storedIn(field *types.Var) []ssa.Value {
	if c.fields == nil {
		c.fields = make(map[*types.Var][]ssa.Value)
		for _, fn := range c.fns {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					store, ok := instr.(*ssa.Store)
					if !ok || !types.IsInterface(store.Val.Type()) {
						continue
					}
					if addr, ok := store.Addr.(*ssa.FieldAddr); ok {
						f := irutil.FieldOf(addr.X.Type(), addr.Field)
						c.fields[f] = append(c.fields[f], store.Val)
					}
				}
			}
		}
	}
	return c.fields[field]
}
