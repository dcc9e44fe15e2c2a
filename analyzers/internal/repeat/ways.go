package repeat

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A Way is one that a block can be left by.
type Way struct {
	If    *ssa.If // what decides about it, or nil
	Value bool    // of the condition
	To    *ssa.BasicBlock
}

// A Turn says how a walk goes on.
type Turn int

// Turns.
const (
	On   Turn = iota
	Back      // not this way, but the others
	Stop
)

// Follow walks all ways that lead on from an instruction, through each block once. At each block it asks run about the
// instructions that run there, and then take about each way out of it.
func Follow(from ssa.Instruction, succs Succs, run func([]ssa.Instruction) Turn, take func(Way) Turn) {
	b := from.Block()
	rest := b.Instrs[slices.Index(b.Instrs, from)+1:]
	seen := make(map[*ssa.BasicBlock]bool)
	for todo := []*ssa.BasicBlock(nil); ; {
		turn := run(rest)
		if turn == Stop {
			return
		}
		if turn == On {
			branch, _ := b.Instrs[len(b.Instrs)-1].(*ssa.If)
			possible := succs(b)
			for i, to := range b.Succs {
				if !slices.Contains(possible, to) {
					continue
				}
				switch take(Way{branch, i == 0, to}) {
				case Stop:
					return
				case On:
					if !seen[to] {
						seen[to] = true
						todo = append(todo, to)
					}
				}
			}
		}
		if len(todo) == 0 {
			return
		}
		b, todo = todo[len(todo)-1], todo[:len(todo)-1]
		rest = b.Instrs
	}
}
