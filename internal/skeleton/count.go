package skeleton

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// findCounts finds the variables that one loop counts up and that say how many rounds another one has in which something
// happens, how much room a channel has, or what is added to a WaitGroup: as many as the loop before has found. What decides
// whether the loop counts may decide elsewhere how often something is done.
func (c *compiler) findCounts() {
	for i, b := range c.fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.MakeChan:
				c.count(instr.Size, nil)
			case ssa.CallInstruction:
				if op := OpOf(instr); op.Kind == WaitGroupAdd && len(op.Callee.Args) > 1 {
					c.count(op.Callee.Args[1], nil)
				}
			case *ssa.If:
				cond, ok := instr.Cond.(*ssa.BinOp)
				if ok && isOrder(cond.Op) && c.repeatsWhatMatters(i) {
					c.count(cond.X, b)
					c.count(cond.Y, b)
				}
			}
		}
	}
}

func isOrder(op token.Token) bool {
	return op == token.LSS || op == token.LEQ || op == token.GTR || op == token.GEQ
}

// repeatsWhatMatters reports whether a block is the header of a loop in which something happens.
func (c *compiler) repeatsWhatMatters(header int) bool {
	b := c.fn.Blocks[header]
	seen := map[*ssa.BasicBlock]bool{b: true}
	var todo []*ssa.BasicBlock
	for _, p := range b.Preds {
		if b.Dominates(p) {
			todo = append(todo, p)
		}
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		if c.blockMatters(at.Index) {
			return true
		}
		todo = append(todo, at.Preds...)
	}
	return false
}

// maxCount bounds how far a number is followed back.
const maxCount = 8

// count notes the variables that a number was counted up in, but for that of the loop of header itself.
func (c *compiler) count(n ssa.Value, header *ssa.BasicBlock) {
	found := make(map[*ssa.Phi]bool)
	steps, rounds := false, false
	var climb func(v ssa.Value, depth int)
	climb = func(v ssa.Value, depth int) {
		if depth > maxCount {
			return
		}
		switch v := v.(type) {
		case *ssa.Convert:
			if irutil.IsInteger(v.X.Type()) {
				climb(v.X, depth+1)
			}
		case *ssa.ChangeType:
			climb(v.X, depth+1)
		case *ssa.BinOp:
			if _, constant := v.Y.(*ssa.Const); constant && v.Op == token.ADD {
				steps = true
				climb(v.X, depth+1)
			}
		case *ssa.Phi:
			if v.Block() == header || found[v] {
				return
			}
			found[v] = true
			for i, e := range v.Edges {
				rounds = rounds || v.Block().Dominates(v.Block().Preds[i])
				climb(e, depth+1)
			}
		}
	}
	climb(n, 0)
	if !steps || !rounds {
		return
	}
	if c.counts == nil {
		c.counts = make(map[*ssa.Phi]bool)
	}
	for phi := range found {
		c.counts[phi] = true
	}
}
