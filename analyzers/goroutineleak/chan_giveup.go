package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// sendersToWhoGivesUp reports goroutines that send a result on a channel that a field holds, without a buffer, where all
// that receive it wait for it together with a context or a timer: who gives up leaves the sender behind.
func (w *world) sendersToWhoGivesUp(class *skeleton.Class) {
	if !class.Kept || class.Global || len(class.Fields) != 1 || !unbuffered(class) {
		return
	}
	receives := opsOf(class, skeleton.Recv)
	var up *ssa.Select
	given := 0
	for _, op := range receives {
		sel, k := w.givesUp(class, op)
		if sel == nil {
			return
		}
		if up == nil {
			up, given = sel, k
		}
	}
	if up == nil {
		return
	}
	for _, op := range class.Ops {
		if op.Kind != skeleton.Send || !w.exits.Reachable(op.Instr) || w.expectsEnd(op.Instr) {
			continue
		}
		threads, ok := w.threads(op.Fn, nil)
		if !ok || len(threads) == 0 || slices.ContainsFunc(threads, func(t thread) bool { return t.start == nil || w.runBy(t.root)[up.Parent()] }) {
			continue
		}
		w.add(w.givenUpSender(class, op, threads[0], receives[0], pass.Place{Pos: up.States[given].Pos}))
		return
	}
}

// givesUp returns the select of a receive that happens once, and the case of it that ends the wait because it takes too
// long: a context or a timer. It returns nil where the receiver waits until it gets something, or comes back.
func (w *world) givesUp(class *skeleton.Class, op skeleton.ClassOp) (*ssa.Select, int) {
	sel, ok := op.Instr.(*ssa.Select)
	if !ok || !sel.Blocking || w.repeats(sel.Block(), nil) || !w.exits.Reachable(sel) {
		return nil, 0
	}
	i := slices.IndexFunc(sel.States, func(s *ssa.SelectState) bool {
		if s.Send != nil {
			return false
		}
		return isDone(s.Chan) || isTimeChan(s.Chan)
	})
	if i < 0 {
		return nil, 0
	}
	// Nothing on the way out receives after all.
	s := &search{
		w: w, class: class, waits: op, run: map[*ssa.Function]bool{}, memo: make(map[*ssa.Function]int), need: 1, repeated: true,
		serves: func(op skeleton.ClassOp) int {
			if op.Does(skeleton.Recv) {
				return 1
			}
			return 0
		},
	}
	s.relevant = w.relevantTo(s.class, nil, s.serves)
	x, ok := s.leaves(op.Fn, nil)
	if !ok || x.sel != sel || x.selCase == op.Case {
		return nil, 0
	}
	return sel, i
}

func (w *world) givenUpSender(class *skeleton.Class, op skeleton.ClassOp, t thread, recv skeleton.ClassOp, leaves pass.Place) finding {
	at, name := placeOf(op), nameOf(op, class.Fields[0].Name())
	who := funcName(recv.Fn)
	return finding{Diagnostic: pass.Diagnostic{
		Rule: abandonedSender, Pos: at.Pos, End: at.End, Op: "send", Object: class.Fields[0].Name(),
		Message: fmt.Sprintf("the goroutine blocks for ever sending on %s where %s has given up before: it stops waiting for %s at line %d; make %s with capacity 1, so that the send needs no receiver",
			name, who, class.Fields[0].Name(), w.Fset.Position(leaves.Pos).Line, class.Fields[0].Name()),
		Steps: append(w.makeSteps(class, name),
			pass.Step{Place: w.startPlace(t), Goroutine: 1, Op: "go", Object: name, Message: "the sender is started here"},
			pass.Step{Place: leaves, Goroutine: 1, Op: "return", Object: name, Message: who + " can give up here"},
			pass.Step{Place: at, Goroutine: 2, Op: "send", Object: name, Message: fmt.Sprintf("sends on %s for ever", name)}),
	}, blocked: at.Pos, rank: shown, at: op.Instr, start: startedBy(t), sends: op.Instr}
}
