package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// resultOf is the node of a result of a function of this package.
func (g *Graph) resultOf(fn *ssa.Function, i int) *node {
	key := result{fn, i}
	n := g.results[key]
	if n != nil {
		return n
	}
	n = new(node)
	g.results[key] = n
	count := fn.Signature.Results().Len()
	for _, c := range g.index().callers[fn] {
		if call, ok := c.(*ssa.Call); ok {
			g.connect(n, g.partOf(call, i, count), call)
		}
	}
	if fn.Signature.Recv() != nil {
		for _, c := range g.index().invokes[fn.Name()] {
			iface, ok := c.Common().Value.Type().Underlying().(*types.Interface)
			if call, isCall := c.(*ssa.Call); ok && isCall && types.Implements(fn.Signature.Recv().Type(), iface) {
				g.connect(n, g.partOf(call, i, count), call)
			}
		}
	}
	// As a value, the function goes wherever the value goes.
	for _, c := range g.index().closures[fn] {
		g.demand(c)
	}
	for _, use := range g.index().asValue[fn] {
		for _, op := range use.Operands(nil) {
			if f, ok := (*op).(*ssa.Function); ok && normal(f) == fn {
				g.demand(f)
			}
		}
	}
	if g.callable(fn) {
		g.forEach(n, func(o *Object) { g.arrived(n, o, Escape{Kind: Returned}) })
	}
	return n
}

// arrived records that an object escapes because it has reached a node that others can reach.
func (g *Graph) arrived(n *node, o *Object, e Escape) {
	if via := n.from[o].via; via != nil {
		g.escape(via, n, o, e)
		return
	}
	if o.kind == followedObject {
		e.node = n
		o.addEscape(nil, e)
	}
}

// once reports whether this is the first time that o leaks at an instruction.
func (g *Graph) once(o *Object, at ssa.Instruction) bool {
	key := leakKey{o, at}
	if g.leaked[key] {
		return false
	}
	g.leaked[key] = true
	return true
}

type leakKey struct {
	o  *Object
	at ssa.Instruction
}
