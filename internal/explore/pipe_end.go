package explore

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// maybeServed reports whether a goroutine that waits for more to read may have it: a read before, whose size is not known,
// may have left something of what was written. That does not count for a loop that reads until there is an end.
func (x *explorer) maybeServed(s *state, i int) bool {
	g := s.gs[i]
	if len(g.wait) != 1 {
		return false
	}
	w := g.wait[0]
	if w.kind != skeleton.PipeRead || w.act != skeleton.PipeOnce && w.act != skeleton.PipeSome || !s.objs[w.on.o].served {
		return false
	}
	for j := range g.frames {
		f := &g.frames[j]
		pc := f.pc
		if j < len(g.frames)-1 {
			pc-- // it goes on behind the call
		}
		if instrs := f.f.Blocks[f.block].Instrs; pc >= 0 && pc < len(instrs) && instrs[pc].At != nil && x.readsToEnd(instrs[pc].At) {
			return false
		}
	}
	return true
}

// readsToEnd reports whether an instruction is in a loop that what the calls in it return decides alone: no count, and no word
// of another goroutine.
func (x *explorer) readsToEnd(at ssa.Instruction) bool {
	known, ok := x.toEnd[at]
	if !ok {
		known = readsToEnd(at.Block())
		if x.toEnd == nil {
			x.toEnd = make(map[ssa.Instruction]bool)
		}
		x.toEnd[at] = known
	}
	return known
}

func readsToEnd(b *ssa.BasicBlock) bool {
	if b == nil || !irutil.InCycle(b) {
		return false
	}
	from := reachable(b, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs })
	to := reachable(b, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds })
	for block := range from {
		if !to[block] {
			continue
		}
		leaves := slices.ContainsFunc(block.Succs, func(succ *ssa.BasicBlock) bool { return !from[succ] || !to[succ] })
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if leaves && (!ok || !toldByCalls(branch.Cond, 0)) {
			return false
		}
	}
	return true
}

func reachable(b *ssa.BasicBlock, next func(*ssa.BasicBlock) []*ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	seen := make(map[*ssa.BasicBlock]bool)
	for todo := []*ssa.BasicBlock{b}; len(todo) > 0; {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, n := range next(b) {
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	return seen
}

// toldByCalls reports whether a condition asks for nothing but what functions returned.
func toldByCalls(v ssa.Value, depth int) bool {
	if depth > 6 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Const:
		return true
	case *ssa.Call:
		return skeleton.OpOfCall(&v.Call).Kind == skeleton.None || skeleton.OpOfCall(&v.Call).Kind == skeleton.PipeRead
	case *ssa.Extract:
		_, call := v.Tuple.(*ssa.Call)
		return call && toldByCalls(v.Tuple, depth+1)
	case *ssa.BinOp:
		return toldByCalls(v.X, depth+1) && toldByCalls(v.Y, depth+1)
	case *ssa.UnOp:
		if _, global := v.X.(*ssa.Global); global && v.Op == token.MUL {
			return irutil.IsError(v.Type())
		}
		return v.Op == token.NOT && toldByCalls(v.X, depth+1)
	case *ssa.Phi:
		return types.IsInterface(v.Type())
	}
	return false
}
