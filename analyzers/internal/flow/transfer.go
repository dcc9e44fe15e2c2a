package flow

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// transfer moves object o, which has reached the value of node n, over one instruction that uses it.
func (g *Graph) transfer(instr ssa.Instruction, n *node, o *Object) {
	v := n.value
	switch instr := instr.(type) {
	case *ssa.FieldAddr:
		if f := irutil.FieldOf(instr.X.Type(), instr.Field); f != nil && o.kind == followedObject {
			g.written(instr, o, f.Name())
		}
	case *ssa.Store:
		if instr.Addr == v {
			g.storeInto(instr, o)
		}
		if instr.Val == v {
			g.demand(instr.Addr)
			for _, target := range g.targets(instr.Addr) {
				g.store(instr, n, o, target)
			}
		}
	case *ssa.UnOp:
		switch {
		case instr.Op == token.MUL && o.kind == followedObject:
			g.add(g.value(instr), o, n, nil)
		case instr.Op == token.MUL, instr.Op == token.ARROW && instr.X == v:
			g.load(o, g.partOf(instr, 0, tupleLen(instr)))
		}
	case *ssa.Phi, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.Slice, *ssa.SliceToArrayPointer, *ssa.MultiConvert:
		g.add(g.value(instr.(ssa.Value)), o, n, nil)
	case *ssa.Convert:
		g.escape(instr, n, o, Escape{Kind: Reflection})
	case *ssa.TypeAssert:
		if g.mayBe(o, instr.AssertedType) {
			g.add(g.partOf(instr, 0, tupleLen(instr)), o, n, nil)
		}
	case *ssa.IndexAddr:
		if instr.X == v && o.kind != followedObject {
			g.add(g.value(instr), o, n, nil)
		}
	case *ssa.Range:
		g.add(g.value(instr), o, n, nil)
	case *ssa.Index:
		if instr.X == v {
			g.load(o, g.value(instr))
		}
	case *ssa.Lookup:
		if instr.X == v {
			g.load(o, g.partOf(instr, 0, tupleLen(instr)))
		}
	case *ssa.Next:
		g.load(o, g.partOf(instr, 2, 3))
	case *ssa.MapUpdate:
		g.sendInto(instr, n, o, instr.Map, instr.Value)
		if instr.Key == v {
			g.escape(instr, n, o, Escape{Kind: Container})
		}
	case *ssa.Send:
		g.sendInto(instr, n, o, instr.Chan, instr.X)
	case *ssa.Select:
		recv := 0
		for _, s := range instr.States {
			if s.Dir == types.SendOnly {
				g.sendInto(instr, n, o, s.Chan, s.Send)
				continue
			}
			if s.Chan == v {
				g.load(o, g.partOf(instr, 2+recv, 3))
			}
			recv++
		}
	case *ssa.MakeClosure:
		g.bind(instr, n, o)
	case *ssa.Return:
		for i, r := range instr.Results {
			if r == v {
				g.add(g.resultOf(instr.Parent(), i), o, n, instr)
			}
		}
	case *ssa.Panic:
		g.escape(instr, n, o, Escape{Kind: Dynamic})
	case ssa.CallInstruction:
		g.call(instr, n, o)
	}
}

func tupleLen(v ssa.Value) int {
	if t, ok := v.Type().(*types.Tuple); ok {
		return t.Len()
	}
	return 1
}

// written records what happens to a field of a followed object, whose address addr is.
func (g *Graph) written(addr *ssa.FieldAddr, o *Object, name string) {
	for _, r := range *addr.Referrers() {
		switch r := r.(type) {
		case *ssa.Store:
			if r.Addr != addr {
				o.addWrite(r, Write{Field: name, Place: place(r.Pos(), addr.Pos())})
				continue
			}
			o.addWrite(r, Write{Field: name, Zero: isZero(r.Val), Value: r.Val, Text: text(r.Val), Place: place(r.Pos(), addr.Pos())})
		case *ssa.FieldAddr:
			if f := irutil.FieldOf(r.X.Type(), r.Field); f != nil {
				g.written(r, o, name+"."+f.Name())
			}
		case *ssa.UnOp, *ssa.DebugRef:
		case ssa.Instruction:
			o.addWrite(r, Write{Field: name, Place: place(r.Pos(), addr.Pos())})
		}
	}
}

func place(positions ...token.Pos) pass.Place {
	for _, pos := range positions {
		if pos.IsValid() {
			return pass.Place{Pos: pos}
		}
	}
	return pass.Place{}
}

// isZero reports whether v is a constant zero value, or a negative number, which the standard library's timeouts treat
// as none.
func isZero(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return false
	case *ssa.ChangeType:
		return isZero(v.X)
	case *ssa.Const:
		if v.Value == nil {
			return true
		}
		switch v.Value.Kind() {
		case constant.Int, constant.Float:
			return constant.Sign(v.Value) <= 0
		case constant.Bool:
			return !constant.BoolVal(v.Value)
		case constant.String:
			return constant.StringVal(v.Value) == ""
		}
	}
	return false
}

// text returns the value of a string constant, else "".
func text(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.String {
		return constant.StringVal(c.Value)
	}
	return ""
}

// targets are the cells and objects that an address points to so far.
func (g *Graph) targets(addr ssa.Value) []*Object {
	if n := g.values[addr]; n != nil {
		return append([]*Object(nil), n.objs...)
	}
	return nil
}

// storeInto handles a store through an address that o has reached: o is the memory.
func (g *Graph) storeInto(instr *ssa.Store, o *Object) {
	if _, zero := instr.Val.(*ssa.Const); !zero && o.kind == followedObject && g.structName(instr.Val.Type()) != "" {
		o.overwritten = true
	}
	if o.kind == cellObject {
		g.demandStored(o, instr.Val)
	}
	if n := g.values[instr.Val]; n != nil {
		for _, stored := range append([]*Object(nil), n.objs...) {
			g.store(instr, n, stored, o)
		}
	}
}

// store keeps object o, which has reached node n, in the memory target.
func (g *Graph) store(instr ssa.Instruction, n *node, o, target *Object) {
	switch target.kind {
	case cellObject:
		g.add(target.content, o, n, instr)
	case followedObject:
		if o.kind == followedObject {
			o.copyTo(target, instr.Pos())
		} else {
			target.addEscape(instr, Escape{Kind: Copied, In: instr.Parent(), Place: place(instr.Pos())})
		}
	case unknownObject:
		g.escape(instr, n, o, Escape{Kind: Container})
	}
}

// load lets what the memory o holds reach a node.
func (g *Graph) load(o *Object, to *node) {
	switch o.kind {
	case cellObject:
		g.connect(o.content, to, nil)
	case unknownObject:
		g.add(to, o, nil, nil)
	}
}

// sendInto handles a map update or a send: container is what holds elem from now on.
func (g *Graph) sendInto(instr ssa.Instruction, n *node, o *Object, container, elem ssa.Value) {
	if elem == n.value {
		g.demand(container)
		for _, target := range g.targets(container) {
			g.store(instr, n, o, target)
		}
	}
	if container == n.value {
		if o.kind == cellObject {
			g.demandStored(o, elem)
		}
		if held := g.values[elem]; held != nil {
			for _, stored := range append([]*Object(nil), held.objs...) {
				g.store(instr, held, stored, o)
			}
		}
	}
}

// mayBe reports whether a type assertion to t can succeed for o.
func (g *Graph) mayBe(o *Object, t types.Type) bool {
	if o.kind != followedObject || types.IsInterface(t) {
		return true
	}
	return g.trackedName(t) == o.Type
}

// escape records that an object has left what can be seen, with all that it holds.
func (g *Graph) escape(at ssa.Instruction, n *node, o *Object, e Escape) {
	e.In, e.node = at.Parent(), n
	if !e.Pos.IsValid() {
		e.Place = place(at.Pos())
	}
	switch o.kind {
	case followedObject:
		o.addEscape(at, e)
	case cellObject, funcObject:
		if g.once(o, at) {
			g.leak(o, func(held *Object, in *node) { g.escape(at, in, held, e) })
		}
	}
}

// leak calls f for all that code outside gets hold of with o: what a cell holds, what a function returns.
func (g *Graph) leak(o *Object, f func(*Object, *node)) {
	switch o.kind {
	case cellObject:
		g.forEach(o.content, func(held *Object) { f(held, o.content) })
	case funcObject:
		for i := range o.fn.Signature.Results().Len() {
			n := g.resultOf(o.fn, i)
			g.forEach(n, func(held *Object) { f(held, n) })
		}
		for _, p := range o.fn.Params {
			g.opaque(p)
		}
	}
}
