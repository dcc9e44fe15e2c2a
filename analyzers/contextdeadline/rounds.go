package contextdeadline

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// leavesWhenDone reports whether a loop may be left in a round in which nothing has failed, after a call that gets the context and
// before it waits for the next: it tries until it has what it wants, and what adds up is bounded by how long that takes.
func (c *checker) leavesWhenDone(made *ssa.Call, loop []*ssa.BasicBlock) bool {
	for _, b := range loop {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if ok && slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool { return madeIn(v, made) }) && c.leavesAfter(call, made.Block(), loop) {
				return true
			}
		}
	}
	return false
}

// madeIn reports whether a value is the context that a call has made, or is made from it: another context, a request.
func madeIn(v ssa.Value, made *ssa.Call) bool {
	if e, ok := v.(*ssa.Extract); ok && e.Index == 0 {
		v = e.Tuple
	}
	call, ok := v.(*ssa.Call)
	return ok && (call == made || slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool { return irutil.IsContext(v.Type()) && madeIn(v, made) }))
}

// leavesAfter follows the ways from a call on which nothing fails, up to where the loop waits, or begins the next round.
func (c *checker) leavesAfter(call *ssa.Call, next *ssa.BasicBlock, loop []*ssa.BasicBlock) bool {
	seen := map[*ssa.BasicBlock]bool{next: true}
	b, from := call.Block(), slices.Index(call.Block().Instrs, ssa.Instruction(call))+1
	for todo := []*ssa.BasicBlock(nil); ; {
		if !slices.ContainsFunc(b.Instrs[from:], isWait) {
			branch, conditional := b.Instrs[len(b.Instrs)-1].(*ssa.If)
			for i, s := range b.Succs {
				if !slices.Contains(c.exits.Succs(b), s) || conditional && fails(branch.Cond, i == 0) {
					continue
				}
				if !slices.Contains(loop, s) {
					return true
				}
				if !seen[s] {
					seen[s] = true
					todo = append(todo, s)
				}
			}
		}
		if len(todo) == 0 {
			return false
		}
		b, from = todo[len(todo)-1], 0
		todo = todo[:len(todo)-1]
	}
}

// isWait reports whether an instruction waits for something to come.
func isWait(instr ssa.Instruction) bool {
	switch op := skeleton.OpOf(instr); op.Kind {
	case skeleton.Recv, skeleton.Sleep:
		return true
	case skeleton.Select:
		return !op.Default && slices.ContainsFunc(op.Cases, func(s *ssa.SelectState) bool { return s.Dir == types.RecvOnly })
	}
	return false
}

// fails reports whether a condition that has the value says that something has failed.
func fails(cond ssa.Value, value bool) bool {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL && cmp.Op != token.NEQ || !irutil.IsError(cmp.X.Type()) {
		return false
	}
	equal := value == (cmp.Op == token.EQL)
	return equal != (irutil.IsNil(cmp.X) || irutil.IsNil(cmp.Y))
}

// once reports whether an instruction of a loop runs in one round at most: the round for which a timer has fired, which was
// started before the loop, and which the loop starts again only where Stop has told that it had not fired yet.
func (c *checker) once(instr ssa.Instruction, loop []*ssa.BasicBlock) bool {
	b := instr.Block()
	for d := b; d.Idom() != nil && slices.Contains(loop, d); d = d.Idom() {
		branch, ok := d.Idom().Instrs[len(d.Idom().Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		fired := firedTimer(branch.Cond)
		if fired == nil || slices.Contains(loop, fired.Block()) || len(d.Preds) != 1 || d.Idom().Succs[0] != d {
			continue
		}
		if !slices.ContainsFunc(*fired.Referrers(), func(use ssa.Instruction) bool { return startsAgain(use, fired) }) {
			return true
		}
	}
	return false
}

// firedTimer returns the call that made the timer whose channel a select has received from, where a condition is true.
func firedTimer(cond ssa.Value) *ssa.Call {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL {
		return nil
	}
	index, ok := cmp.X.(*ssa.Extract)
	k, isConst := cmp.Y.(*ssa.Const)
	if !ok || !isConst || k.Value == nil || index.Index != 0 {
		return nil
	}
	sel, ok := index.Tuple.(*ssa.Select)
	if !ok || k.Int64() < 0 || int(k.Int64()) >= len(sel.States) {
		return nil
	}
	load, ok := sel.States[k.Int64()].Chan.(*ssa.UnOp)
	if !ok {
		return nil
	}
	field, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	made, ok := field.X.(*ssa.Call)
	if !ok || skeleton.OpOf(made).Kind != skeleton.NewTimer {
		return nil
	}
	return made
}

// startsAgain reports whether a use of a timer may start it when it has fired already.
func startsAgain(use ssa.Instruction, timer *ssa.Call) bool {
	switch use := use.(type) {
	case *ssa.FieldAddr, *ssa.DebugRef:
		return false
	case ssa.CallInstruction:
		switch skeleton.CalleeOf(use.Common()).Name() {
		case "(*time.Timer).Stop":
			return false
		case "(*time.Timer).Reset":
			_, plain := use.(*ssa.Call)
			return !plain || !stopped(use.Block(), timer)
		}
	}
	return true
}

// stopped reports whether a block is reached only where Stop has said that the timer had not fired.
func stopped(b *ssa.BasicBlock, timer *ssa.Call) bool {
	for d := b; d.Idom() != nil; d = d.Idom() {
		branch, ok := d.Idom().Instrs[len(d.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(d.Preds) != 1 || d.Idom().Succs[0] != d {
			continue
		}
		call, ok := branch.Cond.(*ssa.Call)
		if !ok {
			continue
		}
		callee := skeleton.CalleeOf(call.Common())
		if callee.Name() == "(*time.Timer).Stop" && len(callee.Args) == 1 && callee.Args[0] == ssa.Value(timer) {
			return true
		}
	}
	return false
}
