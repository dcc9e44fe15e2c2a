package skeleton

import (
	"go/constant"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// parentOf returns the function that a value belongs to, or nil.
func parentOf(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Global, *ssa.Function, *ssa.Builtin, *ssa.Const:
		return nil
	default:
		return v.Parent()
	}
}

func encloses(outer, fn *ssa.Function) bool {
	for fn = fn.Parent(); fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// assigns reports whether the function around fn, or a closure in it, assigns a field of an object that it has not made.
func (ps *Paths) assigns(fn *ssa.Function, f *types.Var) bool {
	if f == nil {
		return true
	}
	fn = irutil.Outermost(fn)
	fields, known := ps.stored[fn]
	if !known {
		fields = make(map[*types.Var]bool)
		collectStores(fn, fields)
		ps.stored[fn] = fields
	}
	return fields[f.Origin()]
}

func collectStores(fn *ssa.Function, fields map[*types.Var]bool) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if store, ok := instr.(*ssa.Store); ok {
				if f := AssignedField(store); f != nil {
					fields[f] = true
				}
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		collectStores(anon, fields)
	}
}

// AssignedField returns the field that a store assigns, unless it belongs to an object that the function has just made.
func AssignedField(store *ssa.Store) *types.Var {
	addr, ok := store.Addr.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	if _, fresh := addr.X.(*ssa.Alloc); fresh {
		return nil
	}
	if f := structField(addr.X.Type(), addr.Field); f != nil {
		return f.Origin()
	}
	return nil
}

// structField returns field i of the struct that a value of type t is or points to.
func structField(t types.Type, i int) *types.Var {
	t = t.Underlying()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem().Underlying()
	}
	if s, ok := t.(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i)
	}
	return nil
}

// Bound returns what a closure's free variable stands for outside of it, or nil if that is not one value.
func Bound(v *ssa.FreeVar) ssa.Value {
	fn := v.Parent()
	outer := fn.Parent()
	if outer == nil {
		return nil
	}
	for i, fv := range fn.FreeVars {
		if fv != v {
			continue
		}
		for _, b := range outer.Blocks {
			for _, instr := range b.Instrs {
				if c, ok := instr.(*ssa.MakeClosure); ok && c.Fn == fn && i < len(c.Bindings) {
					return c.Bindings[i]
				}
			}
		}
	}
	return nil
}

// OnlyStored returns the one value that a local variable ever has while it is used, or nil if there are several or may be.
func OnlyStored(alloc *ssa.Alloc) ssa.Value {
	var found *ssa.Store
	ok := true
	var visit func(addr ssa.Value, depth int)
	visit = func(addr ssa.Value, depth int) {
		refs := addr.Referrers()
		if refs == nil || depth > 8 {
			ok = false
			return
		}
		for _, ref := range *refs {
			switch ref := ref.(type) {
			case *ssa.UnOp, *ssa.DebugRef:
			case *ssa.Store:
				if ref.Addr != alloc || found != nil {
					ok = false
					return
				}
				found = ref
			case *ssa.MakeClosure:
				fn := ref.Fn.(*ssa.Function)
				for i, b := range ref.Bindings {
					if b == addr && i < len(fn.FreeVars) {
						visit(fn.FreeVars[i], depth+1)
					}
				}
			default:
				ok = false
			}
		}
	}
	visit(alloc, 0)
	if !ok || found == nil {
		return nil
	}
	// Before the assignment it is zero.
	for _, ref := range *alloc.Referrers() {
		if ref != found && !before(found, ref) {
			return nil
		}
	}
	return found.Val
}

// before reports whether one instruction is executed before another of the same function, whenever that is.
func before(first, then ssa.Instruction) bool {
	if first.Block() != then.Block() {
		return first.Block().Dominates(then.Block())
	}
	return slices.Index(first.Block().Instrs, first) < slices.Index(first.Block().Instrs, then)
}

// ConstantOf returns a constant as a string that is the same for equal ones: "nil", "true", "3".
func ConstantOf(v ssa.Value) (string, bool) {
	c, ok := v.(*ssa.Const)
	if !ok {
		return "", false
	}
	if c.Value == nil {
		return "nil", true
	}
	if c.Value.Kind() == constant.Bool {
		return c.Value.String(), true
	}
	return c.Value.ExactString(), true
}
