package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// cell is the memory that an instruction makes.
func (g *Graph) cell(v ssa.Value) *Object {
	o := g.cells[v]
	if o == nil {
		o = &Object{graph: g, kind: cellObject, content: new(node), Pos: v.Pos()}
		g.cells[v] = o
	}
	return o
}

// global is the memory of a package-level variable.
func (g *Graph) global(v *ssa.Global) {
	if g.cells[v] != nil {
		return
	}
	var o *Object
	obj, _ := v.Object().(*types.Var)
	name := g.structName(irutil.Deref(v.Type()))
	foreign := v.Pkg != g.pkg
	shared := foreign || obj != nil && g.reachable(obj)
	switch {
	case name != "":
		o = &Object{graph: g, Type: name, Origin: Global, Value: v, Var: obj, Pos: v.Pos(), Name: v.Name()}
		if foreign {
			o.Origin = Foreign
		}
		g.objects = append(g.objects, o)
		if shared {
			o.addEscape(nil, Escape{Kind: InGlobal, Var: obj})
		}
	default:
		o = &Object{graph: g, kind: cellObject, content: &node{}, shared: shared, Pos: v.Pos()}
		if shared {
			g.forEach(o.content, func(held *Object) { g.arrived(o.content, held, Escape{Kind: InGlobal, Var: obj}) })
		}
	}
	g.cells[v] = o
	g.add(g.value(v), o, nil, nil)
	if pointee := g.trackedName(irutil.Deref(v.Type())); foreign && name == "" && pointee != "" {
		held := &Object{graph: g, Type: pointee, Origin: Foreign, Value: v, Var: obj, Name: v.Name()}
		g.objects = append(g.objects, held)
		g.add(o.content, held, nil, nil)
	}
}

// slot is the memory of a struct field, of all instances of the struct.
func (g *Graph) slot(f *types.Var) *Object {
	o := g.slots[f]
	if o != nil {
		return o
	}
	foreign := f.Pkg() != g.pass.Pkg
	shared := foreign || g.reachable(f)
	name := g.structName(f.Type())
	if name != "" {
		o = &Object{graph: g, Type: name, Origin: Field, Var: f, Pos: f.Pos(), Name: f.Name()}
		if foreign {
			o.Origin = Foreign
		}
		g.objects = append(g.objects, o)
		if shared {
			o.addEscape(nil, Escape{Kind: InField, Field: f})
		}
	} else {
		o = &Object{graph: g, kind: cellObject, content: new(node), shared: shared, slot: f, Pos: f.Pos()}
		if shared {
			g.forEach(o.content, func(held *Object) { g.arrived(o.content, held, Escape{Kind: InField, Field: f}) })
		}
	}
	g.slots[f] = o
	if pointee := g.trackedName(f.Type()); foreign && name == "" && pointee != "" {
		held := &Object{graph: g, Type: pointee, Origin: Foreign, Var: f, Name: f.Name()}
		g.objects = append(g.objects, held)
		g.add(o.content, held, nil, nil)
	}
	for _, instr := range g.index().fields[f] {
		switch instr := instr.(type) {
		case *ssa.FieldAddr:
			g.add(g.value(instr), o, nil, nil)
		case *ssa.Field:
			if name != "" {
				g.add(g.value(instr), o, nil, nil)
			} else {
				g.connect(o.content, g.value(instr), nil)
			}
		}
	}
	return o
}
