package program

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A use is an instruction that has a function as an operand, or the closure that was made of it.
type use struct {
	instr ssa.Instruction
	value ssa.Value
}

// drop reports whether a use says nothing of who runs the function.
func (u use) drop() bool {
	_, debug := u.instr.(*ssa.DebugRef)
	return debug
}

// usesOf lists the uses of a function in the package.
func (p *Program) usesOf(fn *ssa.Function) []use {
	p.index()
	return p.uses[fn]
}

func (p *Program) index() {
	if p.indexed {
		return
	}
	p.indexed = true
	p.uses = make(map[*ssa.Function][]use)
	p.exposed = make(map[types.Object]bool)
	p.invoked = make(map[string]bool)
	converted := make(map[types.Type]bool)
	for _, fn := range p.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				var operands [10]*ssa.Value
				for _, v := range instr.Operands(operands[:0]) {
					if used, ok := (*v).(*ssa.Function); ok {
						real := skeleton.Normal(used)
						p.uses[real] = append(p.uses[real], use{instr, used})
					}
				}
				switch instr := instr.(type) {
				case *ssa.MakeInterface:
					if t := instr.X.Type(); !converted[t] {
						converted[t] = true
						p.expose(t)
					}
				case ssa.CallInstruction:
					if common := instr.Common(); common.IsInvoke() {
						p.invoked[common.Method.Name()] = true
					}
				}
			}
		}
	}
}

// expose notes the methods of a type that becomes a value of an interface.
func (p *Program) expose(t types.Type) {
	methods := types.NewMethodSet(t)
	for i := range methods.Len() {
		p.exposed[methods.At(i).Obj()] = true
	}
}
