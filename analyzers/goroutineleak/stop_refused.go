package goroutineleak

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// refusedStarts reports WaitGroups that count a goroutine before somebody is asked to start it who may refuse: while the
// service is shut down, say. Then nobody calls Done.
func (w *world) refusedStarts(class *skeleton.Class) {
	waits := slices.DeleteFunc(opsOf(class, skeleton.WaitGroupWait), func(op skeleton.ClassOp) bool { return !w.exits.Reachable(op.Instr) })
	if len(waits) == 0 {
		return
	}
	for _, add := range opsOf(class, skeleton.WaitGroupAdd) {
		if n, known := addend(add); !known || n != 1 {
			continue
		}
		for _, b := range add.Fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok || !add.Instr.Block().Dominates(b) || !w.reaches(add.Instr, call) || w.repeatsBetween(add.Instr, call) {
					continue
				}
				if w.refused(class, call) {
					w.add(w.refusedFinding(waits[0], add, call))
				}
			}
		}
	}
}

// refused reports whether a function can be left behind a call that was given what calls Done, and has not started it.
func (w *world) refused(class *skeleton.Class, call *ssa.Call) bool {
	sites, all := w.classes.Runs(call)
	if !all || len(sites) != 1 || sites[0].How != skeleton.Called || !types.Identical(call.Type().Underlying(), types.Typ[types.Bool]) {
		return false
	}
	starter := sites[0].Fn
	callee := skeleton.CalleeOf(&call.Call)
	i := slices.IndexFunc(callee.Args, func(v ssa.Value) bool { return w.callsDone(class, v) })
	if i < 0 || i >= len(starter.Params) || !mayRefuse(starter, starter.Params[i]) {
		return false
	}
	// Behind the call the answer is looked at, or not at all.
	s := &search{
		w: w, class: class, run: map[*ssa.Function]bool{}, memo: make(map[*ssa.Function]int), need: 1, handsOn: true,
		serves: func(op skeleton.ClassOp) int {
			switch op.Kind {
			case skeleton.WaitGroupDone, skeleton.WaitGroupAdd, skeleton.WaitGroupWait:
				return 1
			}
			return 0
		},
	}
	s.relevant = w.relevantTo(class, nil, s.serves)
	block := call.Block()
	br, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	used := slices.ContainsFunc(*call.Referrers(), func(use ssa.Instruction) bool { _, debug := use.(*ssa.DebugRef); return !debug })
	switch {
	case !used:
		_, leaves := s.leaves(call.Parent(), call)
		return leaves
	case !ok:
		return false
	}
	cond, no := br.Cond, 1
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, no = not.X, 0
	}
	if cond != ssa.Value(call) {
		return false
	}
	from := block.Succs[no]
	if len(from.Preds) != 1 || len(from.Instrs) == 0 || s.effect(from.Instrs[0]) != 0 {
		return false
	}
	if _, ok := from.Instrs[0].(*ssa.Return); ok {
		return true
	}
	_, leaves := s.leaves(call.Parent(), from.Instrs[0])
	return leaves
}

// callsDone reports whether a value is a function that calls Done of the WaitGroup.
func (w *world) callsDone(class *skeleton.Class, v ssa.Value) bool {
	if _, fn := v.Type().Underlying().(*types.Signature); !fn {
		return false
	}
	f := calleeOf(v).Func
	if f == nil {
		return false
	}
	run := w.runBy(f)
	return slices.ContainsFunc(opsOf(class, skeleton.WaitGroupDone), func(op skeleton.ClassOp) bool { return run[op.Fn] })
}

// mayRefuse reports whether a function can return false without having done anything with a function that it was given.
func mayRefuse(fn *ssa.Function, p *ssa.Parameter) bool {
	taken := make(map[*ssa.BasicBlock]bool)
	for _, use := range *p.Referrers() {
		if store, ok := use.(*ssa.Store); ok {
			if cell, ok := store.Addr.(*ssa.Alloc); ok {
				for _, use := range *cell.Referrers() {
					if use != ssa.Instruction(store) {
						taken[use.Block()] = true
					}
				}
				continue
			}
		}
		taken[use.Block()] = true
	}
	if len(taken) == 0 {
		return false
	}
	seen := map[*ssa.BasicBlock]bool{}
	todo := []*ssa.BasicBlock{fn.Blocks[0]}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[b] || taken[b] {
			continue
		}
		seen[b] = true
		todo = append(todo, b.Succs...)
	}
	for b := range seen {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) != 1 {
			continue
		}
		switch v := stored(ret.Results[0]).(type) {
		case *ssa.Const:
			if isFalse(v) {
				return true
			}
		case *ssa.Phi:
			for i, e := range v.Edges {
				if isFalse(e) && seen[v.Block().Preds[i]] {
					return true
				}
			}
		}
	}
	return false
}

func isFalse(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && k.Value != nil && k.Value.Kind() == constant.Bool && !constant.BoolVal(k.Value)
}

func (w *world) refusedFinding(wait, add skeleton.ClassOp, call *ssa.Call) finding {
	name := nameOf(wait, "the WaitGroup")
	who := "the function"
	if sites, _ := w.classes.Runs(call); len(sites) > 0 {
		who = funcName(sites[0].Fn)
	}
	f := w.waitFinding(wait, add, fmt.Sprintf("%s, called at line %d, can return false without starting the goroutine that was counted, and nobody calls Done then",
		who, w.Fset.Position(call.Pos()).Line), "call Done where it returns false")
	at := w.nodeAt(call.Parent(), call.Common().Pos())
	f.Steps = slices.Insert(f.Steps, 1, pass.Step{Place: at, Goroutine: 1, Op: "call", Object: name, Message: who + " does not start it here"})
	return f
}
