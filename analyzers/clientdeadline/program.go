package clientdeadline

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// severity returns how bad a call without a bound is. In a command that does one thing and ends, somebody sits before
// it and can interrupt it.
func (c *checker) severity(at ssa.Instruction) rule.Severity {
	if c.use.OneShot(at) {
		return rule.Note
	}
	return rule.Warning
}

// choseNone reports whether the instruction runs only after a duration was compared with zero: the program was told to
// use no timeout.
func choseNone(at ssa.Instruction) bool {
	b := at.Block()
	if b == nil {
		return false
	}
	for d := b.Idom(); d != nil; d = d.Idom() {
		branch, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok || !comparesDuration(branch.Cond) {
			continue
		}
		for _, succ := range d.Succs {
			if len(succ.Preds) == 1 && succ.Dominates(b) {
				return true
			}
		}
	}
	return false
}

func comparesDuration(cond ssa.Value) bool {
	op, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	for _, pair := range [][2]ssa.Value{{op.X, op.Y}, {op.Y, op.X}} {
		if k, ok := pair[1].(*ssa.Const); ok && k.Value != nil && k.Value.ExactString() == "0" &&
			irutil.IsInteger(pair[0].Type()) && strings.Contains(types.TypeString(pair[0].Type(), nil), "time.Duration") {
			return true
		}
	}
	return false
}

// watched reports whether the function around an instruction, or one that it is a closure of, also waits for a timer
// or a context: the usual way to bound what cannot be bounded itself is to do it in a goroutine.
func watched(at ssa.Instruction) bool {
	for fn := at.Parent(); fn != nil; fn = fn.Parent() {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.Select:
					for _, s := range instr.States {
						if s.Dir == types.RecvOnly && isSignal(s.Chan) {
							return true
						}
					}
				case ssa.CallInstruction:
					switch ctxflow.Callee(instr.Common()) {
					case "time.AfterFunc", "context.AfterFunc":
						return true
					}
				}
			}
		}
	}
	return false
}

// isSignal reports whether a channel is a timer's, or a context's Done.
func isSignal(ch ssa.Value) bool {
	switch ch := ch.(type) {
	case *ssa.Call:
		switch ctxflow.Callee(ch.Common()) {
		case "time.After", "(context.Context).Done":
			return true
		}
	case *ssa.UnOp:
		if f, ok := ch.X.(*ssa.FieldAddr); ok {
			return types.TypeString(f.X.Type(), nil) == "*time.Timer"
		}
	}
	return false
}
