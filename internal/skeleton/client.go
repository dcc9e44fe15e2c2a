package skeleton

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A ClientCall is one call that a synthesised client of a type makes.
type ClientCall struct {
	Method *ssa.Function // the receiver is what the constructor returned
	// Starts is set where the client makes the call in a goroutine of its own.
	Starts bool
	// Settles is set where the client then waits until what it has started has come to rest.
	Settles bool
}

// Client makes the graph of a function that nobody wrote: it makes a value with a constructor, whose result number index
// the value is, and then calls methods of the value in order. What the calls are given besides comes from the environment.
// A constructor or method that returns an error ends the client. It returns nil where a function has no body here.
func (p *Program) Client(constructor *ssa.Function, index int, calls []ClientCall) *Func {
	made := p.ref(constructor)
	if made == nil {
		return nil
	}
	f := &Func{Name: FuncName(constructor), SSA: constructor, prog: p, Recover: -1, ready: true, Result: p.TypeOf(types.NewTuple())}
	b := &clientBuilder{p: p, f: f}
	b.params(constructor, 0)
	for _, c := range calls {
		if p.ref(c.Method) == nil || len(c.Method.Params) == 0 {
			return nil
		}
		b.params(c.Method, 1)
	}
	f.Regs = len(f.Params)
	next := 0
	args := func(fn *ssa.Function, skip int) []Arg {
		var list []Arg
		for range fn.Params[skip:] {
			list = append(list, Arg(next))
			next++
		}
		return list
	}
	f.Blocks = make([]Block, 1)
	value := b.call(made, args(constructor, 0), false)
	value = b.extract(value, constructor, index)
	b.stopOnError(constructor, value.tuple)
	for _, c := range calls {
		r := b.call(p.ref(c.Method), append([]Arg{value.arg}, args(c.Method, 1)...), c.Starts)
		switch {
		case !c.Starts:
			b.stopOnError(c.Method, r.tuple)
		case c.Settles:
			b.emit(Instr{Code: Perform, Dst: NoArg, Call: &Call{Kind: Settle, Value: NoArg}, Pos: c.Method.Pos()})
		}
	}
	b.emit(Instr{Code: Return, Dst: NoArg})
	f.findLive()
	return f
}

// A clientBuilder writes the graph of a client.
type clientBuilder struct {
	p *Program
	f *Func
}

// A clientValue is what a call of a client returned.
type clientValue struct{ arg, tuple Arg }

func (b *clientBuilder) params(fn *ssa.Function, skip int) {
	for _, param := range fn.Params[skip:] {
		b.f.Params = append(b.f.Params, b.p.TypeOf(param.Type()))
	}
}

func (b *clientBuilder) reg() Arg {
	b.f.Regs++
	return Arg(b.f.Regs - 1)
}

func (b *clientBuilder) emit(in Instr) {
	block := &b.f.Blocks[len(b.f.Blocks)-1]
	block.Instrs = append(block.Instrs, in)
}

func (b *clientBuilder) call(fn *Func, args []Arg, starts bool) clientValue {
	c := &Call{Func: fn, Value: NoArg, Args: args, Result: b.p.TypeOf(fn.SSA.Signature.Results())}
	if r := fn.SSA.Signature.Results(); r.Len() == 1 {
		c.Result = b.p.TypeOf(r.At(0).Type())
	}
	for _, param := range fn.SSA.Params {
		c.Types = append(c.Types, b.p.TypeOf(param.Type()))
	}
	if starts {
		b.emit(Instr{Code: GoFunc, Dst: NoArg, Call: c, Pos: fn.SSA.Pos()})
		return clientValue{NoArg, NoArg}
	}
	dst := b.reg()
	b.emit(Instr{Code: CallFunc, Dst: dst, Call: c, Type: c.Result, Pos: fn.SSA.Pos()})
	return clientValue{dst, dst}
}

// extract takes one of the results of a call.
func (b *clientBuilder) extract(v clientValue, fn *ssa.Function, index int) clientValue {
	results := fn.Signature.Results()
	if results.Len() < 2 {
		return v
	}
	dst := b.reg()
	b.emit(Instr{Code: Extract, Dst: dst, Args: []Arg{v.tuple}, N: b.p.TypeOf(results).Where[index], Type: b.p.TypeOf(results.At(index).Type())})
	return clientValue{dst, v.tuple}
}

// stopOnError ends the client where the last result is an error that is not nil.
func (b *clientBuilder) stopOnError(fn *ssa.Function, result Arg) {
	results := fn.Signature.Results()
	if results.Len() == 0 || !irutil.IsError(results.At(results.Len()-1).Type()) {
		return
	}
	failed := b.extract(clientValue{result, result}, fn, results.Len()-1)
	if b.f.Consts == nil {
		b.f.Consts = []Const{{Kind: ConstNil, Type: b.p.TypeOf(types.Universe.Lookup("error").Type())}}
	}
	cond := b.reg()
	b.emit(Instr{Code: Binary, Dst: cond, Args: []Arg{failed.arg, -1}, N: int(token.EQL), Type: b.p.TypeOf(types.Typ[types.Bool])})
	b.emit(Instr{Code: Branch, Dst: NoArg, Args: []Arg{cond}})
	branch := len(b.f.Blocks) - 1
	b.f.Blocks = append(b.f.Blocks, Block{Instrs: []Instr{{Code: Crash, Dst: NoArg}}}, Block{})
	b.f.Blocks[branch].Succs = []int{branch + 2, branch + 1}
}
