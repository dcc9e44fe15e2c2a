package contextdrop

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// option looks for an option that gives the call a context: the callee takes options of a type whose package has a
// function WithContext that makes one, and none of the options that the call has is it.
func (c *checker) option(call *ssa.Call, callee skeleton.Callee) offer {
	named, ok := contextOption(callee.Object)
	if !ok || c.outlives(call) && !isValueOf(callee.Object) {
		return offer{}
	}
	maker := named.Obj().Pkg().Scope().Lookup("WithContext")
	options, known := elements(callee.Args[len(callee.Args)-1])
	if !known {
		return offer{}
	}
	for _, o := range options {
		made, ok := stripped(o).(*ssa.Call)
		if !ok || skeleton.CalleeOf(made.Common()).Object == nil || skeleton.CalleeOf(made.Common()).Object == maker {
			return offer{}
		}
		for _, arg := range skeleton.CalleeOf(made.Common()).Args {
			if _, carries := scope.Carries(arg.Type()); carries {
				return offer{} // an option that brings a context along
			}
		}
	}
	return offer{instead: "pass " + named.Obj().Pkg().Name() + ".WithContext(%s)"}
}

// contextOption returns the type of the options that a function takes if the package of that type has an option with a
// context: a function WithContext that makes one.
func contextOption(obj *types.Func) (*types.Named, bool) {
	sig := obj.Signature()
	if !sig.Variadic() || shape(sig) != acts || withoutEffect(obj.FullName()) {
		return nil, false
	}
	slice, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	if !ok {
		return nil, false
	}
	named, ok := types.Unalias(slice.Elem()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil, false
	}
	maker, ok := named.Obj().Pkg().Scope().Lookup("WithContext").(*types.Func)
	return named, ok && makesFrom(maker.Signature(), named)
}

// isValueOf reports whether a function asks a peer for something whose parts come later by the same options.
func isValueOf(fn *types.Func) bool { return fn.Signature().Recv() == nil }

// makesFrom reports whether a function takes a context and makes a value of the type.
func makesFrom(sig *types.Signature, t types.Type) bool {
	return sig.Params().Len() == 1 && irutil.IsContext(sig.Params().At(0).Type()) &&
		sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), t)
}

// elements returns what a call passes as variadic arguments, if the call itself lists them.
func elements(v ssa.Value) (list []ssa.Value, known bool) {
	if irutil.IsNil(v) {
		return nil, true
	}
	slice, ok := v.(*ssa.Slice)
	if !ok {
		return nil, false
	}
	array, ok := slice.X.(*ssa.Alloc)
	if !ok || array.Comment != "varargs" {
		return nil, false
	}
	for _, use := range *array.Referrers() {
		elem, ok := use.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, store := range *elem.Referrers() {
			if store, ok := store.(*ssa.Store); ok {
				list = append(list, store.Val)
			}
		}
	}
	return list, true
}

func stripped(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		default:
			return v
		}
	}
}

// session looks for a session or request that takes its context by a method of its own, WithContext, which returns the
// same type, as gorm's and gocql's. It must have been made here without a context, or be kept in a variable that never
// gets one with a context; what a parameter brings may have one.
func (c *checker) session(call *ssa.Call, callee skeleton.Callee) offer {
	obj := callee.Object
	recv := obj.Signature().Recv()
	if recv == nil || len(callee.Args) == 0 || obj.Name() == "WithContext" {
		return offer{}
	}
	m, _, _ := types.LookupFieldOrMethod(recv.Type(), true, obj.Pkg(), "WithContext")
	with, ok := m.(*types.Func)
	if !ok || !makesFrom(with.Signature(), recv.Type()) || types.TypeString(recv.Type(), nil) == "*net/http.Request" {
		return offer{}
	}
	if !endsInError(obj.Signature()) && !readsError(call) || c.ends(obj) || !c.withoutContext(callee.Args[0], recv.Type(), 0) {
		return offer{}
	}
	return offer{instead: "call WithContext(%s) before"}
}

func endsInError(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && irutil.IsError(sig.Results().At(n-1).Type())
}

// readsError reports whether the error of what a call returns is read from a field of it: that is how gorm tells that a
// statement was executed.
func readsError(call *ssa.Call) bool {
	for _, use := range *call.Referrers() {
		if field, ok := use.(*ssa.FieldAddr); ok && irutil.IsError(irutil.FieldOf(field.X.Type(), field.Field).Type()) {
			return true
		}
	}
	return false
}

// withoutContext reports whether a session is known to have no context.
func (c *checker) withoutContext(v ssa.Value, t types.Type, depth int) bool {
	if depth > 20 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Call:
		callee := skeleton.CalleeOf(v.Common())
		if callee.Object == nil || callee.Object.Name() == "WithContext" {
			return false
		}
		carries := false
		for _, arg := range callee.Args {
			_, ok := scope.Carries(arg.Type())
			carries = carries || ok
		}
		if carries || callee.Func != nil && len(callee.Func.Blocks) > 0 {
			return false
		}
		recv := callee.Object.Signature().Recv()
		if recv == nil || len(callee.Args) == 0 {
			return false
		}
		if types.Identical(recv.Type(), t) {
			return c.withoutContext(callee.Args[0], t, depth+1) // one part of a chain
		}
		return true
	case *ssa.UnOp:
		switch addr := v.X.(type) {
		case *ssa.FieldAddr:
			return c.neverWith(irutil.FieldOf(addr.X.Type(), addr.Field))
		case *ssa.Global:
			return addr.Pkg != nil && addr.Pkg.Pkg == c.Pkg
		}
	}
	return false
}

// neverWith reports whether the package stores no session with a context in a field.
func (c *checker) neverWith(field *types.Var) bool {
	if field == nil || field.Pkg() != c.Pkg {
		return false
	}
	for _, fn := range c.scope.Functions() {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				store, ok := instr.(*ssa.Store)
				if !ok {
					continue
				}
				addr, ok := store.Addr.(*ssa.FieldAddr)
				if !ok || irutil.FieldOf(addr.X.Type(), addr.Field) != field {
					continue
				}
				if call, ok := store.Val.(*ssa.Call); ok && skeleton.CalleeOf(call.Common()).Object != nil && skeleton.CalleeOf(call.Common()).Object.Name() == "WithContext" {
					return false
				}
			}
		}
	}
	return true
}
