package program

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Last reports whether the process ends when a function returns: main calls it in one place, outside of loops, or a function
// that is the last one itself does, and behind the call nothing of the package is run any more, and nothing is served or waited for.
func (p *Program) Last(fn *ssa.Function) bool {
	for range 8 {
		if p.pkg.Name() != "main" || fn.Parent() != nil {
			return false
		}
		if repeat.IsEntry(fn) {
			return fn.Name() == "main"
		}
		var call *ssa.Call
		for _, u := range p.usesOf(fn) {
			if u.drop() {
				continue
			}
			c, ok := u.instr.(*ssa.Call)
			if !ok || call != nil || c.Call.Value != u.value {
				return false
			}
			call = c
		}
		if call == nil || p.open(fn) || irutil.InCycle(call.Block()) || p.goesOn(call) {
			return false
		}
		fn = call.Parent()
	}
	return false
}

// goesOn reports whether something is still done behind a call in its function.
func (p *Program) goesOn(call *ssa.Call) bool {
	serving := servingFuncs()
	after := false
	for _, instr := range call.Block().Instrs {
		if after && works(instr, serving) {
			return true
		}
		after = after || instr == call
	}
	seen := make(map[*ssa.BasicBlock]bool)
	todo := append([]*ssa.BasicBlock(nil), call.Block().Succs...)
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		for _, instr := range b.Instrs {
			if works(instr, serving) {
				return true
			}
		}
		todo = append(todo, b.Succs...)
	}
	return false
}

// works reports whether an instruction runs a function of the package, serves, waits or starts something.
func works(instr ssa.Instruction, serving map[string]bool) bool {
	switch instr := instr.(type) {
	case *ssa.Go, *ssa.Select, *ssa.Send:
		return true
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Call:
		if skeleton.OpOf(instr).Kind != skeleton.None {
			return true
		}
		if callee := instr.Call.StaticCallee(); callee != nil {
			return callee.Pkg == instr.Parent().Pkg || serving[ctxflow.Callee(instr.Common())]
		}
		_, builtin := instr.Call.Value.(*ssa.Builtin)
		return !builtin && !instr.Call.IsInvoke()
	}
	return false
}
