package skeleton

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// The ends of a pipe of package io are handed on as readers and writers, so that their types do not tell what a function
// does with one. pipeEnds says which values of a package may be an end, or something that reads from or writes to one: what is
// done with those matters as much as the operations on the ends themselves. It is found by following them forward from the
// calls of io.Pipe, by fields, not by objects, and what is kept in maps, lists and the like by its type.
type pipeEnds struct {
	values map[ssa.Value]bool
	fields map[*types.Var]bool
	kept   []types.Type // of what is kept elsewhere
	reader types.Type   // *io.PipeReader
	writer types.Type

	fns    []*ssa.Function
	todo   []ssa.Value
	loaded map[*types.Var][]ssa.Value         // what is read from a field
	calls  map[*ssa.Function][]ssa.Value      // by what they call
	named  map[string][]*ssa.Function         // the methods of a name
	asks   map[string][]ssa.Value             // the calls through interfaces, by the method's name
	whole  map[ssa.Value]bool                 // variables that were followed
	within map[*ssa.Function]*ssa.MakeClosure // what makes a closure
}

// findPipeEnds returns nil for a package that makes no pipe.
func findPipeEnds(fns []*ssa.Function) *pipeEnds {
	var made []*ssa.Call
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok && makesPipe(&call.Call) {
					made = append(made, call)
				}
			}
		}
	}
	if len(made) == 0 {
		return nil
	}
	ends := made[0].Call.Signature().Results()
	p := &pipeEnds{
		values: make(map[ssa.Value]bool), fields: make(map[*types.Var]bool), fns: fns,
		reader: ends.At(0).Type(), writer: ends.At(1).Type(),
		loaded: make(map[*types.Var][]ssa.Value), calls: make(map[*ssa.Function][]ssa.Value),
		named: make(map[string][]*ssa.Function), asks: make(map[string][]ssa.Value),
		whole: make(map[ssa.Value]bool), within: make(map[*ssa.Function]*ssa.MakeClosure),
	}
	p.index()
	for _, call := range made {
		p.mark(call)
	}
	for len(p.todo) > 0 {
		v := p.todo[len(p.todo)-1]
		p.todo = p.todo[:len(p.todo)-1]
		p.follow(v)
	}
	p.fns, p.loaded, p.calls, p.named, p.asks, p.whole, p.within = nil, nil, nil, nil, nil, nil, nil
	return p
}

func makesPipe(call *ssa.CallCommon) bool {
	fn := call.StaticCallee()
	return fn != nil && fn.Name() == "Pipe" && KindOf(objectOf(fn)) == Pipe
}

func (p *pipeEnds) index() {
	for _, fn := range p.fns {
		if fn.Signature.Recv() != nil {
			p.named[fn.Name()] = append(p.named[fn.Name()], fn)
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch i := instr.(type) {
				case *ssa.Field:
					if f := structField(i.X.Type(), i.Field); f != nil {
						p.loaded[f.Origin()] = append(p.loaded[f.Origin()], i)
					}
				case *ssa.FieldAddr:
					if f := structField(i.X.Type(), i.Field); f != nil {
						p.loaded[f.Origin()] = append(p.loaded[f.Origin()], i)
					}
				case *ssa.MakeClosure:
					p.within[i.Fn.(*ssa.Function)] = i
				case *ssa.Call:
					c := CalleeOf(&i.Call)
					switch {
					case c.Invoke:
						p.asks[c.Object.Name()] = append(p.asks[c.Object.Name()], i)
					case c.Func != nil:
						p.calls[c.Func] = append(p.calls[c.Func], i)
					}
				}
			}
		}
	}
}

// mark notes that a value may be an end.
func (p *pipeEnds) mark(v ssa.Value) {
	if !p.values[v] && p.mayHold(v.Type()) {
		p.values[v] = true
		p.todo = append(p.todo, v)
	}
}

// mayHold reports whether a value of the type can be an end, something that uses one, or several of those.
func (p *pipeEnds) mayHold(t types.Type) bool {
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Tuple:
		return true
	case *types.Interface:
		return types.Implements(p.reader, u) || types.Implements(p.writer, u)
	case *types.Slice:
		return p.mayHold(u.Elem())
	case *types.Pointer:
		if a, ok := u.Elem().Underlying().(*types.Array); ok {
			return p.mayHold(a.Elem())
		}
		named, ok := types.Unalias(u.Elem()).(*types.Named)
		return ok && named.Obj().Pkg() != nil && (types.Identical(t, p.reader) || types.Identical(t, p.writer) || readsOnly[named.Obj().Pkg().Path()])
	}
	return false
}

// follow marks what a value becomes.
func (p *pipeEnds) follow(v ssa.Value) {
	if v.Referrers() == nil {
		return
	}
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.ChangeType, *ssa.Phi, *ssa.TypeAssert, *ssa.Extract, *ssa.Slice:
			p.mark(use.(ssa.Value))
		case *ssa.IndexAddr:
			p.variable(use)
		case *ssa.Store:
			if use.Val == v {
				p.store(use.Addr, v.Type())
			}
		case *ssa.Send:
			if use.X == v {
				p.keep(v.Type())
			}
		case *ssa.Select:
			p.keep(v.Type())
		case *ssa.MapUpdate:
			p.keep(v.Type())
		case *ssa.MakeClosure:
			fn := use.Fn.(*ssa.Function)
			for i, b := range use.Bindings {
				if b == v && i < len(fn.FreeVars) {
					p.mark(fn.FreeVars[i])
				}
			}
		case *ssa.Return:
			fn := use.Parent()
			for _, call := range p.calls[fn] {
				p.mark(call)
			}
			if fn.Signature.Recv() != nil {
				for _, call := range p.asks[fn.Name()] {
					p.mark(call)
				}
			}
			if fn.Parent() != nil {
				p.keep(v.Type()) // a call of a function value
			}
		case ssa.CallInstruction:
			p.call(use, v)
		}
	}
}

// store notes that a value of the type is kept at an address.
func (p *pipeEnds) store(addr ssa.Value, t types.Type) {
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		f := structField(a.X.Type(), a.Field)
		if f == nil || p.fields[f.Origin()] {
			return
		}
		p.fields[f.Origin()] = true
		for _, v := range p.loaded[f.Origin()] {
			if at, ok := v.(*ssa.FieldAddr); ok {
				p.variable(at)
			} else {
				p.mark(v)
			}
		}
	case *ssa.Alloc:
		p.variable(a)
	case *ssa.FreeVar:
		if made := p.within[a.Parent()]; made != nil {
			if i := slices.Index(a.Parent().FreeVars, a); i >= 0 && i < len(made.Bindings) {
				p.variable(a)
				p.store(made.Bindings[i], t)
				return
			}
		}
		p.keep(t)
	case *ssa.IndexAddr:
		p.mark(a.X)
		if _, slice := a.X.Type().Underlying().(*types.Slice); slice {
			p.keep(t)
		}
	default:
		p.keep(t)
	}
}

// variable marks what is read at an address.
func (p *pipeEnds) variable(addr ssa.Value) {
	if p.whole[addr] || addr.Referrers() == nil {
		return
	}
	p.whole[addr] = true
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.UnOp:
			p.mark(use)
		case *ssa.MakeClosure:
			fn := use.Fn.(*ssa.Function)
			for i, b := range use.Bindings {
				if b == addr && i < len(fn.FreeVars) {
					p.variable(fn.FreeVars[i])
				}
			}
		case *ssa.Store, *ssa.DebugRef:
		default:
			if ptr, ok := addr.Type().Underlying().(*types.Pointer); ok {
				p.keep(ptr.Elem())
			}
		}
	}
}

// keep notes that a value of the type is where it is not followed: whatever is got from such a place may be it.
func (p *pipeEnds) keep(t types.Type) {
	if slices.ContainsFunc(p.kept, func(k types.Type) bool { return types.Identical(k, t) }) {
		return
	}
	p.kept = append(p.kept, t)
	for _, fn := range p.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch i := instr.(type) {
				case *ssa.UnOp, *ssa.Index, *ssa.Lookup, *ssa.Extract, *ssa.Call:
					if v := i.(ssa.Value); types.Identical(v.Type(), t) && !staticCall(v) {
						p.mark(v)
					}
				}
			}
		}
	}
}

func staticCall(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	return ok && (call.Call.IsInvoke() || call.Call.StaticCallee() != nil)
}

// call marks what a function does with an end that it is given.
func (p *pipeEnds) call(instr ssa.CallInstruction, v ssa.Value) {
	c := CalleeOf(instr.Common())
	for i, a := range c.Args {
		if a != v {
			continue
		}
		switch {
		case c.Func != nil && len(c.Func.Blocks) > 0:
			if i < len(c.Func.Params) {
				p.mark(c.Func.Params[i])
			}
		case c.Invoke:
			for _, fn := range p.named[c.Object.Name()] {
				if i < len(fn.Params) && i > 0 {
					p.mark(fn.Params[i])
				}
			}
		case c.Func == nil && c.Object == nil:
			// A function value: one of these.
			for _, fn := range p.fns {
				if i < len(fn.Params) && len(fn.Params) == len(c.Args) && fn.Signature.Recv() == nil && types.Identical(fn.Params[i].Type(), v.Type()) {
					p.mark(fn.Params[i])
				}
			}
		}
	}
	if made, ok := instr.(*ssa.Call); ok && (c.Invoke || c.Func != nil && len(c.Func.Blocks) == 0) {
		p.mark(made) // what wraps it
	}
}
