package skeleton

import "golang.org/x/tools/go/ssa"

// A slicer finds the branches of a function that decide nothing: whatever lies between the branch and the block where
// its paths meet again does nothing that matters.
type slicer struct {
	fn    *ssa.Function
	succs [][]int // without the edges to blocks that end the program
	pdom  []int   // immediate postdominators; -1 where there is none
}

// maxRegion bounds the blocks between a branch and where its paths meet.
const maxRegion = 200

// newSlicer finds the control flow of fn that can go on. crash tells which blocks end the program.
func newSlicer(fn *ssa.Function, crash []bool) *slicer {
	s := &slicer{fn: fn, succs: make([][]int, len(fn.Blocks))}
	for i, b := range fn.Blocks {
		if crash[i] {
			continue
		}
		for _, succ := range b.Succs {
			if !crash[succ.Index] {
				s.succs[i] = append(s.succs[i], succ.Index)
			}
		}
		if len(s.succs[i]) == 0 && len(b.Succs) > 0 {
			s.succs[i] = append(s.succs[i], b.Succs[0].Index)
		}
	}
	s.postdominators()
	return s
}

// postdominators follows Cooper, Harvey and Kennedy, A Simple, Fast Dominance Algorithm (2001), on the reversed graph.
func (s *slicer) postdominators() {
	n := len(s.succs)
	exit := n
	preds := make([][]int, n+1)
	for i, succs := range s.succs {
		if len(succs) == 0 {
			preds[exit] = append(preds[exit], i)
		}
		for _, succ := range succs {
			preds[succ] = append(preds[succ], i)
		}
	}
	// Postorder of the reversed graph from the exit.
	order := make([]int, n+1)
	for i := range order {
		order[i] = -1
	}
	var post []int
	type visit struct{ node, next int }
	stack := []visit{{exit, 0}}
	seen := make([]bool, n+1)
	seen[exit] = true
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next < len(preds[top.node]) {
			p := preds[top.node][top.next]
			top.next++
			if !seen[p] {
				seen[p] = true
				stack = append(stack, visit{p, 0})
			}
			continue
		}
		order[top.node] = len(post)
		post = append(post, top.node)
		stack = stack[:len(stack)-1]
	}
	s.pdom = make([]int, n+1)
	for i := range s.pdom {
		s.pdom[i] = -1
	}
	s.pdom[exit] = exit
	for changed := true; changed; {
		changed = false
		for i := len(post) - 2; i >= 0; i-- {
			b := post[i]
			succs := s.succs[b]
			if len(succs) == 0 {
				succs = []int{exit}
			}
			dom := -1
			for _, succ := range succs {
				if s.pdom[succ] < 0 {
					continue
				}
				if dom < 0 {
					dom = succ
					continue
				}
				a, c := dom, succ
				for a != c {
					for order[a] < order[c] {
						a = s.pdom[a]
					}
					for order[c] < order[a] {
						c = s.pdom[c]
					}
				}
				dom = a
			}
			if dom >= 0 && s.pdom[b] != dom {
				s.pdom[b] = dom
				changed = true
			}
		}
	}
	for i := range s.pdom {
		if s.pdom[i] == exit {
			s.pdom[i] = -1
		}
	}
}

// join returns the block where the paths from the branch at the end of b meet, if nothing on them matters, and the
// blocks between; else -1. again is set where a path leads back to b before.
func (s *slicer) join(b int, matters func(block int) bool) (to int, region map[int]bool, again bool) {
	to = s.pdom[b]
	if to < 0 || len(s.succs[b]) < 2 {
		return -1, nil, false
	}
	region = make(map[int]bool)
	todo := append([]int(nil), s.succs[b]...)
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i == to || region[i] {
			continue
		}
		if matters(i) || len(region) > maxRegion {
			return -1, nil, false // also a loop around the branch, if what it repeats matters
		}
		if i == b {
			again = true
			continue
		}
		region[i] = true
		todo = append(todo, s.succs[i]...)
	}
	return to, region, again
}
