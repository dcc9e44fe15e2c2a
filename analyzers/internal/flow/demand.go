package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// demand makes sure that all memory and functions that a value may be, or point to, have reached it, and the unknown
// object where others may have made it.
func (g *Graph) demand(v ssa.Value) {
	if g.demanded[v] {
		return
	}
	g.demanded[v] = true
	g.budget--
	switch v := v.(type) {
	case *ssa.Const, *ssa.Builtin:
	case *ssa.Alloc:
		if g.structName(irutil.Deref(v.Type())) == "" {
			g.add(g.value(v), g.cell(v), nil, nil)
		}
	case *ssa.MakeSlice, *ssa.MakeMap, *ssa.MakeChan:
		g.add(g.value(v), g.cell(v), nil, nil)
	case *ssa.Global:
		g.global(v)
	case *ssa.FieldAddr:
		if f := irutil.FieldOf(v.X.Type(), v.Field); f != nil {
			g.slot(f)
		} else {
			g.opaque(v)
		}
	case *ssa.Field:
		if f := irutil.FieldOf(v.X.Type(), v.Field); f != nil {
			if o := g.slot(f); o.kind == cellObject {
				g.demandContent(o)
			}
		} else {
			g.opaque(v)
		}
	case *ssa.IndexAddr:
		g.demand(v.X)
	case *ssa.Slice:
		g.demand(v.X)
	case *ssa.Range:
		g.demand(v.X)
	case *ssa.SliceToArrayPointer:
		g.demand(v.X)
	case *ssa.ChangeType:
		g.demand(v.X)
	case *ssa.ChangeInterface:
		g.demand(v.X)
	case *ssa.MakeInterface:
		g.demand(v.X)
	case *ssa.TypeAssert:
		g.demand(v.X)
	case *ssa.Phi:
		for _, e := range v.Edges {
			g.demand(e)
		}
	case *ssa.UnOp:
		g.demandHeldBy(v.X)
	case *ssa.Index:
		g.demandHeldBy(v.X)
	case *ssa.Lookup:
		g.demandHeldBy(v.X)
	case *ssa.Next:
		g.demandHeldBy(v.Iter)
	case *ssa.Extract:
		g.demandPart(v)
	case *ssa.Call:
		g.demandCall(v, v, 0)
	case *ssa.Parameter:
		g.demandParameter(v)
	case *ssa.FreeVar:
		for i, fv := range v.Parent().FreeVars {
			for _, c := range g.index().closures[v.Parent()] {
				if fv == v && i < len(c.Bindings) {
					g.demand(c.Bindings[i])
				}
			}
		}
	case *ssa.Function:
		g.function(v, v)
	case *ssa.MakeClosure:
		g.function(v, v.Fn.(*ssa.Function))
	default:
		g.opaque(v)
	}
}

func (g *Graph) opaque(v ssa.Value) { g.add(g.value(v), g.unknown, nil, nil) }

// demandHeldBy demands what the memory that v points to holds.
func (g *Graph) demandHeldBy(v ssa.Value) {
	g.demand(v)
	g.forEach(g.value(v), func(o *Object) {
		if o.kind == cellObject {
			g.demandContent(o)
		}
	})
}

// demandContent demands everything that is, or will be found to be, stored into a cell.
func (g *Graph) demandContent(cell *Object) {
	if cell.deep {
		return
	}
	cell.deep = true
	if cell.shared {
		g.add(cell.content, g.unknown, nil, nil)
	}
	for _, v := range cell.stored {
		g.demand(v)
	}
}

// demandStored notes that v is stored into a cell.
func (g *Graph) demandStored(cell *Object, v ssa.Value) {
	if cell.deep {
		g.demand(v)
	} else {
		cell.stored = append(cell.stored, v)
	}
}

func (g *Graph) demandPart(v *ssa.Extract) {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		g.demandCall(t, v, v.Index)
	case *ssa.TypeAssert:
		g.demand(t.X)
	case *ssa.UnOp:
		g.demandHeldBy(t.X)
	case *ssa.Lookup:
		g.demandHeldBy(t.X)
	case *ssa.Next:
		g.demandHeldBy(t.Iter)
	case *ssa.Select:
		for _, s := range t.States {
			if s.Dir == types.RecvOnly {
				g.demandHeldBy(s.Chan)
			}
		}
	default:
		g.opaque(v)
	}
}

// demandCall demands result i of a call, which is the value v.
func (g *Graph) demandCall(call *ssa.Call, v ssa.Value, i int) {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok {
		switch b.Name() {
		case "append":
			g.add(g.value(call), g.cell(call), nil, nil)
			for _, arg := range call.Call.Args {
				g.demand(arg)
			}
		case "ssa:wrapnilchk":
			g.demand(call.Call.Args[0])
		default:
			g.opaque(v)
		}
		return
	}
	if callee := call.Call.StaticCallee(); callee != nil && g.index().local[normal(callee)] {
		g.demandResult(normal(callee), i)
		return
	}
	if call.Call.IsInvoke() {
		g.opaque(v)
		return
	}
	if call.Call.StaticCallee() == nil {
		g.demand(call.Call.Value)
		g.forEach(g.value(call.Call.Value), func(callee *Object) {
			if callee.kind == funcObject {
				g.demandResult(callee.fn, i)
			} else {
				g.opaque(v)
			}
		})
		return
	}
	g.opaque(v)
}

func (g *Graph) demandResult(fn *ssa.Function, i int) {
	if !g.index().local[fn] {
		return
	}
	g.resultOf(fn, i)
	for _, ret := range g.index().returns[fn] {
		if i < len(ret.Results) {
			g.demand(ret.Results[i])
		}
	}
}

func (g *Graph) demandParameter(v *ssa.Parameter) {
	fn := v.Parent()
	i := 0
	for i < len(fn.Params) && fn.Params[i] != v {
		i++
	}
	known := len(g.index().callers[fn]) > 0
	if !known || g.callable(fn) || fn.Signature.Recv() != nil && len(g.index().invokes[fn.Name()]) > 0 {
		g.opaque(v)
	}
	for _, c := range g.index().callers[fn] {
		j := i
		if irutil.IsBound(c.Common().StaticCallee()) {
			j--
		}
		if j >= 0 && j < len(c.Common().Args) {
			g.demand(c.Common().Args[j])
		}
	}
	if len(g.index().asValue[fn]) > 0 || len(g.index().closures[fn]) > len(g.index().callers[fn]) {
		// It is called as a value, with arguments that are found only by following the value.
		g.opaque(v)
	}
}

// function lets the function fn reach the value v.
func (g *Graph) function(v ssa.Value, fn *ssa.Function) {
	o := g.cells[v]
	if o == nil {
		o = &Object{graph: g, kind: funcObject, fn: normal(fn)}
		if irutil.IsBound(fn) {
			o.param = 1
		}
		if !g.index().local[o.fn] {
			o = g.unknown
		}
		g.cells[v] = o
	}
	g.add(g.value(v), o, nil, nil)
}
