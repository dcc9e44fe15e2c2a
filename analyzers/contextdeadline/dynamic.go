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

// A holder finds types that a value of an interface can have: those that the package itself puts there.
type holder struct {
	*checker
	types []types.Type
	seen  map[ssa.Value]bool
}

// held returns types that the value of an interface is known to have at times. There may be others.
func (c *checker) held(v ssa.Value) []types.Type {
	h := holder{checker: c, seen: make(map[ssa.Value]bool)}
	h.value(v)
	return h.types
}

func (h *holder) value(v ssa.Value) {
	if h.seen[v] || len(h.seen) > maxValues || len(h.types) >= maxTypes {
		return
	}
	h.seen[v] = true
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
		if v.Op == token.MUL {
			h.loaded(v.X)
		}
	case *ssa.Parameter:
		i := slices.Index(v.Parent().Params, v)
		for _, call := range h.contexts.Callers(v.Parent()) {
			if args := call.Common().Args; i < len(args) {
				h.value(args[i])
			}
		}
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			h.result(call, v.Index)
		}
	case *ssa.Call:
		h.result(v, 0)
	}
}

// loaded follows what the package stores in a field, of whatever object, or in a variable.
func (h *holder) loaded(addr ssa.Value) {
	if field, ok := addr.(*ssa.FieldAddr); ok {
		for _, v := range h.storedIn(irutil.FieldOf(field.X.Type(), field.Field)) {
			h.value(v)
		}
		return
	}
	stored, _ := h.contexts.Stored(addr)
	for _, v := range stored {
		h.value(v)
	}
}

// result follows what a function of the package returns.
func (h *holder) result(call *ssa.Call, i int) {
	fn := skeleton.CalleeOf(call.Common()).Func
	if fn == nil {
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
