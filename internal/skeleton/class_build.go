package skeleton

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// NewClasses finds the classes of a package. fns are the functions that count, with their bodies.
func NewClasses(pkg *types.Package, fns []*ssa.Function) *Classes {
	c := &Classes{
		pkg:     pkg,
		fns:     fns,
		local:   make(map[*ssa.Function]bool),
		nodes:   make(map[any]*node),
		holding: make(map[types.Type]bool),
		classes: make(map[*node]*Class),
		calls:   newCallIndex(),
	}
	for _, fn := range fns {
		c.local[fn] = true
	}
	for _, fn := range fns {
		c.declare(fn)
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				c.instr(fn, instr)
			}
		}
	}
	c.resolve()
	c.collect()
	return c
}

// declare says what code that is not seen gives to a function.
func (c *Classes) declare(fn *ssa.Function) {
	if c.Callable(fn) {
		c.calls.unknown[fn] = true
		c.opens(fn)
	}
}

// opens says that code that is not seen calls the function.
func (c *Classes) opens(fn *ssa.Function) {
	for _, p := range fn.Params {
		if n := c.of(p); n != nil {
			c.leave(n, p.Type())
		}
	}
	results := fn.Signature.Results()
	for i := range results.Len() {
		if t := results.At(i).Type(); c.holds(t) {
			c.leave(c.node(resultOf{fn, i}), t)
		}
	}
}

// Callable reports whether code outside the package can call fn by its name, or by a method's name through an interface.
func (c *Classes) Callable(fn *ssa.Function) bool {
	obj := fn.Object()
	if obj == nil || !obj.Exported() {
		return false
	}
	return fn.Signature.Recv() != nil || c.importable()
}

// instr notes what an instruction makes one.
func (c *Classes) instr(fn *ssa.Function, instr ssa.Instruction) {
	switch i := instr.(type) {
	case ssa.CallInstruction:
		c.call(fn, i)
	case *ssa.Return:
		for k, r := range i.Results {
			if n := c.of(r); n != nil {
				n.result = true
				c.unify(c.node(resultOf{fn, k}), n)
			}
		}
	case *ssa.Store:
		if v := c.of(i.Val); v != nil {
			if a := c.of(i.Addr); a != nil {
				c.unify(c.elem(a), v)
			} else {
				c.escape(v, ToSend|ToReceive)
			}
		}
	case *ssa.UnOp:
		n := c.of(i)
		x := c.of(i.X)
		switch {
		case x == nil:
			c.foreign(n)
		case isReceive(i) && i.CommaOk:
			// See Extract.
		case n != nil:
			c.unify(c.elem(x), n)
		}
	case *ssa.Send:
		if v := c.of(i.X); v != nil {
			if ch := c.of(i.Chan); ch != nil {
				c.keep(c.elem(ch))
				c.unify(c.elem(ch), v)
			}
		}
		c.of(i.Chan)
	case *ssa.Select:
		for _, s := range i.States {
			ch := c.of(s.Chan)
			if s.Send == nil || ch == nil {
				continue
			}
			if v := c.of(s.Send); v != nil {
				c.keep(c.elem(ch))
				c.unify(c.elem(ch), v)
			}
		}
	case *ssa.MakeClosure:
		c.closure(i)
	case *ssa.MakeInterface:
		if x := c.of(i.X); x != nil {
			c.leave(x, i.X.Type())
		}
	case *ssa.MapUpdate:
		if m := c.of(i.Map); m != nil {
			for _, v := range []ssa.Value{i.Key, i.Value} {
				if n := c.of(v); n != nil {
					c.keep(c.elem(m))
					c.unify(c.elem(m), n)
				}
			}
		}
	case ssa.Value:
		c.value(i)
	}
}

// value notes what the value of an instruction is made of.
func (c *Classes) value(v ssa.Value) {
	n := c.of(v)
	if n == nil {
		return
	}
	switch i := v.(type) {
	case *ssa.Alloc, *ssa.MakeChan:
	case *ssa.MakeMap, *ssa.MakeSlice:
	case *ssa.Phi:
		for _, e := range i.Edges {
			c.unify(n, c.of(e))
		}
	case *ssa.ChangeType:
		c.unify(n, c.of(i.X))
	case *ssa.FieldAddr:
		if s := c.slot(irutil.FieldOf(i.X.Type(), i.Field)); s != nil {
			c.unify(s, n)
		} else {
			c.foreign(n)
		}
	case *ssa.Field:
		if s := c.slot(irutil.FieldOf(i.X.Type(), i.Field)); s != nil && !isObject(i.Type()) {
			c.unify(c.elem(s), n)
		} else {
			c.foreign(n)
		}
	case *ssa.IndexAddr:
		c.element(n, i.X, isObject(irutil.Deref(i.Type())))
	case *ssa.Index:
		c.unify(n, c.container(i.X))
	case *ssa.Lookup:
		c.unify(n, c.container(i.X))
	case *ssa.Slice:
		c.unify(n, c.of(i.X))
	case *ssa.SliceToArrayPointer:
		c.unify(n, c.of(i.X))
	case *ssa.Extract:
		c.extract(n, i)
	default:
		c.foreign(n)
	}
}

// foreign says that a value comes from code that is not seen.
func (c *Classes) foreign(n *node) {
	if n != nil {
		c.escape(n, ToSend|ToReceive)
	}
}

// keep says that the objects may outlive the function, and be many.
func (c *Classes) keep(n *node) { n.root().kept = true }

// container returns what the elements of a container are, or nil.
func (c *Classes) container(v ssa.Value) *node {
	x := c.of(v)
	if x == nil {
		return nil
	}
	e := c.elem(x)
	c.keep(e)
	return e
}

// element makes n the address of the elements of x.
func (c *Classes) element(n *node, x ssa.Value, object bool) {
	e := c.container(x)
	switch {
	case e == nil:
		c.foreign(n)
	case object:
		c.unify(e, n)
	default:
		c.unify(c.elem(n), e)
	}
}

// extract notes where a part of several values comes from.
func (c *Classes) extract(n *node, i *ssa.Extract) {
	switch t := i.Tuple.(type) {
	case *ssa.Call:
		// See Classes.call.
	case *ssa.UnOp:
		c.unify(n, c.container(t.X))
	case *ssa.Lookup:
		c.unify(n, c.container(t.X))
	case *ssa.Next:
		if r, ok := t.Iter.(*ssa.Range); ok {
			c.unify(n, c.container(r.X))
			return
		}
		c.foreign(n)
	case *ssa.Select:
		at := 1
		for _, s := range t.States {
			if s.Dir != types.RecvOnly {
				continue
			}
			if at++; at == i.Index {
				c.unify(n, c.container(s.Chan))
			}
		}
	default:
		c.foreign(n)
	}
}

// closure binds what a closure captures.
func (c *Classes) closure(i *ssa.MakeClosure) {
	fn := i.Fn.(*ssa.Function)
	n := c.node(i)
	n.fns = append(n.fns, refOf(fn))
	c.functions = append(c.functions, n)
	if ref := refOf(fn); ref.skip == 1 {
		// A method value.
		if c.local[ref.fn] {
			c.unify(c.of(ref.fn.Params[0]), c.of(i.Bindings[0]))
		} else {
			c.foreign(c.of(i.Bindings[0]))
		}
		return
	}
	for k, b := range i.Bindings {
		if !c.local[fn] {
			c.foreign(c.of(b))
			continue
		}
		if x := c.of(b); x != nil {
			c.unify(c.of(fn.FreeVars[k]), x)
		}
	}
}
