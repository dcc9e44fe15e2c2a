package irutil

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A Loop is a natural loop of a function.
type Loop struct {
	Head *ssa.BasicBlock
	Has  map[*ssa.BasicBlock]bool // with the head
}

// Loops returns the natural loops of a function, in the order of their first ways back. succs leaves out where control
// never goes; without it all successors count.
func Loops(fn *ssa.Function, succs func(*ssa.BasicBlock) []*ssa.BasicBlock) []*Loop {
	preds := func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds }
	if succs == nil {
		succs = func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs }
	} else {
		taken := make(map[*ssa.BasicBlock][]*ssa.BasicBlock)
		for _, b := range fn.Blocks {
			for _, s := range succs(b) {
				taken[s] = append(taken[s], b)
			}
		}
		preds = func(b *ssa.BasicBlock) []*ssa.BasicBlock { return taken[b] }
	}
	var loops []*Loop
	for _, b := range fn.Blocks {
		for _, head := range succs(b) {
			if !head.Dominates(b) {
				continue
			}
			i := slices.IndexFunc(loops, func(l *Loop) bool { return l.Head == head })
			if i < 0 {
				i = len(loops)
				loops = append(loops, &Loop{Head: head, Has: map[*ssa.BasicBlock]bool{head: true}})
			}
			loops[i].grow(b, preds)
		}
	}
	return loops
}

// grow adds the blocks that lead to b without passing the head.
func (l *Loop) grow(b *ssa.BasicBlock, preds func(*ssa.BasicBlock) []*ssa.BasicBlock) {
	todo := []*ssa.BasicBlock{b}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !l.Has[b] {
			l.Has[b] = true
			todo = append(todo, preds(b)...)
		}
	}
}
