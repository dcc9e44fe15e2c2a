package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// call moves object o, which has reached the value of node n, into a call that uses it.
func (g *Graph) call(instr ssa.CallInstruction, n *node, o *Object) {
	common := instr.Common()
	switch {
	case common.IsInvoke():
		g.invoke(instr, n, o)
		return
	case common.StaticCallee() == nil:
		if b, ok := common.Value.(*ssa.Builtin); ok {
			g.builtin(instr, b.Name(), n, o)
		} else {
			g.dynamicCall(instr, n, o)
		}
		return
	}
	raw := common.StaticCallee()
	fn := normal(raw)
	for i, arg := range common.Args {
		if arg != n.value {
			continue
		}
		if irutil.IsBound(raw) {
			i++
		}
		if g.index().local[fn] {
			g.enter(instr, fn, i, n, o)
		} else if obj, ok := fn.Object().(*types.Func); ok {
			g.outside(instr, obj, i, n, o, false)
		} else {
			g.escape(instr, n, o, Escape{Kind: Dynamic})
		}
	}
}

// enter passes an object as argument i to a function of the package.
func (g *Graph) enter(instr ssa.Instruction, fn *ssa.Function, i int, n *node, o *Object) {
	if i < len(fn.Params) {
		g.add(g.value(fn.Params[i]), o, n, instr)
	} else {
		g.escape(instr, n, o, Escape{Kind: Dynamic})
	}
}

// outside passes an object as argument i to a function of another package.
func (g *Graph) outside(instr ssa.Instruction, fn *types.Func, i int, n *node, o *Object, nested bool) {
	switch o.kind {
	case followedObject:
		if !nested && g.applyParam(instr, fn, i, n, o) {
			return
		}
		c := Call{
			Name: fn.Origin().FullName(), Arg: i, Instr: instr, Func: fn, In: instr.Parent(),
			Nested: nested, Place: place(instr.Pos()), node: n,
		}
		if g.cfg.Note != nil {
			c.Note = g.cfg.Note(g, c)
		}
		o.addCall(instr, c)
	case cellObject, funcObject:
		if g.once(o, instr) {
			g.leak(o, func(held *Object, in *node) { g.outside(instr, fn, i, in, held, true) })
		}
	}
}

// invoke handles the call of an interface's method.
func (g *Graph) invoke(instr ssa.CallInstruction, n *node, o *Object) {
	common := instr.Common()
	if common.Value == n.value && o.kind == followedObject {
		if m := g.method(o, common.Method.Name(), common.Value.Type()); m != nil {
			g.outside(instr, m, 0, n, o, false)
		}
	}
	for i, arg := range common.Args {
		if arg != n.value {
			continue
		}
		found := false
		for _, fn := range g.implementations(common) {
			g.enter(instr, fn, i+1, n, o)
			found = true
		}
		if !found || !g.closed(common.Value.Type()) {
			g.escape(instr, n, o, Escape{Kind: Dynamic})
		}
	}
}

// method returns the method of the object's type that a call of an interface's method reaches.
func (g *Graph) method(o *Object, name string, iface types.Type) *types.Func {
	t := g.typeOf(o)
	if t == nil {
		return nil
	}
	if in, ok := iface.Underlying().(*types.Interface); !ok || !types.Implements(types.NewPointer(t), in) {
		return nil
	}
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, g.pass.Pkg, name)
	m, _ := obj.(*types.Func)
	return m
}

// typeOf returns the named type of a followed object.
func (g *Graph) typeOf(o *Object) types.Type {
	var t types.Type
	switch {
	case o.Var != nil:
		t = o.Var.Type()
	case o.owner != nil:
		t = o.owner.Params[o.param].Type()
		if types.IsInterface(t) {
			return nil
		}
	case o.Value != nil:
		t = o.Value.Type()
		if tuple, ok := t.(*types.Tuple); ok {
			for v := range tuple.Variables() {
				if g.trackedName(v.Type()) == o.Type {
					t = v.Type()
				}
			}
		}
	}
	if t == nil {
		return nil
	}
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		t = ptr.Elem()
	}
	return t
}

// implementations lists the methods of this package that a call of an interface's method may reach.
func (g *Graph) implementations(common *ssa.CallCommon) []*ssa.Function {
	iface, ok := common.Value.Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	var found []*ssa.Function
	for _, fn := range g.fns {
		if fn.Name() != common.Method.Name() || fn.Signature.Recv() == nil {
			continue
		}
		if recv := fn.Signature.Recv().Type(); types.Implements(recv, iface) {
			found = append(found, fn)
		}
	}
	return found
}

// closed reports whether only types of this package can be expected behind an interface.
func (g *Graph) closed(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() != g.pass.Pkg {
		return false
	}
	return !named.Obj().Exported() || !g.importable()
}

// dynamicCall handles the call of a function value.
func (g *Graph) dynamicCall(instr ssa.CallInstruction, n *node, o *Object) {
	common := instr.Common()
	if call, ok := instr.(*ssa.Call); ok && common.Value == n.value && o.kind == funcObject {
		results := o.fn.Signature.Results().Len()
		for i := range results {
			g.connect(g.resultOf(o.fn, i), g.partOf(call, i, results), instr)
		}
	}
	for i, arg := range common.Args {
		if arg != n.value {
			continue
		}
		g.demand(common.Value)
		g.forEach(g.value(common.Value), func(callee *Object) {
			switch callee.kind {
			case funcObject:
				g.enter(instr, callee.fn, i+callee.param, n, o)
			default:
				g.escape(instr, n, o, Escape{Kind: Dynamic})
			}
		})
	}
}

func (g *Graph) builtin(instr ssa.CallInstruction, name string, n *node, o *Object) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return
	}
	args := call.Call.Args
	switch name {
	case "append":
		made := g.cell(call)
		g.add(g.value(call), made, nil, nil)
		for i, arg := range args {
			if arg == n.value {
				g.load(o, made.content)
				if i == 0 {
					g.add(g.value(call), o, n, nil)
				}
			}
		}
	case "copy":
		if args[1] == n.value {
			g.demand(args[0])
			g.forEach(g.value(args[0]), func(dst *Object) {
				if dst.kind == cellObject {
					g.load(o, dst.content)
				} else if o.kind == cellObject {
					g.escape(instr, n, o, Escape{Kind: Container})
				}
			})
		}
	case "ssa:wrapnilchk":
		g.add(g.value(call), o, n, nil)
	}
}

// bind handles an object that a closure captures, or whose method is taken as a value.
func (g *Graph) bind(instr *ssa.MakeClosure, n *node, o *Object) {
	fn := instr.Fn.(*ssa.Function)
	for i, b := range instr.Bindings {
		if b != n.value {
			continue
		}
		if !irutil.IsBound(fn) {
			g.add(g.value(fn.FreeVars[i]), o, n, nil)
			continue
		}
		m, _ := fn.Object().(*types.Func)
		if real := normal(fn); g.index().local[real] {
			g.enter(instr, real, 0, n, o)
		} else if m != nil && o.kind == followedObject {
			if types.IsInterface(m.Signature().Recv().Type()) {
				m = g.method(o, m.Name(), b.Type())
			}
			if m != nil {
				g.outside(instr, m, 0, n, o, false)
			}
		}
	}
}
