package goroutineleak

import (
	"go/constant"
	"go/token"
	"maps"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A signal recognises what tells a goroutine to end.
type signal struct {
	// channel reports whether a value is the channel that is closed or sent to.
	channel func(ch ssa.Value) bool
	// context reports whether a value is the context that is cancelled.
	context func(ctx ssa.Value) bool
	// enters looks into a function that is called: it returns the signal as the callee sees it.
	enters func(callee skeleton.Callee) (signal, bool)
	// waits remembers which functions never return without the signal, where the signal is the same in all of them.
	waits map[*ssa.Function]bool
}

// maxTrapDepth bounds the calls that are looked into for a trap.
const maxTrapDepth = 4

// trapped reports whether a goroutine that runs fn can get to a place that it does not leave without the signal.
func (c *checker) trapped(fn *ssa.Function, s signal, depth int) bool {
	if len(fn.Blocks) == 0 || depth > maxTrapDepth {
		return false
	}
	waits := make(map[*ssa.BasicBlock]bool) // blocks that go no further, or one branch of which needs the signal
	next := make(map[*ssa.BasicBlock][]*ssa.BasicBlock)
	returns := make(map[*ssa.BasicBlock]bool)
	for _, b := range fn.Blocks {
		stops := false
		for _, instr := range b.Instrs {
			if c.exits.Ends(instr) {
				stops = true
				break
			}
			if c.needs(instr, s, depth) {
				waits[b], stops = true, true
				break
			}
			if _, ok := instr.(*ssa.Return); ok {
				returns[b] = true
			}
		}
		if stops {
			continue
		}
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		for i, succ := range b.Succs {
			if ok && s.branch(branch.Cond, i == 0) {
				waits[b] = true
				continue
			}
			next[b] = append(next[b], succ)
		}
	}
	if len(waits) == 0 {
		return false
	}
	before := make(map[*ssa.BasicBlock][]*ssa.BasicBlock)
	for b, succs := range next {
		for _, succ := range succs {
			before[succ] = append(before[succ], b)
		}
	}
	leaves, waiting := visited(returns, before), visited(waits, before)
	for b := range visited(map[*ssa.BasicBlock]bool{fn.Blocks[0]: true}, next) {
		if waiting[b] && !leaves[b] {
			return true
		}
	}
	return false
}

// visited returns the blocks that can be got to from the given ones, with these.
func visited(from map[*ssa.BasicBlock]bool, next map[*ssa.BasicBlock][]*ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	seen := maps.Clone(from)
	var todo []*ssa.BasicBlock
	for b := range from {
		todo = append(todo, b)
	}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, n := range next[b] {
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	return seen
}

// needs reports whether what follows the instruction is only reached after the signal.
func (c *checker) needs(instr ssa.Instruction, s signal, depth int) bool {
	call, isCall := instr.(*ssa.Call)
	if isCall {
		callee := skeleton.CalleeOf(&call.Call)
		if callee.Func == nil || s.enters == nil {
			return false
		}
		inner, ok := s.enters(callee)
		return ok && c.mustWait(callee.Func, inner, depth+1)
	}
	recv, ok := instr.(*ssa.UnOp)
	return ok && recv.Op == token.ARROW && !recv.CommaOk && s.is(recv.X)
}

// mustWait reports whether fn never returns without the signal.
func (c *checker) mustWait(fn *ssa.Function, s signal, depth int) bool {
	if answer, known := s.waits[fn]; known {
		return answer
	}
	if s.waits != nil {
		s.waits[fn] = false // while it is being asked
	}
	answer := c.trapped(fn, s, depth) && !c.returnsWithout(fn, s, depth)
	if s.waits != nil {
		s.waits[fn] = answer
	}
	return answer
}

// returnsWithout reports whether fn can return without the signal.
func (c *checker) returnsWithout(fn *ssa.Function, s signal, depth int) bool {
	seen := map[*ssa.BasicBlock]bool{fn.Blocks[0]: true}
	todo := []*ssa.BasicBlock{fn.Blocks[0]}
next:
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, instr := range b.Instrs {
			if c.exits.Ends(instr) || c.needs(instr, s, depth) {
				continue next
			}
			if _, ok := instr.(*ssa.Return); ok {
				return true
			}
		}
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		for i, succ := range b.Succs {
			if !(ok && s.branch(branch.Cond, i == 0)) && !seen[succ] {
				seen[succ] = true
				todo = append(todo, succ)
			}
		}
	}
	return false
}

// is reports whether the channel is the one of the signal.
func (s signal) is(ch ssa.Value) bool {
	if s.channel != nil && s.channel(ch) {
		return true
	}
	call, ok := ch.(*ssa.Call)
	if !ok || s.context == nil {
		return false
	}
	op := skeleton.OpOf(call)
	return op.Kind == skeleton.ContextDone && s.context(op.Object)
}

// branch reports whether the outcome of the condition means that the signal came.
func (s signal) branch(cond ssa.Value, outcome bool) bool {
	for {
		not, ok := cond.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		cond, outcome = not.X, !outcome
	}
	// v, ok := <-ch
	if ok, isExtract := cond.(*ssa.Extract); isExtract && ok.Index == 1 {
		recv, isRecv := ok.Tuple.(*ssa.UnOp)
		return isRecv && recv.Op == token.ARROW && !outcome && s.is(recv.X)
	}
	// ctx.Err() != nil
	if v, isNil, ok := nilTest(cond, outcome); ok {
		if call, isCall := v.(*ssa.Call); isCall && s.context != nil {
			op := skeleton.OpOf(call)
			return op.Kind == skeleton.ContextErr && !isNil && s.context(op.Object)
		}
		return false
	}
	// case <-ch:
	eq, ok := cond.(*ssa.BinOp)
	if !ok || eq.Op != token.EQL || !outcome {
		return false
	}
	index, ok := eq.X.(*ssa.Extract)
	k, isConst := eq.Y.(*ssa.Const)
	if !ok || !isConst || index.Index != 0 || k.Value == nil {
		return false
	}
	sel, ok := index.Tuple.(*ssa.Select)
	if !ok {
		return false
	}
	n, exact := constant.Int64Val(k.Value)
	if !exact || n < 0 || int(n) >= len(sel.States) {
		return false
	}
	state := sel.States[n]
	return state.Send == nil && s.is(state.Chan)
}
