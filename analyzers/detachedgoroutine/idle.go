package detachedgoroutine

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// findIdle finds the methods of the package's interfaces of which the implementations in the package do their work without a look at the context: a
// logging.Log whose one implementation keeps what is written in memory. That somebody else may implement the interface, in a
// test or in another program, is no reason to expect of a call that it fails when the context is cancelled.
func (c *checker) findIdle() {
	bodies := make(map[types.Object]*ssa.Function)
	for _, fn := range c.fns {
		if fn.Object() != nil && !c.IsTest(fn.Pos()) {
			bodies[fn.Object()] = fn
		}
	}
	scope := c.Pkg.Scope()
	var concrete []types.Type
	var interfaces []*types.Interface
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		switch {
		case !ok || named.TypeParams().Len() > 0 || c.IsTest(obj.Pos()):
		case types.IsInterface(named):
			interfaces = append(interfaces, named.Underlying().(*types.Interface))
		default:
			concrete = append(concrete, types.NewPointer(named))
		}
	}
	for _, iface := range interfaces {
		for m := range iface.Methods() {
			i := slices.IndexFunc(slices.Collect(m.Signature().Params().Variables()), func(v *types.Var) bool { return classOf(v.Type()) == reqContext })
			if i < 0 || m.Pkg() != c.Pkg || !slices.ContainsFunc(concrete, func(t types.Type) bool { return types.Implements(t, iface) }) {
				continue
			}
			if !slices.ContainsFunc(concrete, func(t types.Type) bool {
				return types.Implements(t, iface) && looksAt(bodies[methodOf(t, m)], i+1)
			}) {
				c.idle[m] = true
			}
		}
	}
}

// methodOf returns the method of a type that implements the one of an interface, or nil if it is that of an embedded field.
func methodOf(t types.Type, m *types.Func) types.Object {
	obj, index, _ := types.LookupFieldOrMethod(t, false, m.Pkg(), m.Name())
	if len(index) != 1 {
		return nil
	}
	return obj
}

// looksAt reports whether a function does anything with a parameter; of one that is not seen, it is taken to, and of one
// that does nothing at all: what counts will be elsewhere.
func looksAt(fn *ssa.Function, i int) bool {
	if fn == nil || i >= len(fn.Params) {
		return true
	}
	acts := slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			switch instr.(type) {
			case *ssa.Store, *ssa.MapUpdate, *ssa.Send, ssa.CallInstruction:
				return true
			}
			return false
		})
	})
	return !acts || slices.ContainsFunc(*fn.Params[i].Referrers(), func(use ssa.Instruction) bool {
		_, debug := use.(*ssa.DebugRef)
		return !debug
	})
}

// ignores reports whether a call of an interface's method does nothing with the context that it gets.
func (c *checker) ignores(callee skeleton.Callee) bool {
	if !callee.Invoke {
		return false
	}
	m := callee.Object.Origin()
	if m.Pkg() == c.Pkg {
		return c.idle[m]
	}
	told := new(fact)
	return c.inside(m.Pkg()) && c.ImportObjectFact(m, told) && told.Idle
}
