package goroutineleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A reach knows which functions of the package can come to run which others, and where fields are read. It takes more
// for possible than is: a call through an interface may reach every method of its name, a function that is mentioned
// may be called.
type reach struct {
	callees map[*ssa.Function][]*ssa.Function
	loads   map[fieldKey][]ssa.Value
	writes  map[fieldKey][]*ssa.Store
	// others holds the fields whose address is used for something else than reading and writing.
	others map[fieldKey]bool
}

// A fieldKey is a field of a declared struct type.
type fieldKey struct {
	typ   *types.TypeName
	index int
}

// fieldOf returns the field that the address or the value is of.
func fieldOf(v ssa.Value) (key fieldKey, base ssa.Value, ok bool) {
	var index int
	switch v := v.(type) {
	case *ssa.FieldAddr:
		base, index = v.X, v.Field
	case *ssa.Field:
		base, index = v.X, v.Field
	default:
		return fieldKey{}, nil, false
	}
	name := typeName(base.Type())
	return fieldKey{name, index}, base, name != nil
}

// typeName returns the declared type that t is or points to, in its generic form, or nil.
func typeName(t types.Type) *types.TypeName {
	if named := irutil.NamedOf(t); named != nil {
		return named.Origin().Obj()
	}
	return nil
}

// variable returns the field as the type checker knows it, or nil.
func (k fieldKey) variable() *types.Var {
	if s, ok := k.typ.Type().Underlying().(*types.Struct); ok && k.index < s.NumFields() {
		return s.Field(k.index)
	}
	return nil
}

func newReach(fns []*ssa.Function) *reach {
	r := &reach{
		callees: make(map[*ssa.Function][]*ssa.Function), loads: make(map[fieldKey][]ssa.Value),
		writes: make(map[fieldKey][]*ssa.Store), others: make(map[fieldKey]bool),
	}
	methods := make(map[string][]*ssa.Function)
	for _, fn := range fns {
		if fn.Signature.Recv() != nil {
			methods[fn.Name()] = append(methods[fn.Name()], fn)
		}
	}
	var operands []*ssa.Value
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(ssa.CallInstruction); ok && call.Common().IsInvoke() {
					r.callees[fn] = append(r.callees[fn], methods[call.Common().Method.Name()]...)
				}
				operands = instr.Operands(operands[:0])
				for _, op := range operands {
					if callee, ok := (*op).(*ssa.Function); ok {
						r.callees[fn] = append(r.callees[fn], skeleton.Normal(callee))
					}
				}
				if v, ok := instr.(ssa.Value); ok {
					r.field(v)
				}
			}
		}
	}
	return r
}

// field takes down how the value uses the field that it is, or is the address of.
func (r *reach) field(v ssa.Value) {
	key, _, ok := fieldOf(v)
	if !ok {
		return
	}
	if _, direct := v.(*ssa.Field); direct {
		r.loads[key] = append(r.loads[key], v)
		return
	}
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.UnOp:
			r.loads[key] = append(r.loads[key], use)
		case *ssa.Store:
			if use.Addr == v {
				r.writes[key] = append(r.writes[key], use)
			} else {
				r.others[key] = true
			}
		case *ssa.DebugRef:
		default:
			r.others[key] = true
		}
	}
}

// to returns the functions that can come to run one of those given, and these themselves.
func (r *reach) to(fns []*ssa.Function) map[*ssa.Function]bool {
	callers := make(map[*ssa.Function][]*ssa.Function)
	for caller, callees := range r.callees {
		for _, callee := range callees {
			callers[callee] = append(callers[callee], caller)
		}
	}
	seen := make(map[*ssa.Function]bool)
	todo := slices.Clone(fns)
	for len(todo) > 0 {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[fn] {
			seen[fn] = true
			todo = append(todo, callers[fn]...)
		}
	}
	return seen
}

// capable reports whether somebody who has a value of type t as an interface can come to run one of the functions. What
// an empty interface is asked for is not known.
func capable(iface types.Type, t types.Type, fns map[*ssa.Function]bool) bool {
	i, ok := iface.Underlying().(*types.Interface)
	if !ok || i.NumMethods() == 0 {
		return true
	}
	name := typeName(t)
	if name == nil {
		return true
	}
	for fn := range fns {
		if recv := fn.Signature.Recv(); recv != nil && typeName(recv.Type()) == name {
			for m := range i.Methods() {
				if m.Name() == fn.Name() {
					return true
				}
			}
		}
	}
	return false
}
