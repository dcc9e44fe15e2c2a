package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// closedTwice reports a close of, or a send on, a channel that the same path has closed.
func (w *world) closedTwice(class *skeleton.Class) {
	for _, first := range opsOf(class, skeleton.Close) {
		if first.Deferred || first.Started || !w.exits.Reachable(first.Instr) {
			continue
		}
		key := w.words(first.Object, 0)
		if key == "" {
			continue
		}
		for _, second := range class.Ops {
			if second.Fn != first.Fn || second.Instr == first.Instr || second.Started || second.Kind != skeleton.Close && second.Kind != skeleton.Send ||
				w.words(second.Object, 0) != key || w.reassigned(class, first) {
				continue
			}
			switch {
			case second.Deferred:
				// A deferred close runs at the end, whether it is deferred before or after.
				if !second.Instr.Block().Dominates(first.Instr.Block()) && !w.follows(first.Instr, second.Instr) {
					continue
				}
			case !w.follows(first.Instr, second.Instr):
				continue
			}
			w.add(w.closedFinding(first, second))
		}
	}
}

// reassigned reports whether the function gives the variable or field another channel.
func (w *world) reassigned(class *skeleton.Class, op skeleton.ClassOp) bool {
	for _, b := range op.Fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if load, ok := op.Object.(*ssa.UnOp); ok && w.words(instr.Addr, 0) == w.words(load.X, 0) {
					return true
				}
			case *ssa.MakeChan:
				if slices.Contains(class.Makes, ssa.Value(instr)) && w.repeats(b, nil) {
					return true
				}
			}
		}
	}
	return false
}

// follows reports whether b can run after a without a branch that contradicts what is known at a.
func (w *world) follows(a, b ssa.Instruction) bool {
	if !w.reaches(a, b) {
		return false
	}
	known := w.knownAt(a.Block())
	seen := make(map[*ssa.BasicBlock]bool)
	todo := []*ssa.BasicBlock{a.Block()}
	if a.Block() == b.Block() && slices.Index(a.Block().Instrs, a) < slices.Index(b.Block().Instrs, b) {
		return !slices.ContainsFunc(a.Block().Instrs[:slices.Index(b.Block().Instrs, b)], w.exits.Ends)
	}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if slices.ContainsFunc(x.Instrs, w.exits.Ends) {
			continue
		}
		for i, next := range x.Succs {
			if br, ok := x.Instrs[len(x.Instrs)-1].(*ssa.If); ok {
				if truth, ok := w.decide(known, br.Cond); ok && truth != (i == 0) {
					continue
				}
			}
			if next == b.Block() {
				return true
			}
			if !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return false
}

func (w *world) closedFinding(first, second skeleton.ClassOp) finding {
	at, name := placeOf(second), nameOf(second, "the channel")
	what, instead := "the send panics", "send before the close, or not at all"
	if second.Kind == skeleton.Close {
		what, instead = "the second close panics", "close it in one place"
	}
	if second.Deferred {
		what = "the deferred close panics"
	}
	return finding{Diagnostic: pass.Diagnostic{
		Rule: closedChannel, Pos: at.Pos, End: at.End, Op: "close", Object: name,
		Message: fmt.Sprintf("%s: %s is closed already at line %d, on the same path; %s", what, name, w.Fset.Position(first.Instr.Pos()).Line, instead),
		Steps: []pass.Step{
			{Place: placeOf(first), Goroutine: 1, Op: "close", Object: name, Message: name + " is closed here"},
			{Place: at, Goroutine: 1, Op: "close", Object: name, Message: what},
		},
	}, blocked: at.Pos, rank: shown}
}
