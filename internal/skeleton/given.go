package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Given are the arguments of a call as far as they are constant, one for each parameter; nil stands for anything else.
type Given []*Const

// The bounds of what is known of a function's calls.
const (
	maxGiven   = 6 // combinations of constants
	maxForward = 3 // functions that hand on their own parameters
)

// uses says how the functions of the package are used in it.
type uses struct {
	calls   map[*ssa.Function][]ssa.CallInstruction
	values  map[types.Object]bool // not only called
	invoked map[string]bool       // the methods that are called through interfaces, by Id
}

func (p *Program) findUses() *uses {
	if p.used != nil {
		return p.used
	}
	u := &uses{calls: make(map[*ssa.Function][]ssa.CallInstruction), values: make(map[types.Object]bool), invoked: make(map[string]bool)}
	for _, in := range p.fns {
		for _, b := range in.Blocks {
			for _, instr := range b.Instrs {
				call, isCall := instr.(ssa.CallInstruction)
				if isCall && call.Common().IsInvoke() {
					u.invoked[call.Common().Method.Id()] = true
				}
				var operands [10]*ssa.Value
				for _, v := range instr.Operands(operands[:0]) {
					fn, ok := (*v).(*ssa.Function)
					switch {
					case !ok || fn.Object() == nil:
					case isCall && v == &call.Common().Value && fn.Synthetic == "":
						u.calls[fn] = append(u.calls[fn], call)
					default:
						u.values[fn.Object()] = true // also a method value or expression, or an instance
					}
				}
			}
		}
	}
	p.used = u
	return u
}

// GivenTo lists the combinations of constants that the calls of fn give it, where all of its calls are seen: it is not
// exported and is nothing but called. A parameter that a caller of the kind hands on is what that one is given. The list is
// empty where that says nothing: a call that gives no constant, or too many combinations.
func (p *Program) GivenTo(fn *ssa.Function) []Given {
	list, ok := p.givenTo(fn, 0)
	if !ok || slices.ContainsFunc(list, func(g Given) bool {
		return !slices.ContainsFunc(g, func(c *Const) bool { return c != nil })
	}) {
		return nil
	}
	return list
}

func (p *Program) givenTo(fn *ssa.Function, depth int) ([]Given, bool) {
	if depth > maxForward || len(fn.Params) == 0 {
		return nil, false
	}
	sites, all := p.onlyCalled(fn)
	if !all {
		return nil, false
	}
	var list []Given
	for _, site := range sites {
		args := site.Common().Args
		if len(args) != len(fn.Params) {
			return nil, false
		}
		own := make(Given, len(args))
		forwards := make(map[int]int) // by parameter, the one of the caller
		for i, a := range args {
			switch a := a.(type) {
			case *ssa.Const:
				if k := p.constant(a); k.Kind != ConstOther {
					k.Type = p.TypeOf(a.Type())
					own[i] = &k
				}
			case *ssa.Parameter:
				if n := slices.Index(site.Parent().Params, a); n >= 0 {
					forwards[i] = n
				}
			}
		}
		outer := []Given{nil}
		if len(forwards) > 0 && site.Parent() != fn {
			if more, ok := p.givenTo(site.Parent(), depth+1); ok {
				outer = more
			}
		}
		for _, o := range outer {
			g := slices.Clone(own)
			for i, n := range forwards {
				if n < len(o) {
					g[i] = o[n]
				}
			}
			if !slices.ContainsFunc(list, g.equal) {
				list = append(list, g)
			}
		}
		if len(list) > maxGiven {
			return nil, false
		}
	}
	return list, true
}

func (g Given) equal(other Given) bool {
	return slices.EqualFunc(g, other, func(a, b *Const) bool { return a == b || a != nil && b != nil && *a == *b })
}

// onlyCalled lists the calls of a function of the package, with those that go and defer statements make. ok is false where
// there may be others: it is exported or generic, it is used as a value, or a method of its name is called through an
// interface.
func (p *Program) onlyCalled(fn *ssa.Function) (sites []ssa.CallInstruction, ok bool) {
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Exported() || fn.Synthetic != "" || fn.TypeParams().Len() > 0 || obj.Signature().RecvTypeParams().Len() > 0 {
		return nil, false
	}
	u := p.findUses()
	if u.values[obj] || fn.Signature.Recv() != nil && u.invoked[obj.Id()] {
		return nil, false
	}
	return u.calls[fn], len(u.calls[fn]) > 0
}

// Possible returns the blocks of a function that can be reached with the constants that its calls give it, or nil where
// they say nothing.
func (p *Program) Possible(fn *ssa.Function) map[*ssa.BasicBlock]bool {
	if p == nil {
		return nil
	}
	if out, known := p.possible[fn]; known {
		return out
	}
	var out map[*ssa.BasicBlock]bool
	if list := p.GivenTo(fn); len(list) > 0 {
		out = make(map[*ssa.BasicBlock]bool)
		for _, g := range list {
			question{p, fn, g}.reach(out)
		}
	}
	p.possible[fn] = out
	return out
}

// A question is what a function does when it is called with these constants.
type question struct {
	p     *Program
	fn    *ssa.Function
	given Given
}

// reach adds the blocks that the call can reach.
func (q question) reach(out map[*ssa.BasicBlock]bool) {
	seen := make(map[*ssa.BasicBlock]bool)
	todo := []*ssa.BasicBlock{q.fn.Blocks[0]}
	if q.fn.Recover != nil {
		todo = append(todo, q.fn.Recover)
	}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[b] {
			continue
		}
		seen[b], out[b] = true, true
		next := b.Succs
		if br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok {
			if truth, known := q.truth(br.Cond); known && truth {
				next = next[:1]
			} else if known {
				next = next[1:]
			}
		}
		todo = append(todo, next...)
	}
}

// truth decides a condition that asks for a parameter, where it can.
func (q question) truth(cond ssa.Value) (truth, known bool) {
	switch v := cond.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			truth, known := q.truth(v.X)
			return !truth, known
		}
	case *ssa.BinOp:
		return compare(v.Op, q.constant(v.X), q.constant(v.Y))
	}
	k := q.constant(cond)
	return k.N != 0, k.Kind == ConstInt
}

// compare decides a comparison of constants, where it can.
func compare(op token.Token, a, b Const) (truth, known bool) {
	if a.Kind != b.Kind || a.Kind != ConstInt && a.Kind != ConstString && a.Kind != ConstNil {
		return false, false
	}
	switch {
	case op == token.EQL:
		return a.N == b.N, true
	case op == token.NEQ:
		return a.N != b.N, true
	case a.Kind != ConstInt:
		return false, false
	case op == token.LSS:
		return a.N < b.N, true
	case op == token.LEQ:
		return a.N <= b.N, true
	case op == token.GTR:
		return a.N > b.N, true
	case op == token.GEQ:
		return a.N >= b.N, true
	}
	return false, false
}

// constant is what a value is known to be, or of the kind ConstOther.
func (q question) constant(v ssa.Value) Const {
	switch v := v.(type) {
	case *ssa.Const:
		return q.p.constant(v)
	case *ssa.Parameter:
		if i := slices.Index(q.fn.Params, v); i >= 0 && i < len(q.given) && q.given[i] != nil {
			return *q.given[i]
		}
	case *ssa.UnOp:
		// A parameter that a closure captures is a variable.
		if alloc, ok := v.X.(*ssa.Alloc); ok && v.Op == token.MUL {
			if only, ok := OnlyStored(alloc).(*ssa.Parameter); ok {
				return q.constant(only)
			}
		}
	}
	return Const{}
}
