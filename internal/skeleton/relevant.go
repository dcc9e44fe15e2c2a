package skeleton

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// findMatters finds the functions that do something to goroutines, primitives, or the memory that holds them.
func (p *Program) findMatters(fns []*ssa.Function) {
	invokers := make(map[string][]*ssa.Function)
	var todo []*ssa.Function
	mark := func(fn *ssa.Function) {
		if !p.matters[fn] {
			p.matters[fn] = true
			todo = append(todo, fn)
		}
	}
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if p.relevant(instr) {
					mark(fn)
				}
				switch i := instr.(type) {
				case ssa.CallInstruction:
					callee := CalleeOf(i.Common())
					switch {
					case callee.Invoke:
						name := callee.Object.Name()
						invokers[name] = append(invokers[name], fn)
					case callee.Func != nil:
						p.callers[callee.Func] = append(p.callers[callee.Func], fn)
					}
				case *ssa.MakeClosure:
					callee := i.Fn.(*ssa.Function)
					p.binders[callee] = append(p.binders[callee], fn)
				}
			}
		}
	}
	giving := make(map[string][]*ssa.Function) // by the methods of what they return
	for _, fn := range fns {
		for _, name := range givenMethods(fn) {
			giving[name] = append(giving[name], fn)
		}
	}
	p.findMakers(fns)
	for len(todo) > 0 {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, caller := range slices.Concat(p.callers[fn], p.binders[fn]) {
			mark(caller)
		}
		// A call through an interface may be one of this method.
		if fn.Signature.Recv() != nil && !p.methods[fn.Name()] {
			p.methods[fn.Name()] = true
			for _, caller := range invokers[fn.Name()] {
				mark(caller)
			}
			// What such a call is of must be known.
			for _, giver := range giving[fn.Name()] {
				mark(giver)
			}
		}
	}
}

// findMakers finds the functions that own primitives, and those that call them.
func (p *Program) findMakers(fns []*ssa.Function) {
	for _, fn := range fns {
		if p.owns(fn) {
			p.owners = append(p.owners, fn)
			p.makes[fn] = true
		}
	}
	makers := slices.Clone(p.owners)
	for len(makers) > 0 {
		fn := makers[len(makers)-1]
		makers = makers[:len(makers)-1]
		for _, caller := range slices.Concat(p.callers[fn], p.binders[fn]) {
			if !p.makes[caller] {
				p.makes[caller] = true
				makers = append(makers, caller)
			}
		}
	}
}

// givenMethods lists the methods of the interfaces that a function returns, or returns lists of.
func givenMethods(fn *ssa.Function) []string {
	var out []string
	for v := range fn.Signature.Results().Variables() {
		t := v.Type().Underlying()
		if s, ok := t.(*types.Slice); ok {
			t = s.Elem().Underlying()
		}
		if i, ok := t.(*types.Interface); ok && !irutil.IsError(v.Type()) {
			for m := range i.Methods() {
				out = append(out, m.Name())
			}
		}
	}
	return out
}

// relevant reports whether an instruction itself does something that the explorer follows.
func (p *Program) relevant(instr ssa.Instruction) bool {
	if p.pipes.uses(instr) {
		return true
	}
	switch i := instr.(type) {
	case *ssa.Go, *ssa.Send, *ssa.Select, *ssa.MakeChan:
		return true
	case *ssa.Store:
		return p.Tracked(i.Val.Type()) || p.remembered(i)
	case *ssa.Return:
		for _, v := range i.Results {
			if p.Tracked(v.Type()) {
				if _, constant := v.(*ssa.Const); !constant {
					return true
				}
			}
		}
	case ssa.CallInstruction:
		if OpOf(instr).Kind != None {
			return true
		}
		c := i.Common()
		if _, builtin := c.Value.(*ssa.Builtin); builtin {
			return false
		}
		if c.IsInvoke() {
			return false
		}
		return c.StaticCallee() == nil
	case *ssa.UnOp:
		return OpOf(instr).Kind != None
	}
	return false
}

// remembered reports whether a store changes what a later condition may ask: a flag, counter or error that lives longer
// than the statement.
func (p *Program) remembered(s *ssa.Store) bool {
	switch t := s.Val.Type().Underlying().(type) {
	case *types.Basic:
		if t.Info()&(types.IsBoolean|types.IsInteger) == 0 {
			return false
		}
	case *types.Interface, *types.Pointer:
	default:
		return false
	}
	switch s.Addr.(type) {
	case *ssa.Alloc, *ssa.FreeVar, *ssa.FieldAddr, *ssa.Global:
		return true
	}
	return false
}

// Tracked reports whether a value of the type can hold a primitive, a function, or the memory of one.
func (p *Program) Tracked(t types.Type) bool { return p.holds(t, 0) }

func (p *Program) holds(t types.Type, depth int) bool {
	if depth > 6 {
		return false
	}
	t = types.Unalias(t)
	if known, ok := p.tracked[t]; ok {
		return known
	}
	out := false
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		out = true
	case *types.Interface:
		s := p.types.of(t)
		out = s.Shape == Context || s.Name == "sync.Locker"
	case *types.Pointer:
		out = p.holds(u.Elem(), depth+1)
	case *types.Slice:
		out = p.holds(u.Elem(), depth+1)
	case *types.Array:
		out = p.holds(u.Elem(), depth+1)
	case *types.Struct:
		if p.types.of(t).Shape == Primitive {
			out = true
			break
		}
		for f := range u.Fields() {
			if p.pipes.keeps(f) || p.holds(f.Type(), depth+1) {
				out = true
				break
			}
		}
	}
	if out || depth == 0 {
		p.tracked[t] = out
	}
	return out
}

// Matters reports whether running f does something to goroutines or primitives.
func (p *Program) Matters(f *Func) bool { return f != nil && p.matters[f.SSA] }
