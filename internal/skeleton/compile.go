package skeleton

import (
	"go/constant"
	"hash/fnv"

	"golang.org/x/tools/go/ssa"
)

// A compiler makes the graph of one function.
type compiler struct {
	*Func
	p      *Program
	fn     *ssa.Function
	regs   map[ssa.Value]Arg
	consts map[any]Arg
	crash  []bool
	counts map[*ssa.Phi]bool // see findCounts
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
	c.findCounts()
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
		k = c.p.constant(v)
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

// constant describes a constant, but for its type.
func (p *Program) constant(v *ssa.Const) Const {
	if v.Value == nil {
		if p.TypeOf(v.Type()).Aggregate() {
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
