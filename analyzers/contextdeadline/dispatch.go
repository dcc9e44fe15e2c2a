package contextdeadline

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// through returns what a call through an interface brings. Where the package alone puts values into it, the methods of
// their types count; else, of an interface that no other package can name, those that the package has for it. What
// other packages hold is not known. One method that owes something tells enough.
func (c *checker) through(call ssa.CallInstruction, callee skeleton.Callee) []duty {
	static := callee.Args[0].Type()
	held := c.held(callee.Args[0])
	if named, ok := types.Unalias(static).(*types.Named); len(held) == 0 && ok && c.own(named.Obj()) {
		held = c.implementing(named)
	}
	for _, t := range held {
		obj, _, _ := types.LookupFieldOrMethod(t, true, callee.Object.Pkg(), callee.Object.Name())
		method, ok := obj.(*types.Func)
		if !ok || types.IsInterface(method.Signature().Recv().Type()) {
			continue
		}
		if duties := c.byMethod(call, callee, method); len(duties) > 0 {
			return duties
		}
	}
	return nil
}

// own reports whether only the package can name a type.
func (c *checker) own(of *types.TypeName) bool {
	return of.Pkg() == c.Pkg && (!of.Exported() || c.Pkg.Name() == "main")
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

// implementing returns the types of the package that implement one of its interfaces, in the order of their names.
func (c *checker) implementing(iface *types.Named) []types.Type {
	if known, asked := c.implement[iface]; asked {
		return known
	}
	var list []types.Type
	scope := c.Pkg.Scope()
	for _, name := range scope.Names() {
		of, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || of.IsAlias() || types.IsInterface(of.Type()) || !c.tests && c.IsTest(of.Pos()) {
			continue
		}
		named, ok := of.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 {
			continue
		}
		if t := types.NewPointer(named); types.Implements(t, iface.Underlying().(*types.Interface)) {
			list = append(list, t)
		}
	}
	c.implement[iface] = list
	return list
}
