package skeleton

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A funcRef is a function that is a value. Of a method value the first parameter is bound.
type funcRef struct {
	fn   *ssa.Function
	skip int
}

func refOf(fn *ssa.Function) funcRef {
	if real := Normal(fn); real != fn && irutil.IsBound(fn) {
		return funcRef{real, 1}
	}
	return funcRef{Normal(fn), 0}
}

// How says how a function comes to run.
type How uint8

// The ways to run a function.
const (
	Called   How = iota
	Deferred     // at the end of the function
	Started      // in a goroutine of its own: go, WaitGroup.Go, errgroup.Group.Go, time.AfterFunc
)

// A Site is a place that runs a function.
type Site struct {
	Instr ssa.CallInstruction
	In    *ssa.Function // the function of the place
	Fn    *ssa.Function // the function that it runs
	How   How
}

// A callIndex knows which functions are run where.
type callIndex struct {
	from    map[ssa.CallInstruction][]Site
	to      map[*ssa.Function][]Site
	open    map[ssa.CallInstruction]bool // also runs what is not seen
	unknown map[*ssa.Function]bool       // is also run by what is not seen
	dynamic []dynamicCall
	bound   map[boundCall]bool
	methods map[string][]*ssa.Function
}

// A dynamicCall is a call of a function value, or of a function that a primitive is given.
type dynamicCall struct {
	instr ssa.CallInstruction
	in    *ssa.Function
	value *node
	args  []ssa.Value
	// given is set where a primitive runs the function, which has no arguments and whose results are dropped.
	given bool
	how   How
}

type boundCall struct {
	instr ssa.CallInstruction
	fn    *ssa.Function
}

func newCallIndex() *callIndex {
	return &callIndex{
		from:    make(map[ssa.CallInstruction][]Site),
		to:      make(map[*ssa.Function][]Site),
		open:    make(map[ssa.CallInstruction]bool),
		unknown: make(map[*ssa.Function]bool),
		bound:   make(map[boundCall]bool),
	}
}

// Runs lists the functions of the package that an instruction calls, defers or starts. all is false where it may run others as well.
func (c *Classes) Runs(instr ssa.CallInstruction) (sites []Site, all bool) {
	return c.calls.from[instr], !c.calls.open[instr]
}

// RunBy lists the places of the package that run a function. all is false where code that is not seen may, too.
func (c *Classes) RunBy(fn *ssa.Function) (sites []Site, all bool) {
	return c.calls.to[fn], !c.calls.unknown[fn]
}

func howOf(instr ssa.CallInstruction) How {
	switch instr.(type) {
	case *ssa.Defer:
		return Deferred
	case *ssa.Go:
		return Started
	}
	return Called
}

// given maps the primitives that run a function to how they do and to its place among the arguments.
var given = map[Kind]struct {
	how How
	arg int
}{
	OnceDo: {Called, 1}, WaitGroupGo: {Started, 1}, GroupGo: {Started, 1}, GroupTryGo: {Started, 1},
	AfterFunc: {Started, 1}, ContextAfterFunc: {Started, 1},
}

// call notes what a call makes one.
func (c *Classes) call(in *ssa.Function, instr ssa.CallInstruction) {
	common := instr.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		c.builtin(b.Name(), instr)
		return
	}
	op := OpOf(instr)
	if g, ok := given[op.Kind]; ok && len(op.Callee.Args) > g.arg {
		c.of(op.Object)
		if f := c.of(op.Callee.Args[g.arg]); f != nil {
			how := g.how
			if how == Called {
				how = howOf(instr)
			}
			c.calls.dynamic = append(c.calls.dynamic, dynamicCall{instr: instr, in: in, value: f, given: true, how: how})
		}
		return
	}
	switch op.Kind {
	case None:
	case OnceFunc:
		if v := instr.Value(); v != nil && len(common.Args) == 1 {
			c.unify(c.of(v), c.of(common.Args[0]))
		}
		return
	case NewCond:
		if v := instr.Value(); v != nil {
			n := c.of(v)
			n.makes = append(n.makes, v)
		}
		return
	case WaitGroupAdd, WaitGroupDone, WaitGroupWait, CondWait, CondSignal, CondBroadcast, GroupSetLimit, GroupWait:
		c.of(op.Object)
		return
	case GroupWithContext:
		if v := instr.Value(); v != nil {
			for _, use := range *v.Referrers() {
				if e, ok := use.(*ssa.Extract); ok && e.Index == 0 {
					n := c.of(e)
					n.makes = append(n.makes, e)
				}
			}
		}
		return
	}
	callee := op.Callee
	switch {
	case callee.Func != nil && c.local[callee.Func]:
		c.bind(in, instr, callee.Func, callee.Args, howOf(instr))
	case callee.Invoke:
		c.invoke(in, instr, callee)
	case callee.Func != nil:
		c.external(instr, callee.Args)
	default:
		if f := c.of(common.Value); f != nil {
			c.calls.dynamic = append(c.calls.dynamic, dynamicCall{instr: instr, in: in, value: f, args: common.Args, how: howOf(instr)})
			return
		}
		c.external(instr, common.Args)
	}
}

// external says that code that is not seen gets the arguments and makes the results.
func (c *Classes) external(instr ssa.CallInstruction, args []ssa.Value) {
	c.calls.open[instr] = true
	for _, a := range args {
		if n := c.of(a); n != nil {
			c.leave(n, a.Type())
		}
	}
	v := instr.Value()
	if v == nil {
		return
	}
	c.foreign(c.of(v))
	if _, tuple := v.Type().(*types.Tuple); tuple {
		for _, use := range *v.Referrers() {
			if e, ok := use.(*ssa.Extract); ok {
				c.foreign(c.of(e))
			}
		}
	}
}

// bind makes arguments and parameters, results and what the call returns, one.
func (c *Classes) bind(in *ssa.Function, instr ssa.CallInstruction, fn *ssa.Function, args []ssa.Value, how How) {
	site := Site{Instr: instr, In: in, Fn: fn, How: how}
	c.calls.from[instr] = append(c.calls.from[instr], site)
	c.calls.to[fn] = append(c.calls.to[fn], site)
	for i, a := range args {
		if i >= len(fn.Params) {
			break
		}
		c.unify(c.of(fn.Params[i]), c.of(a))
	}
	c.bindResults(instr, fn)
}

// bindResults makes the results of a function and what a call returns one.
func (c *Classes) bindResults(instr ssa.CallInstruction, fn *ssa.Function) {
	v := instr.Value()
	if v == nil {
		return
	}
	if fn.Signature.Results().Len() == 1 {
		if n := c.of(v); n != nil {
			c.unify(c.result(fn, 0), n)
		}
		return
	}
	for _, use := range *v.Referrers() {
		if e, ok := use.(*ssa.Extract); ok {
			if n := c.of(e); n != nil {
				c.unify(c.result(fn, e.Index), n)
			}
		}
	}
}

// result returns the node of a result, or nil where it is not followed.
func (c *Classes) result(fn *ssa.Function, i int) *node {
	if i >= fn.Signature.Results().Len() || !c.holds(fn.Signature.Results().At(i).Type()) {
		return nil
	}
	return c.node(resultOf{fn, i})
}

// invoke binds a call of an interface's method to the methods of the package that it may reach.
func (c *Classes) invoke(in *ssa.Function, instr ssa.CallInstruction, callee Callee) {
	m := callee.Object
	iface, _ := callee.Args[0].Type().Underlying().(*types.Interface)
	open := m.Exported() || m.Pkg() != c.pkg
	if iface != nil {
		for _, fn := range c.methods(m.Name()) {
			recv := fn.Signature.Recv().Type()
			if types.Implements(recv, iface) || types.Implements(types.NewPointer(recv), iface) {
				c.bind(in, instr, fn, callee.Args, howOf(instr))
			}
		}
	}
	if open || len(c.calls.from[instr]) == 0 {
		c.external(instr, callee.Args[1:])
	}
}

// methods lists the methods of the package that have the name, in the order of the sources.
func (c *Classes) methods(name string) []*ssa.Function {
	if c.calls.methods == nil {
		c.calls.methods = make(map[string][]*ssa.Function)
		for _, fn := range c.fns {
			if fn.Signature.Recv() != nil {
				c.calls.methods[fn.Name()] = append(c.calls.methods[fn.Name()], fn)
			}
		}
	}
	return c.calls.methods[name]
}

// builtin notes what append and copy make one.
func (c *Classes) builtin(name string, instr ssa.CallInstruction) {
	args := instr.Common().Args
	switch name {
	case "append":
		if v := instr.Value(); v != nil && len(args) == 2 {
			if n := c.of(v); n != nil {
				c.unify(n, c.of(args[0]))
				c.unify(n, c.of(args[1]))
				c.keep(c.elem(n))
			}
		}
	case "copy":
		if n := c.of(args[0]); n != nil {
			c.unify(n, c.of(args[1]))
		}
	case "close":
		c.of(args[0])
	}
}

// resolve binds the calls of function values, and says which functions code that is not seen gets hold of.
func (c *Classes) resolve() {
	c.bindValues()
	// What nobody runs here is run by somebody who is not seen, such as a test, or not at all.
	for _, fn := range c.fns {
		if len(c.calls.to[fn]) == 0 && !c.calls.unknown[fn] {
			c.calls.unknown[fn] = true
			c.opens(fn)
		}
	}
	c.bindValues()
	for _, d := range c.calls.dynamic {
		if len(c.calls.from[d.instr]) == 0 {
			c.calls.open[d.instr] = true
		}
	}
}

// bindValues binds the calls of function values until nothing new is found.
func (c *Classes) bindValues() {
	for changed := true; changed; {
		changed = false
		for _, d := range c.calls.dynamic {
			value := d.value.root()
			if value.escapes != 0 && !c.calls.open[d.instr] {
				changed = true
				c.external(d.instr, d.args)
			}
			for i := 0; i < len(value.root().fns); i++ {
				ref := value.root().fns[i]
				key := boundCall{d.instr, ref.fn}
				if c.calls.bound[key] {
					continue
				}
				c.calls.bound[key] = true
				changed = true
				switch {
				case !c.local[ref.fn]:
					c.external(d.instr, d.args)
				case d.given:
					site := Site{Instr: d.instr, In: d.in, Fn: ref.fn, How: d.how}
					c.calls.from[d.instr] = append(c.calls.from[d.instr], site)
					c.calls.to[ref.fn] = append(c.calls.to[ref.fn], site)
				default:
					c.bindDynamic(d, ref)
				}
			}
		}
		for _, n := range c.functions {
			n = n.root()
			if n.escapes == 0 {
				continue
			}
			for _, ref := range n.fns {
				if c.local[ref.fn] && !c.calls.unknown[ref.fn] {
					c.calls.unknown[ref.fn] = true
					changed = true
					c.opens(ref.fn)
				}
			}
		}
	}
}

// bindDynamic binds a call of a function value to one of the functions that it may be.
func (c *Classes) bindDynamic(d dynamicCall, ref funcRef) {
	if len(ref.fn.Params)-ref.skip != len(d.args) {
		return // not the same function after all
	}
	args := d.args
	if ref.skip == 1 {
		args = append([]ssa.Value{nil}, args...)
	}
	site := Site{Instr: d.instr, In: d.in, Fn: ref.fn, How: d.how}
	c.calls.from[d.instr] = append(c.calls.from[d.instr], site)
	c.calls.to[ref.fn] = append(c.calls.to[ref.fn], site)
	for i, a := range args {
		if a != nil {
			c.unify(c.of(ref.fn.Params[i]), c.of(a))
		}
	}
	c.bindResults(d.instr, ref.fn)
}
