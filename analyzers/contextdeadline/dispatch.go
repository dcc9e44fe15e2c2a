package contextdeadline

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// through returns what a call through an interface brings. Where the package puts a value into the interface itself, the
// methods of that type count; else those that the interface's own package has for it: who declares an interface beside its
// implementations means those. What other packages implement an interface with is not known. One method that owes
// something tells enough.
func (c *checker) through(call ssa.CallInstruction, callee skeleton.Callee) []duty {
	static, ok := callee.Args[0].Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	if held := c.held(callee.Args[0]); len(held) > 0 {
		for _, t := range held {
			obj, _, _ := types.LookupFieldOrMethod(t, true, callee.Object.Pkg(), callee.Object.Name())
			if method, ok := obj.(*types.Func); ok && !types.IsInterface(method.Signature().Recv().Type()) {
				if duties := c.byMethod(call, callee, method); len(duties) > 0 {
					return duties
				}
			}
		}
		return nil
	}
	if callee.Object.Pkg() != c.Pkg {
		return c.foreign(call, callee.Args, callee.Object, "")
	}
	for _, fn := range c.implementations(callee.Object) {
		if !types.Implements(types.NewPointer(irutil.Deref(fn.Params[0].Type())), static) {
			continue // the interface embeds the one that declares the method
		}
		if duties := c.byMethod(call, callee, fn.Object().(*types.Func)); len(duties) > 0 {
			return duties
		}
	}
	return nil
}

// byMethod returns what a call through an interface brings if it reaches a method.
func (c *checker) byMethod(call ssa.CallInstruction, callee skeleton.Callee, method *types.Func) []duty {
	fn := call.Parent().Prog.FuncValue(method.Origin())
	if fn == nil || len(fn.Blocks) == 0 {
		by := source.MethodName(method)
		if method.Pkg() != nil && method.Pkg() != c.Pkg {
			by = method.Pkg().Name() + "." + by
		}
		return c.foreign(call, callee.Args, method, by)
	}
	return c.handedOn(call, callee.Args, fn, c.step(call, source.FuncName(fn)))
}

// step is a call on the way, of a method that implements what is called if by is not empty.
func (c *checker) step(call ssa.CallInstruction, by string) pass.Step {
	name := c.source.Callee(call)
	s := pass.Step{Place: c.source.Place(call), Message: "calls " + name, Op: "call", Object: name}
	if by != "" {
		s.Message += ", which " + by + " implements"
	}
	return s
}

// handedOn returns what a function brings to a call of it with the arguments.
func (c *checker) handedOn(call ssa.CallInstruction, args []ssa.Value, fn *ssa.Function, step pass.Step) []duty {
	var duties []duty
	for _, d := range c.dutiesOf(fn) {
		if len(d.calls) >= maxDepth {
			c.Exhausted()
			continue
		}
		d.calls = slices.Concat([]pass.Step{step}, d.calls)
		if d.param == nil || d.param.Parent() != fn {
			duties = append(duties, d) // a root, or a context of the function around a literal
		} else if i := slices.Index(fn.Params, d.param); i < len(args) {
			duties = append(duties, c.bound(call, args[i], d)...)
		}
	}
	return duties
}

// implementations are the methods that the package has for a method of one of its interfaces, in the order of the types'
// names. One that calls the method itself decorates another implementation, and is none.
func (c *checker) implementations(m *types.Func) []*ssa.Function {
	if known, asked := c.methods[m]; asked {
		return known
	}
	var list []*ssa.Function
	iface, ok := m.Signature().Recv().Type().Underlying().(*types.Interface)
	if ok {
		for _, name := range c.Pkg.Scope().Names() {
			of, ok := c.Pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || of.IsAlias() || types.IsInterface(of.Type()) || !c.tests && c.IsTest(of.Pos()) {
				continue
			}
			named, ok := of.Type().(*types.Named)
			if !ok || named.TypeParams().Len() > 0 || !types.Implements(types.NewPointer(named), iface) {
				continue
			}
			fn := c.methodOf(named, m)
			if fn != nil && len(fn.Blocks) > 0 && !calls(fn, m) {
				list = append(list, fn)
			}
		}
	}
	c.methods[m] = list
	return list
}

// methodOf returns the method that a type has for one of an interface, if its body is in the package.
func (c *checker) methodOf(named *types.Named, m *types.Func) *ssa.Function {
	obj, _, _ := types.LookupFieldOrMethod(named, true, c.Pkg, m.Name())
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() != c.Pkg || len(c.fns) == 0 {
		return nil
	}
	return c.fns[0].Prog.FuncValue(fn.Origin())
}

// calls reports whether a function calls a method of an interface.
func calls(fn *ssa.Function, m *types.Func) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			call, ok := instr.(ssa.CallInstruction)
			return ok && call.Common().IsInvoke() && call.Common().Method == m
		})
	})
}
