package skeleton

import (
	"go/constant"
	"go/token"
	"go/types"
	"hash/fnv"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A compiler makes the graph of one function.
type compiler struct {
	*Func
	p      *Program
	fn     *ssa.Function
	regs   map[ssa.Value]Arg
	consts map[any]Arg
	crash  []bool
}

// build makes the graph.
func (f *Func) build() {
	if f.ready {
		return
	}
	f.ready = true
	c := &compiler{Func: f, p: f.prog, fn: f.SSA, regs: make(map[ssa.Value]Arg), consts: make(map[any]Arg)}
	c.run()
}

func (c *compiler) run() {
	for _, param := range c.fn.Params {
		c.define(param)
		c.Params = append(c.Params, c.p.TypeOf(param.Type()))
	}
	for _, free := range c.fn.FreeVars {
		c.define(free)
	}
	c.Free = len(c.fn.FreeVars)
	c.Result = c.p.TypeOf(c.fn.Signature.Results())
	for _, b := range c.fn.Blocks {
		for _, instr := range b.Instrs {
			if v, ok := instr.(ssa.Value); ok {
				c.define(v)
			}
		}
	}
	c.crash = make([]bool, len(c.fn.Blocks))
	for i, b := range c.fn.Blocks {
		c.crash[i] = c.crashes(b)
	}
	s := newSlicer(c.fn, c.crash)
	c.Blocks = make([]Block, len(c.fn.Blocks))
	type merge struct {
		from   int
		region map[int]bool
	}
	whole := tells(c.fn)            // every branch of it decides what it says
	looped := make(map[int]bool)    // the branch was that of a loop
	merged := make(map[int][]merge) // by the block where the paths meet
	for i, b := range c.fn.Blocks {
		c.Blocks[i].Succs = s.succs[i]
		c.block(b)
		last := len(c.Blocks[i].Instrs) - 1
		if last < 0 || c.Blocks[i].Instrs[last].Code != Branch {
			continue
		}
		if len(s.succs[i]) == 1 {
			c.Blocks[i].Instrs[last] = Instr{Code: Jump, Dst: NoArg}
			continue
		}
		if whole {
			continue
		}
		if to, region, again := s.join(i, c.blockMatters); to >= 0 && !c.joinMatters(to) && !(again && c.joinMatters(i)) {
			looped[i] = again
			c.Blocks[i].Succs = []int{to}
			c.Blocks[i].Instrs[last] = Instr{Code: Jump, Dst: NoArg}
			merged[to] = append(merged[to], merge{i, region})
		}
	}
	for i, b := range c.fn.Blocks {
		c.phis(b)
		if looped[i] {
			// What its rounds made of a variable is not known.
			for j := range c.Blocks[i].Phis {
				phi := &c.Blocks[i].Phis[j]
				for k := range phi.Edges {
					phi.Edges[k].Value = NoArg
				}
			}
		}
		for _, m := range merged[i] {
			for j := range c.Blocks[i].Phis {
				phi := &c.Blocks[i].Phis[j]
				value, first := NoArg, true
				for _, e := range phi.Edges {
					if e.Pred != m.from && !m.region[e.Pred] {
						continue
					}
					if first {
						value, first = e.Value, false
					} else if value != e.Value {
						value = NoArg
					}
				}
				edges := phi.Edges[:0:0]
				for _, e := range phi.Edges {
					if e.Pred != m.from {
						edges = append(edges, e)
					}
				}
				edges = append(edges, PhiEdge{m.from, value})
				phi.Edges = edges
			}
		}
	}
	if c.fn.Recover != nil {
		c.Recover = c.fn.Recover.Index
	}
	c.Regs = len(c.regs)
	c.findLive()
}

func (c *compiler) define(v ssa.Value) {
	if _, ok := c.regs[v]; !ok {
		c.regs[v] = Arg(len(c.regs))
	}
}

// crashes reports whether a block ends the program and does nothing before that another goroutine could wait for.
func (c *compiler) crashes(b *ssa.BasicBlock) bool {
	for _, instr := range b.Instrs {
		if OpOf(instr).Kind == Goexit {
			return false
		}
		if c.p.relevant(instr) {
			return false
		}
		if c.p.ends(instr) {
			return true
		}
		if _, ok := instr.(*ssa.Panic); ok {
			return true
		}
	}
	return false
}

// blockMatters reports whether a block does something that must not be left out.
func (c *compiler) blockMatters(i int) bool {
	for _, instr := range c.fn.Blocks[i].Instrs {
		switch instr := instr.(type) {
		case *ssa.Return, *ssa.Panic, *ssa.RunDefers, *ssa.Defer:
			return true
		case ssa.CallInstruction:
			callee := CalleeOf(instr.Common())
			if callee.Func != nil && c.p.matters[callee.Func] || callee.Invoke && c.p.methods[callee.Object.Name()] {
				return true
			}
			if c.p.ends(instr) || c.givesAway(instr.Common()) {
				return true
			}
		case *ssa.MapUpdate:
			if c.p.Tracked(instr.Value.Type()) {
				return true
			}
		}
		if c.p.relevant(instr) {
			return true
		}
	}
	return false
}

// givesAway reports whether a call hands something that is followed to code that is not seen.
func (c *compiler) givesAway(call *ssa.CallCommon) bool {
	callee := CalleeOf(call)
	if harmless(callee) {
		return false
	}
	if _, builtin := call.Value.(*ssa.Builtin); builtin {
		return false
	}
	for _, a := range callee.Args {
		if _, constant := a.(*ssa.Const); !constant && c.p.Tracked(a.Type()) && !irutil.IsContext(a.Type()) {
			return true
		}
	}
	return false
}

// counter reports whether a value that is compared changes with the rounds of a loop that the comparison may end.
func counter(v ssa.Value, at *ssa.BinOp) bool {
	phi, ok := v.(*ssa.Phi)
	return ok && phi.Block() == at.Block()
}

// own reports whether a value is made of an unexported type of the package.
func (c *compiler) own(v ssa.Value) bool {
	made, ok := v.(*ssa.MakeInterface)
	if !ok {
		return false
	}
	named, ok := types.Unalias(made.X.Type()).(*types.Named)
	return ok && !named.Obj().Exported() && named.Obj().Pkg() == c.fn.Package().Pkg
}

// joinMatters reports whether the paths that meet at a block choose a value that is followed.
func (c *compiler) joinMatters(i int) bool {
	for _, instr := range c.fn.Blocks[i].Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if c.p.Tracked(phi.Type()) || holdsInterfaces(phi.Type()) {
			return true
		}
	}
	return false
}

// holdsInterfaces reports whether a value is a list of interfaces, which may hold anything.
func holdsInterfaces(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	i, ok := s.Elem().Underlying().(*types.Interface)
	return ok && i.NumMethods() > 0 && !irutil.IsError(s.Elem())
}

func (c *compiler) phis(b *ssa.BasicBlock) {
	for _, instr := range b.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		out := Phi{Dst: c.regs[phi]}
		for i, e := range phi.Edges {
			out.Edges = append(out.Edges, PhiEdge{b.Preds[i].Index, c.arg(e)})
		}
		c.Blocks[b.Index].Phis = append(c.Blocks[b.Index].Phis, out)
	}
}

// arg returns how an instruction names a value.
func (c *compiler) arg(v ssa.Value) Arg {
	if a, ok := c.regs[v]; ok {
		return a
	}
	var k Const
	switch v := v.(type) {
	case *ssa.Const:
		k = c.constant(v)
	case *ssa.Function:
		k = Const{Kind: ConstFunc, Func: c.p.ref(v)}
		if k.Func == nil {
			k.Kind = ConstOther
		}
	case *ssa.Global:
		k = Const{Kind: ConstGlobal, Global: v}
	}
	k.Type = c.p.TypeOf(v.Type())
	if a, ok := c.consts[k]; ok {
		return a
	}
	c.Consts = append(c.Consts, k)
	a := Arg(-len(c.Consts))
	c.consts[k] = a
	return a
}

func (c *compiler) constant(v *ssa.Const) Const {
	if v.Value == nil {
		if c.p.TypeOf(v.Type()).Aggregate() {
			return Const{Kind: ConstZero}
		}
		return Const{Kind: ConstNil}
	}
	switch v.Value.Kind() {
	case constant.Bool:
		if constant.BoolVal(v.Value) {
			return Const{Kind: ConstInt, N: 1}
		}
		return Const{Kind: ConstInt}
	case constant.Int:
		if n, exact := constant.Int64Val(v.Value); exact {
			return Const{Kind: ConstInt, N: n}
		}
	case constant.String:
		h := fnv.New64a()
		h.Write([]byte(constant.StringVal(v.Value)))
		return Const{Kind: ConstString, N: int64(h.Sum64())}
	}
	return Const{Kind: ConstOther}
}

func (c *compiler) args(values ...ssa.Value) []Arg {
	var out []Arg
	for _, v := range values {
		out = append(out, c.arg(v))
	}
	return out
}

// block translates the instructions of a block.
func (c *compiler) block(b *ssa.BasicBlock) {
	out := &c.Blocks[b.Index]
	emit := func(instr ssa.Instruction, in Instr) {
		in.At, in.Pos = instr, instr.Pos()
		if v, ok := instr.(ssa.Value); ok {
			in.Dst = c.regs[v]
			if in.Type == nil {
				in.Type = c.p.TypeOf(v.Type())
			}
		} else {
			in.Dst = NoArg
		}
		out.Instrs = append(out.Instrs, in)
	}
	for _, instr := range b.Instrs {
		if _, phi := instr.(*ssa.Phi); phi {
			continue
		}
		if in, ok := c.translate(instr); ok {
			emit(instr, in)
		}
		if c.p.ends(instr) && OpOf(instr).Kind != Goexit {
			emit(instr, Instr{Code: Crash})
			return
		}
	}
}

func (c *compiler) translate(instr ssa.Instruction) (Instr, bool) {
	switch i := instr.(type) {
	case *ssa.Alloc:
		return Instr{Code: Alloc, Type: c.p.TypeOf(i.Type().Underlying().(*types.Pointer).Elem())}, true
	case *ssa.FieldAddr:
		if ptr, ok := i.X.Type().Underlying().(*types.Pointer); ok {
			if t := c.p.TypeOf(ptr.Elem()); t.Shape == Struct && i.Field < len(t.Where) {
				return Instr{Code: FieldAddr, Args: c.args(i.X), N: t.Where[i.Field]}, true
			}
		}
		return Instr{Code: Derived, Args: c.args(i.X), N: i.Field}, true
	case *ssa.Field:
		if t := c.p.TypeOf(i.X.Type()); t.Shape == Struct && i.Field < len(t.Where) {
			return Instr{Code: FieldOf, Args: c.args(i.X), N: t.Where[i.Field]}, true
		}
		return Instr{Code: Derived, Args: c.args(i.X), N: i.Field}, true
	case *ssa.IndexAddr:
		elem := c.p.TypeOf(i.Type().Underlying().(*types.Pointer).Elem())
		return Instr{Code: IndexAddr, Args: c.args(i.X, i.Index), N: elem.Slots}, true
	case *ssa.Index:
		return Instr{Code: Derived, Args: c.args(i.X, i.Index)}, true
	case *ssa.Store:
		return Instr{Code: Store, Args: c.args(i.Addr, i.Val), Type: c.p.TypeOf(i.Val.Type())}, true
	case *ssa.UnOp:
		switch i.Op {
		case token.MUL:
			return Instr{Code: Load, Args: c.args(i.X)}, true
		case token.ARROW:
			return Instr{Code: Perform, CommaOk: i.CommaOk, Call: &Call{Kind: Recv, Args: c.args(i.X), Result: c.p.TypeOf(i.X.Type().Underlying().(*types.Chan).Elem())}}, true
		case token.NOT:
			return Instr{Code: Not, Args: c.args(i.X)}, true
		}
		return Instr{Code: Derived, Args: c.args(i.X), N: int(i.Op)}, true
	case *ssa.BinOp:
		return Instr{
			Code: Binary, CommaOk: c.p.TypeOf(i.X.Type()).Shape == Int, Own: c.own(i.X) || c.own(i.Y), Counts: counter(i.X, i) || counter(i.Y, i), Args: c.args(i.X, i.Y), N: int(i.Op),
		}, true
	case *ssa.Send:
		return Instr{Code: Perform, Call: &Call{Kind: Send, Args: c.args(i.Chan, i.X), Result: c.p.TypeOf(i.X.Type())}}, true
	case *ssa.MakeChan:
		return Instr{Code: Perform, Call: &Call{Kind: MakeChan, Args: c.args(i.Size), Result: c.p.TypeOf(i.Type())}}, true
	case *ssa.Select:
		choice := &Choice{Default: !i.Blocking}
		for _, st := range i.States {
			k := ChoiceCase{Send: st.Dir == types.SendOnly, Chan: c.arg(st.Chan), Value: NoArg, Pos: st.Pos}
			if k.Send {
				k.Value = c.arg(st.Send)
			}
			if ch, ok := st.Chan.Type().Underlying().(*types.Chan); ok {
				k.Elem = c.p.TypeOf(ch.Elem())
			}
			choice.Cases = append(choice.Cases, k)
		}
		return Instr{Code: Choose, Select: choice}, true
	case *ssa.Go:
		return Instr{Code: GoFunc, Call: c.call(i.Common())}, true
	case *ssa.Defer:
		in := Instr{Code: DeferFunc, Call: c.call(i.Common())}
		if i.DeferStack != nil {
			in.Args = c.args(i.DeferStack)
		}
		return in, true
	case *ssa.Call:
		return c.callInstr(i)
	case *ssa.RunDefers:
		return Instr{Code: RunDefers}, true
	case *ssa.Return:
		return Instr{Code: Return, Args: c.args(i.Results...)}, true
	case *ssa.If:
		return Instr{Code: Branch, Args: c.args(i.Cond)}, true
	case *ssa.Jump:
		return Instr{Code: Jump}, true
	case *ssa.Panic:
		return Instr{Code: Crash}, true
	case *ssa.MakeClosure:
		fn := c.p.ref(i.Fn.(*ssa.Function))
		if fn == nil {
			return Instr{Code: Unknown, Args: c.args(i.Bindings...)}, true
		}
		return Instr{Code: MakeClosure, Func: fn, Args: c.args(i.Bindings...)}, true
	case *ssa.MakeInterface:
		return Instr{Code: MakeIface, Args: c.args(i.X), Type: c.p.TypeOf(i.X.Type())}, true
	case *ssa.TypeAssert:
		return Instr{Code: Assert, CommaOk: i.CommaOk, Args: c.args(i.X), Type: c.p.TypeOf(i.AssertedType)}, true
	case *ssa.ChangeType:
		return Instr{Code: Move, Args: c.args(i.X)}, true
	case *ssa.ChangeInterface:
		return Instr{Code: Move, Args: c.args(i.X)}, true
	case *ssa.Convert:
		if c.p.TypeOf(i.Type()).Shape == Int && c.p.TypeOf(i.X.Type()).Shape == Int {
			return Instr{Code: Move, Args: c.args(i.X)}, true
		}
		return Instr{Code: Derived, Args: c.args(i.X)}, true
	case *ssa.Extract:
		t := c.p.TypeOf(i.Tuple.Type())
		in := Instr{Code: Extract, Args: c.args(i.Tuple), N: i.Index}
		if i.Index < len(t.Where) {
			in.N = t.Where[i.Index]
		}
		return in, true
	case *ssa.MakeSlice:
		return Instr{Code: MakeSlice, Args: c.args(i.Len)}, true
	case *ssa.Slice:
		return c.slice(i), true
	case *ssa.MakeMap:
		return Instr{Code: MakeMap}, true
	case *ssa.MapUpdate:
		return Instr{Code: MapSet, Args: c.args(i.Map, i.Key, i.Value), Type: c.p.TypeOf(i.Value.Type())}, true
	case *ssa.Lookup:
		if m, ok := i.X.Type().Underlying().(*types.Map); ok {
			return Instr{Code: MapGet, CommaOk: i.CommaOk, Args: c.args(i.X, i.Index), Type: c.p.TypeOf(m.Elem())}, true
		}
		return Instr{Code: Unknown}, true
	case *ssa.Range:
		if _, ok := i.X.Type().Underlying().(*types.Map); ok {
			return Instr{Code: Iterate, Args: c.args(i.X)}, true
		}
		return Instr{Code: Unknown}, true
	case *ssa.Next:
		if !i.IsString {
			return Instr{Code: Next, Args: c.args(i.Iter)}, true
		}
		return Instr{Code: Unknown}, true
	case ssa.Value:
		var args []Arg
		for _, op := range instr.Operands(nil) {
			args = append(args, c.arg(*op))
		}
		return Instr{Code: Unknown, Args: args}, true
	}
	return Instr{}, false
}

// slice translates the expression x[low:high].
func (c *compiler) slice(i *ssa.Slice) Instr {
	in := Instr{Code: SliceOf, Args: c.args(i.X, ssa.NewConst(constant.MakeInt64(0), types.Typ[types.Int]))}
	switch t := i.X.Type().Underlying().(type) {
	case *types.Slice:
	case *types.Pointer:
		array, ok := t.Elem().Underlying().(*types.Array)
		if !ok {
			return Instr{Code: Unknown, Args: c.args(i.X)}
		}
		in.N = int(array.Len())
	default:
		return Instr{Code: Unknown, Args: c.args(i.X)}
	}
	if i.Low != nil {
		in.Args[1] = c.arg(i.Low)
	}
	if i.High != nil {
		in.Args = append(in.Args, c.arg(i.High))
	}
	return in
}
