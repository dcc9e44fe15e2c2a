package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// countedInVain reports functions that count a goroutine and return on one way without starting it, although they start
// it on another: nobody calls Done then.
func (w *world) countedInVain(class *skeleton.Class, wait skeleton.ClassOp, adds []skeleton.ClassOp) {
	if !class.Kept {
		return // whoever counts in vain mostly returns without waiting, too
	}
	for _, done := range opsOf(class, skeleton.WaitGroupDone) {
		// Whoever called may take back what was counted.
		threads, ok := w.threads(done.Fn, nil)
		if !ok || slices.ContainsFunc(threads, func(t thread) bool { return t.start == nil }) {
			return
		}
	}
	s := &search{
		w: w, class: class, waits: wait, run: map[*ssa.Function]bool{}, memo: make(map[*ssa.Function]int), need: 1, handsOn: true,
		serves: func(op skeleton.ClassOp) int {
			switch op.Kind {
			case skeleton.WaitGroupDone, skeleton.WaitGroupWait:
				return 1
			case skeleton.WaitGroupAdd:
				if n, known := addend(op); !known || n < 0 {
					return 1
				}
			}
			return 0
		},
	}
	s.relevant = w.relevantTo(class, nil, s.serves)
	for _, add := range adds {
		if n, known := addend(add); !known || n != 1 || add.Deferred || add.Started || !w.exits.Reachable(add.Instr) {
			continue
		}
		start := s.startAfter(add.Instr)
		if start == nil || waitsItself(class, add.Fn) {
			continue
		}
		x, ok := s.leaves(add.Fn, add.Instr)
		if ret, returns := x.exit.(*ssa.Return); !ok || !returns || !ret.Pos().IsValid() {
			continue
		}
		w.add(w.vainFinding(wait, add, start, x))
		return
	}
}

// waitsItself reports whether a function makes a WaitGroup and is the only one to wait for it, at its end: where it returns
// before, nobody waits.
func waitsItself(class *skeleton.Class, fn *ssa.Function) bool {
	own := func(v ssa.Value) bool { return v.Parent() == fn }
	return len(class.Makes) > 0 && !slices.ContainsFunc(class.Makes, func(v ssa.Value) bool { return !own(v) }) &&
		!slices.ContainsFunc(opsOf(class, skeleton.WaitGroupWait), func(op skeleton.ClassOp) bool {
			return op.Fn != fn || op.Deferred || op.Started
		})
}

// startAfter returns the instruction that starts, or hands on, what serves, and that always comes after another one.
func (s *search) startAfter(after ssa.Instruction) ssa.Instruction {
	first := after.Block()
	for _, b := range first.Parent().Blocks {
		if !first.Dominates(b) {
			continue
		}
		instrs := b.Instrs
		if b == first {
			instrs = instrs[slices.Index(instrs, after)+1:]
		}
		for _, instr := range instrs {
			if _, starts := instr.(*ssa.Go); starts && s.effect(instr) > 0 {
				return instr
			}
		}
	}
	return nil
}

func (w *world) vainFinding(wait, add skeleton.ClassOp, start ssa.Instruction, x way) finding {
	name := nameOf(add, "the WaitGroup")
	at, left := placeOf(wait), w.wayPlace(x)
	counted := placeOf(add)
	d := pass.Diagnostic{
		Rule: waitGroup, Pos: counted.Pos, End: counted.End, Op: "add", Object: name,
		Message: fmt.Sprintf("%s counts a goroutine here that is not started when %s can %s at line %d, and nobody calls Done for it: Wait waits for ever; count right before the go statement",
			name, funcName(add.Fn), w.describe(x), w.Fset.Position(left.Pos).Line),
		Steps: []pass.Step{
			{Place: counted, Goroutine: 1, Op: "add", Object: name, Message: "counts the goroutine"},
			{Place: left, Goroutine: 1, Op: "return", Object: name, Message: "leaves here without starting it"},
			{Place: at, Goroutine: 2, Op: "wait", Object: name, Message: "waits here for ever"},
		},
		Related: []pass.Related{{Place: pass.Place{Pos: start.Pos()}, Message: "starts it on the other ways"}},
	}
	return finding{Diagnostic: d, blocked: counted.Pos, rank: shown}
}
