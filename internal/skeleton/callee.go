package skeleton

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A Callee is what a call means, in one form for the many that package ssa has for it.
type Callee struct {
	// Func is the function whose body counts: the generic function of an instance, the method behind a method value or a
	// method expression. It is nil where only the run decides, and has no blocks outside the package.
	Func *ssa.Function
	// Object is the declared function or method, of an interface call the interface's method; nil for closures.
	Object *types.Func
	// Args are the arguments with the receiver first, if there is one and it is known where the call stands.
	Args []ssa.Value
	// Closure makes the function called, where that is seen.
	Closure *ssa.MakeClosure
	// Invoke is set for a call through an interface whose dynamic type is not known here. Args[0] is the interface.
	Invoke bool
}

// Name is the callee as types.Func.FullName writes it, in its generic form, or "".
func (c Callee) Name() string {
	if c.Object == nil {
		return ""
	}
	return c.Object.Origin().FullName()
}

// CalleeOf finds out what a call means.
func CalleeOf(call *ssa.CallCommon) Callee {
	if call.IsInvoke() {
		c := Callee{Object: call.Method, Args: slices.Concat([]ssa.Value{call.Value}, call.Args), Invoke: true}
		if made, ok := call.Value.(*ssa.MakeInterface); ok {
			if fn := methodOf(made.Parent().Prog, made.X.Type(), call.Method); fn != nil {
				return Callee{Func: Normal(fn), Object: objectOf(fn), Args: slices.Concat([]ssa.Value{made.X}, call.Args)}
			}
		}
		return c
	}
	return calleeOfValue(call.Value, call.Args)
}

// calleeOfValue is CalleeOf for a function value and the arguments beside it.
func calleeOfValue(v ssa.Value, args []ssa.Value) Callee {
	for {
		conv, ok := v.(*ssa.ChangeType)
		if !ok {
			break
		}
		v = conv.X
	}
	switch v := v.(type) {
	case *ssa.Function:
		return Callee{Func: Normal(v), Object: objectOf(v), Args: args}
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		c := Callee{Func: Normal(fn), Object: objectOf(fn), Args: args, Closure: v}
		if c.Func != fn && irutil.IsBound(fn) {
			// A method value: what it bound is the receiver.
			c.Args = slices.Concat(v.Bindings[:1], args)
			c.Closure = nil
		}
		return c
	}
	return Callee{Args: args}
}

// objectOf returns the function or method that fn was declared as, through wrappers and instances.
func objectOf(fn *ssa.Function) *types.Func {
	obj, _ := fn.Object().(*types.Func)
	return obj
}

// methodOf returns the method of a concrete type that a call of an interface's method reaches, or nil.
func methodOf(prog *ssa.Program, t types.Type, m *types.Func) *ssa.Function {
	if types.IsInterface(t) {
		return nil
	}
	sel := prog.MethodSets.MethodSet(t).Lookup(m.Pkg(), m.Name())
	if sel == nil {
		return nil
	}
	// Wrappers of promoted methods are built on demand, the declared ones are simply there.
	if f, ok := sel.Obj().(*types.Func); ok && len(sel.Index()) == 1 {
		return prog.FuncValue(f.Origin())
	}
	return nil
}

// Normal returns the function whose body counts: the generic function of an instance, the method behind a method value
// or a method expression. Parameters correspond one to one, but for the receiver of a method value, which is bound.
func Normal(fn *ssa.Function) *ssa.Function {
	if origin := fn.Origin(); origin != nil {
		return origin
	}
	if !irutil.IsBound(fn) && !strings.HasPrefix(fn.Synthetic, "thunk for ") {
		return fn
	}
	m, ok := fn.Object().(*types.Func)
	if !ok || m.Signature().Recv() == nil || types.IsInterface(m.Signature().Recv().Type()) {
		return fn
	}
	recv := m.Signature().Recv().Type()
	switch {
	case irutil.IsBound(fn):
		if len(fn.FreeVars) == 0 || !types.Identical(fn.FreeVars[0].Type(), recv) && m.Origin() == m {
			return fn // the method of an embedded field
		}
	case len(fn.Params) == 0 || !types.Identical(fn.Params[0].Type(), recv):
		return fn
	}
	if real := fn.Prog.FuncValue(m.Origin()); real != nil {
		return real
	}
	return fn
}

// OnlyStarted reports whether a function is one that go statements alone run: a literal that is nothing but started.
func OnlyStarted(fn *ssa.Function) bool {
	if fn.Parent() == nil {
		return false
	}
	started := false
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			var uses *[]ssa.Instruction
			switch i := instr.(type) {
			case *ssa.Go:
				started = started || i.Call.Value == ssa.Value(fn)
				continue
			case *ssa.MakeClosure:
				if i.Fn != ssa.Value(fn) {
					continue
				}
				uses = i.Referrers()
			default:
				for _, op := range instr.Operands(nil) {
					if *op == ssa.Value(fn) {
						return false
					}
				}
				continue
			}
			for _, use := range *uses {
				if g, ok := use.(*ssa.Go); !ok || g.Call.Value != ssa.Value(instr.(*ssa.MakeClosure)) {
					return false
				}
				started = true
			}
		}
	}
	return started
}
