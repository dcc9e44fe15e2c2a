package skeleton

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// owns reports whether a function makes a primitive or starts a goroutine: what happens to it can be decided in the
// function, if it keeps it.
func (p *Program) owns(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Go, *ssa.MakeChan:
				return true
			case *ssa.Alloc:
				if i.Heap && p.TypeOf(i.Type().Underlying().(*types.Pointer).Elem()).Bears() {
					return true
				}
			case ssa.CallInstruction:
				switch OpOf(instr).Kind {
				case NewCond, ContextCancel, ContextTimeout, WaitGroupGo, GroupGo, GroupWithContext, NewSemaphore, AfterFunc, Pipe:
					return true
				}
			}
		}
	}
	return false
}

// Roots lists the functions from which the explorer starts, in the order of fns: those that own primitives, and those that
// call one of them, or of these, and give it, or are given, what decides when its goroutines end.
func (p *Program) Roots(fns []*ssa.Function) []*ssa.Function {
	roots := make(map[*ssa.Function]bool)
	for _, fn := range p.owners {
		roots[fn] = true
	}
	now := p.owners
	for range maxLevels {
		var next []*ssa.Function
		for _, fn := range now {
			if !p.connected(fn) {
				continue
			}
			for _, caller := range p.callers[fn] {
				if !roots[caller] {
					roots[caller] = true
					next = append(next, caller)
				}
			}
		}
		now = next
	}
	return slices.DeleteFunc(slices.Clone(fns), func(fn *ssa.Function) bool { return !roots[fn] })
}

// maxLevels bounds how far above an owner a root is.
const maxLevels = 2

// connected reports whether a caller of fn decides when the goroutines of fn end: it is given what fn made, or gives it a
// context, a channel or a function.
func (p *Program) connected(fn *ssa.Function) bool {
	for v := range fn.Signature.Results().Variables() {
		if p.Tracked(v.Type()) {
			return true
		}
	}
	for _, param := range fn.Params {
		switch p.TypeOf(param.Type()).Shape {
		case Context, Chan, Function:
			return true
		}
	}
	return false
}

// Makes reports whether a function, or what it calls, makes a primitive or starts a goroutine.
func (p *Program) Makes(f *Func) bool { return f != nil && p.makes[f.SSA] }

// GivesMade reports whether a function may return a primitive, or the memory of one, that was made in it.
func (p *Program) GivesMade(f *Func) bool {
	if f == nil || !p.makes[f.SSA] {
		return false
	}
	for v := range f.SSA.Signature.Results().Variables() {
		if p.Tracked(v.Type()) || types.IsInterface(v.Type()) && !irutil.IsError(v.Type()) || p.hides(v.Type(), 0) {
			return true
		}
	}
	return false
}

// hides reports whether in the memory of a value there may be an interface with a method that matters.
func (p *Program) hides(t types.Type, depth int) bool {
	if depth > 4 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		for m := range u.Methods() {
			if p.methods[m.Name()] && !irutil.IsError(t) {
				return true
			}
		}
	case *types.Pointer:
		return p.hides(u.Elem(), depth+1)
	case *types.Slice:
		return p.hides(u.Elem(), depth+1)
	case *types.Struct:
		for f := range u.Fields() {
			if p.hides(f.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}
