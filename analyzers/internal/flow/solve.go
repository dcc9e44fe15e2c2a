package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A node is a place that objects reach: an SSA value, one part of a tuple, a result of a function, or what a cell holds.
type node struct {
	value ssa.Value // of a value node
	tuple *part     // of a part of a tuple

	objs []*Object
	from map[*Object]hop // how each came here
	out  []edge
	each []func(*Object) // called for each object, present and future
}

type part struct {
	value ssa.Value
	index int
}

type result struct {
	fn    *ssa.Function
	index int
}

type edge struct {
	to  *node
	via ssa.Instruction
}

// A hop is one step of an object on its way.
type hop struct {
	node *node           // where it was before; nil at its start
	via  ssa.Instruction // what moved it
}

type item struct {
	n *node
	o *Object
}

func (g *Graph) value(v ssa.Value) *node {
	n := g.values[v]
	if n == nil {
		n = &node{value: v}
		g.values[v] = n
	}
	return n
}

// partOf is the node of one part of a tuple; the only part of what is no tuple is the value itself.
func (g *Graph) partOf(v ssa.Value, i, of int) *node {
	if of <= 1 {
		return g.value(v)
	}
	key := part{v, i}
	n := g.tuples[key]
	if n == nil {
		n = &node{tuple: &key}
		g.tuples[key] = n
		for _, r := range *v.Referrers() {
			if e, ok := r.(*ssa.Extract); ok && e.Index == i {
				n.out = append(n.out, edge{g.value(e), nil})
			}
		}
	}
	return n
}

// add lets an object reach a node.
func (g *Graph) add(n *node, o *Object, from *node, via ssa.Instruction) {
	if _, has := n.from[o]; has {
		return
	}
	if n.from == nil {
		n.from = make(map[*Object]hop)
	}
	n.from[o] = hop{from, via}
	n.objs = append(n.objs, o)
	g.work = append(g.work, item{n, o})
}

// connect lets all objects that reach one node reach the other.
func (g *Graph) connect(from, to *node, via ssa.Instruction) {
	if from == to || slices.Contains(from.out, edge{to, via}) {
		return
	}
	from.out = append(from.out, edge{to, via})
	for _, o := range slices.Clone(from.objs) {
		g.add(to, o, from, via)
	}
}

// forEach calls f for each object that reaches the node.
func (g *Graph) forEach(n *node, f func(*Object)) {
	n.each = append(n.each, f)
	for _, o := range slices.Clone(n.objs) {
		f(o)
	}
}

func (g *Graph) solve() {
	for len(g.work) > 0 && g.budget > 0 {
		next := g.work[0]
		g.work = g.work[1:]
		g.budget--
		for _, e := range next.n.out {
			g.add(e.to, next.o, next.n, e.via)
		}
		for _, f := range slices.Clone(next.n.each) {
			f(next.o)
		}
		if next.n.value != nil {
			for _, instr := range g.users(next.n.value) {
				g.budget--
				g.transfer(instr, next.n, next.o)
			}
		}
	}
}

// users returns the instructions that use a value.
func (g *Graph) users(v ssa.Value) []ssa.Instruction {
	switch v := v.(type) {
	case *ssa.Global:
		return g.index().globals[v]
	case *ssa.Function:
		return g.index().asValue[normal(v)]
	}
	if refs := v.Referrers(); refs != nil {
		return *refs
	}
	return nil
}
