package skeleton

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

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
		if c.p.Tracked(phi.Type()) || holdsInterfaces(phi.Type()) || c.counts[phi] || c.p.pipes.holds(phi) {
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
