package repeat

import "golang.org/x/tools/go/ssa"

// CycleOf returns the blocks from which b is reached, and which are reached from b: the loop around b, in the function's
// order. It is nil if b lies in no loop.
func CycleOf(b *ssa.BasicBlock, succs Succs) []*ssa.BasicBlock {
	forward := reach(succs(b), succs)
	if !forward[b] {
		return nil
	}
	preds := make(map[*ssa.BasicBlock][]*ssa.BasicBlock)
	for _, x := range b.Parent().Blocks {
		if forward[x] {
			for _, s := range succs(x) {
				preds[s] = append(preds[s], x)
			}
		}
	}
	backward := reach(preds[b], func(x *ssa.BasicBlock) []*ssa.BasicBlock { return preds[x] })
	var loop []*ssa.BasicBlock
	for _, x := range b.Parent().Blocks {
		if forward[x] && backward[x] {
			loop = append(loop, x)
		}
	}
	return loop
}

// reach returns the blocks that are reached from the given ones, themselves among them.
func reach(from []*ssa.BasicBlock, succs Succs) map[*ssa.BasicBlock]bool {
	seen := make(map[*ssa.BasicBlock]bool)
	todo := append([]*ssa.BasicBlock(nil), from...)
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[x] {
			seen[x] = true
			todo = append(todo, succs(x)...)
		}
	}
	return seen
}
