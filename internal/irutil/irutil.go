// Package irutil has the questions about types and package ssa that several analyzers ask, and that have one answer.
package irutil

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
)

// Functions lists all functions of the package that have a body, with the closures of package-level variables, which
// buildssa leaves out.
func Functions(in *buildssa.SSA) []*ssa.Function {
	fns := slices.Clone(in.SrcFuncs)
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		fns = append(fns, fn)
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
	}
	if init := in.Pkg.Func("init"); init != nil {
		add(init)
	}
	return slices.DeleteFunc(fns, func(fn *ssa.Function) bool { return len(fn.Blocks) == 0 })
}

// Captured returns what a closure's free variable is bound to, or nil. A closure is made in one place.
func Captured(v *ssa.FreeVar) ssa.Value {
	i := slices.Index(v.Parent().FreeVars, v)
	made := ClosureOf(v.Parent())
	if made == nil || i < 0 {
		return nil
	}
	return made.Bindings[i]
}

// ClosureOf returns the instruction that makes the closure of a function literal. It is nil where the literal captures
// nothing, and for all other functions.
func ClosureOf(fn *ssa.Function) *ssa.MakeClosure {
	if fn.Parent() == nil {
		return nil
	}
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn == fn {
				return mc
			}
		}
	}
	return nil
}

// Outermost returns the declared function that fn is a literal of, or fn.
func Outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// IsBound reports whether fn is what a method value calls.
func IsBound(fn *ssa.Function) bool { return strings.HasPrefix(fn.Synthetic, "bound method wrapper") }

// IsNil reports whether v is the constant nil.
func IsNil(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && k.IsNil()
}

// InCycle reports whether a block can follow itself, by a way around the blocks to avoid. It is false for nil.
func InCycle(b *ssa.BasicBlock, avoid ...*ssa.BasicBlock) bool {
	if b == nil {
		return false
	}
	seen := make(map[*ssa.BasicBlock]bool)
	for _, a := range avoid {
		seen[a] = true
	}
	todo := slices.Clone(b.Succs)
	for len(todo) > 0 {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if next == b {
			return true
		}
		if !seen[next] {
			seen[next] = true
			todo = append(todo, next.Succs...)
		}
	}
	return false
}

// Awaits returns the instruction of a block that waits for channels which is tells of, and for nothing else: before the
// instruction given, or at all where that is nil.
func Awaits(b *ssa.BasicBlock, before ssa.Instruction, is func(ch ssa.Value) bool) ssa.Instruction {
	for _, instr := range b.Instrs {
		if instr == before {
			break
		}
		switch instr := instr.(type) {
		case *ssa.UnOp:
			if instr.Op == token.ARROW && is(instr.X) {
				return instr
			}
		case *ssa.Select:
			other := func(s *ssa.SelectState) bool { return s.Dir != types.RecvOnly || !is(s.Chan) }
			if instr.Blocking && len(instr.States) > 0 && !slices.ContainsFunc(instr.States, other) {
				return instr
			}
		}
	}
	return nil
}

// FieldOf returns the field i of the struct that t is or points to, in its generic form, or nil.
func FieldOf(t types.Type, i int) *types.Var {
	if s, ok := coreType(Deref(t)).(*types.Struct); ok && i < s.NumFields() {
		return s.Field(i).Origin()
	}
	return nil
}

// coreType is the underlying type, of a type parameter the one that all types of its constraint share, or nil.
func coreType(t types.Type) types.Type {
	param, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	iface, ok := param.Constraint().Underlying().(*types.Interface)
	if !ok || iface.NumEmbeddeds() != 1 {
		return nil
	}
	e := iface.EmbeddedType(0)
	if u, ok := e.(*types.Union); ok {
		if u.Len() != 1 {
			return nil
		}
		e = u.Term(0).Type()
	}
	return e.Underlying()
}

// IsError reports whether t is error.
func IsError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// IsContext reports whether t is context.Context.
func IsContext(t types.Type) bool { return IsNamed(t, "context", "Context") }

// IsCancelFunc reports whether t is one of package context's types for functions that cancel a context.
func IsCancelFunc(t types.Type) bool {
	return IsNamed(t, "context", "CancelFunc", "CancelCauseFunc")
}

// IsContextError reports whether v is one of the errors that a context which has ended gives as its reason.
func IsContextError(v ssa.Value) bool {
	if made, ok := v.(*ssa.MakeInterface); ok {
		v = made.X
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	g, ok := load.X.(*ssa.Global)
	return ok && g.Pkg != nil && g.Pkg.Pkg.Path() == "context" && (g.Name() == "Canceled" || g.Name() == "DeadlineExceeded")
}
