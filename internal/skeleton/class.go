package skeleton

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// Classes groups the channels, WaitGroups, Conds and errgroups of a package, and the functions that are kept as values:
// what may be the same object is in one class. It is found by unification over locals, parameters, results, captured
// variables, elements and fields (a field stands for that field of all values of its type), so that it costs little, and
// two objects in one class may still be different ones. Where a class is closed, all that is ever done to its objects is
// in Class.Ops.
type Classes struct {
	pkg     *types.Package
	fns     []*ssa.Function
	local   map[*ssa.Function]bool
	nodes   map[any]*node
	holding map[types.Type]bool
	classes map[*node]*Class
	calls   *callIndex
	// functions lists the nodes that functions are the value of, in the order of the sources.
	functions []*node
	// made lists the classes in the order of the sources.
	made []*Class
}

// Way is a set of things that may be done to a channel.
type Way uint8

// What code that is not seen may do to the objects of a class.
const (
	ToSend    Way = 1 << iota // send or close
	ToReceive                 // receive
)

// A Class is a set of objects that may be the same.
type Class struct {
	Makes []ssa.Value // where the objects are made: MakeChan, Alloc
	Ops   []ClassOp   // what is done to them, in the order of the sources
	// Escapes says what code that is not seen may do.
	Escapes Way
	// Kept is set where a field, a package-level variable or an element of a container holds the objects, so that they may
	// live longer than the function that makes them, and be many.
	Kept bool
	// Fields are the fields that hold the objects.
	Fields []*types.Var
	// Global is set where a package-level variable holds them.
	Global bool
	// Returned is set where a function returns the objects.
	Returned bool
	// Nil is set where the nil value may be among them.
	Nil bool
}

// A ClassOp is an operation on the objects of a class.
type ClassOp struct {
	Op
	Fn   *ssa.Function
	Case int // which case of a select, or -1
}

// Of returns the class of a channel, or of the address of another object, or nil where it is not followed.
func (c *Classes) Of(v ssa.Value) *Class {
	n := c.nodes[v]
	if n == nil {
		return nil
	}
	return c.classes[n.root()]
}

// All lists the classes, in the order of the sources.
func (c *Classes) All() []*Class { return c.made }

// Closed reports whether no code that is not seen does anything to the objects.
func (c *Class) Closed() bool { return c.Escapes == 0 }

// A node stands for values that may be the same.
type node struct {
	parent  *node
	elem    *node // what a pointer, container, channel or function value leads to
	escapes Way
	kept    bool
	global  bool
	result  bool
	isNil   bool
	fields  []*types.Var
	makes   []ssa.Value
	fns     []funcRef // functions that are the value
}

// A slotAddress is the address of a field of all values of its type.
type slotAddress struct{ field *types.Var }

// A resultOf is a result of a function.
type resultOf struct {
	fn    *ssa.Function
	index int
}

func (n *node) root() *node {
	for n.parent != nil {
		if n.parent.parent != nil {
			n.parent = n.parent.parent
		}
		n = n.parent
	}
	return n
}

// node returns the node of a key, which is an ssa.Value, slotAddress or resultOf.
func (c *Classes) node(key any) *node {
	if n := c.nodes[key]; n != nil {
		return n.root()
	}
	n := new(node)
	c.nodes[key] = n
	return n
}

// of returns the node of a value, or nil where it cannot hold what is followed.
func (c *Classes) of(v ssa.Value) *node {
	if v == nil || !c.holds(v.Type()) {
		return nil
	}
	if k, ok := v.(*ssa.Const); ok {
		n := c.node(k)
		n.isNil = n.isNil || k.IsNil()
		return n
	}
	_, seen := c.nodes[v]
	n := c.node(v)
	if seen {
		return n
	}
	switch v := v.(type) {
	case *ssa.Function:
		n.fns = append(n.fns, refOf(v))
		c.functions = append(c.functions, n)
	case *ssa.Global:
		e := c.elem(n)
		e.kept, e.global = true, true
		if obj := v.Object(); obj == nil || v.Pkg == nil || v.Pkg.Pkg != c.pkg || obj.Exported() && c.importable() {
			c.escape(e, ToSend|ToReceive)
		}
	case *ssa.MakeChan:
		n.makes = append(n.makes, v)
	case *ssa.Alloc:
		if isObject(irutil.Deref(v.Type())) {
			n.makes = append(n.makes, v)
		}
	}
	return n.root()
}

// elem returns what n leads to.
func (c *Classes) elem(n *node) *node {
	n = n.root()
	if n.elem == nil {
		n.elem = new(node)
		if n.escapes != 0 {
			n.elem.escapes = ToSend | ToReceive // see escape
		}
	}
	return n.elem.root()
}

// unify makes a and b one node. Where only one of them is followed, it has gone where it is not seen any more.
func (c *Classes) unify(a, b *node) {
	switch {
	case a == nil && b == nil:
		return
	case a == nil:
		c.escape(b, ToSend|ToReceive)
		return
	case b == nil:
		c.escape(a, ToSend|ToReceive)
		return
	}
	a, b = a.root(), b.root()
	for a != b {
		if a.escapes != b.escapes {
			c.escape(a, b.escapes)
			c.escape(b, a.escapes)
		}
		b.parent = a
		a.kept, a.global = a.kept || b.kept, a.global || b.global
		a.result, a.isNil = a.result || b.result, a.isNil || b.isNil
		a.fields = append(a.fields, b.fields...)
		a.makes = append(a.makes, b.makes...)
		a.fns = append(a.fns, b.fns...)
		ae, be := a.elem, b.elem
		b.elem, b.fields, b.makes, b.fns = nil, nil, nil, nil
		switch {
		case be == nil:
			return
		case ae == nil:
			a.elem = be
			return
		}
		a, b = ae.root(), be.root()
	}
}

// escape says that code that is not seen gets what n stands for, and all that it leads to.
func (c *Classes) escape(n *node, ways Way) {
	for n != nil && ways != 0 {
		n = n.root()
		if n.escapes&ways == ways {
			return
		}
		n.escapes |= ways
		ways = ToSend | ToReceive
		n = n.elem
	}
}

// leave is escape for a value of the type: what has it can do only what the direction of its channel allows.
func (c *Classes) leave(n *node, t types.Type) {
	if n == nil {
		return
	}
	ways := ToSend | ToReceive
	if ch, ok := t.Underlying().(*types.Chan); ok {
		switch ch.Dir() {
		case types.SendOnly:
			ways = ToSend
		case types.RecvOnly:
			ways = ToReceive
		}
	}
	c.escape(n, ways)
}

// slot returns the address of a field, or nil where the field does not hold what is followed.
func (c *Classes) slot(f *types.Var) *node {
	if f == nil || !c.holds(f.Type()) && !isObject(f.Type()) {
		return nil
	}
	key := slotAddress{f}
	_, seen := c.nodes[key]
	n := c.node(key)
	if seen {
		return n
	}
	foreign := f.Pkg() != c.pkg || f.Exported() && c.importable()
	if isObject(f.Type()) {
		// The object lies in the field itself.
		n.kept = true
		n.fields = append(n.fields, f)
		if foreign {
			c.escape(n, ToSend|ToReceive)
		}
		return n
	}
	e := c.elem(n)
	e.kept = true
	e.fields = append(e.fields, f)
	if foreign {
		c.escape(e, ToSend|ToReceive)
	}
	return n
}

func (c *Classes) importable() bool { return c.pkg.Name() != "main" }

// holds reports whether a value of the type may be, or lead to, something that is followed. Structs are not: their fields
// stand for themselves.
func (c *Classes) holds(t types.Type) bool {
	if h, known := c.holding[t]; known {
		return h
	}
	c.holding[t] = false // a type that leads to itself
	h := false
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		h = true
	case *types.Pointer:
		h = isObject(u.Elem()) || c.holds(u.Elem())
	case *types.Slice:
		h = isObject(u.Elem()) || c.holds(u.Elem())
	case *types.Array:
		h = c.holds(u.Elem())
	case *types.Map:
		h = isObject(u.Elem()) || c.holds(u.Elem()) || c.holds(u.Key())
	}
	if _, param := types.Unalias(t).(*types.TypeParam); param {
		h = false
	}
	c.holding[t] = h
	return h
}

// isObject reports whether the type is one of the structs that are followed by their addresses. A pointer to one is none.
func isObject(t types.Type) bool {
	return irutil.IsNamed(t, "sync", "WaitGroup", "Cond") || irutil.IsNamed(t, "golang.org/x/sync/errgroup", "Group")
}

// isReceive reports whether the instruction is a receive from a channel.
func isReceive(v ssa.Value) bool {
	op, ok := v.(*ssa.UnOp)
	return ok && op.Op == token.ARROW
}
