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
				if !w.before(second.Instr, first.Instr) && !w.follows(first.Instr, second.Instr) {
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

// before reports whether a has run wherever b runs.
func (w *world) before(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		return slices.Index(a.Block().Instrs, a) < slices.Index(b.Block().Instrs, b)
	}
	return a.Block().Dominates(b.Block())
}

// follows reports whether b runs on every way on from a. Where there is another way, the function may know which to take.
func (w *world) follows(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() && w.before(a, b) {
		return !slices.ContainsFunc(a.Block().Instrs[slices.Index(a.Block().Instrs, a):slices.Index(b.Block().Instrs, b)], w.exits.Ends)
	}
	if !w.reaches(a, b) || a.Block() == b.Block() {
		return false
	}
	seen := make(map[*ssa.BasicBlock]bool)
	todo := slices.Clone(a.Block().Succs)
	if len(todo) == 0 || slices.ContainsFunc(a.Block().Instrs, w.exits.Ends) {
		return false
	}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if x == b.Block() || seen[x] {
			continue
		}
		seen[x] = true
		if len(x.Succs) == 0 || x == a.Block() || slices.ContainsFunc(x.Instrs, w.exits.Ends) {
			return false
		}
		todo = append(todo, x.Succs...)
	}
	return true
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
