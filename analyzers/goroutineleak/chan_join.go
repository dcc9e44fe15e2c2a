package goroutineleak

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// joinOfEndless reports a wait for the end of a goroutine that does not end: all that sends or closes, or calls Done, is
// deferred in functions that never return. Somebody who means to wait for ever has nothing left to do afterwards.
func (w *world) joinOfEndless(wait skeleton.ClassOp, releases []skeleton.ClassOp) {
	if len(releases) == 0 || isSelect(wait) || !w.exits.Reachable(wait.Instr) || !w.goesOn(wait.Instr) || w.ranges(wait) {
		return
	}
	if slices.ContainsFunc(releases, func(op skeleton.ClassOp) bool {
		return !op.Deferred || op.Fn == wait.Fn || w.comesBack(op.Fn) || !w.runAsGoroutine(op.Fn) || w.endsAll(op.Fn)
	}) {
		return
	}
	at, name := placeOf(wait), nameOf(wait, "it")
	last := releases[0]
	of, verb := abandonedReceiver, "closes"
	what := "the receive from " + name
	if wait.Kind == skeleton.WaitGroupWait {
		of, verb, what = waitGroup, "calls Done of", name+".Wait"
	}
	w.add(finding{Diagnostic: pass.Diagnostic{
		Rule: of, Pos: at.Pos, End: at.End, Op: "wait", Object: name,
		Message: fmt.Sprintf("%s waits for ever: %s, which %s it at its end, loops without a way out; let the loop end, before it is waited for",
			what, goroutineName(last.Fn), verb),
		Steps: []pass.Step{
			{Place: placeOf(last), Goroutine: 2, Op: "defer", Object: name, Message: "would be done when " + goroutineName(last.Fn) + " returns, which it never does"},
			{Place: at, Goroutine: 1, Op: "wait", Object: name, Message: "waits here for ever"},
		},
	}, blocked: at.Pos, rank: shown})
}

// goroutineName is how a message calls what a goroutine runs.
func goroutineName(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return "the goroutine"
	}
	return funcName(fn)
}

// goesOn reports whether the function does something after the instruction.
func (w *world) goesOn(instr ssa.Instruction) bool {
	return w.doesFrom(instr.Block(), slices.Index(instr.Block().Instrs, instr)+1)
}

// doesFrom reports whether the function does something from an instruction of the block on.
func (w *world) doesFrom(b *ssa.BasicBlock, from int) bool {
	rest := b.Instrs[from:]
	seen := make(map[*ssa.BasicBlock]bool)
	for todo := []*ssa.BasicBlock{}; ; {
		for _, i := range rest {
			switch i.(type) {
			case *ssa.Call, *ssa.Go, *ssa.Send, *ssa.Store, *ssa.Select, *ssa.MapUpdate:
				return true
			}
		}
		todo = append(todo, b.Succs...)
		for len(todo) > 0 && seen[todo[len(todo)-1]] {
			todo = todo[:len(todo)-1]
		}
		if len(todo) == 0 {
			return false
		}
		b = todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		seen[b] = true
		rest = b.Instrs
	}
}

// runAsGoroutine reports whether all that runs a function is seen, and starts it.
func (w *world) runAsGoroutine(fn *ssa.Function) bool {
	sites, all := w.classes.RunBy(fn)
	return all && len(sites) > 0 && !slices.ContainsFunc(sites, func(s skeleton.Site) bool { return s.How != skeleton.Started })
}

// comesBack reports whether a function can return, or end otherwise so that what it has deferred is done. The cases of
// selects that are never taken are no ways to get there.
func (w *world) comesBack(fn *ssa.Function) bool {
	if len(fn.Blocks) == 0 {
		return true
	}
	none := &search{w: w, run: map[*ssa.Function]bool{}}
	seen := make(map[*ssa.BasicBlock]bool)
	todo := []*ssa.BasicBlock{fn.Blocks[0]}
next:
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.Return:
				return true
			case *ssa.Panic:
				if i.Pos().IsValid() { // else no case of a select was taken, which cannot be
					return true
				}
			}
			if w.opOf(instr).Kind == skeleton.Goexit {
				return true
			}
			if w.exits.Ends(instr) {
				continue next
			}
		}
		if br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok {
			todo = append(todo, w.takenOf(br, none)...)
		} else {
			todo = append(todo, b.Succs...)
		}
	}
	return false
}

// takenOf returns the ways on from a branch without those that are never taken: the case of a select on a channel that is
// never ready, the end of a loop over a ticker's channel, which nobody closes.
func (w *world) takenOf(br *ssa.If, none *search) []*ssa.BasicBlock {
	succs := br.Block().Succs
	switch cond := br.Cond.(type) {
	case *ssa.BinOp:
		sel, k, ok := selectCase(cond)
		if ok && k < len(sel.States) && sel.States[k].Send == nil && (w.neverDone(sel.States[k].Chan, none) || w.neverReady(sel.States[k].Chan)) {
			return succs[1:]
		}
	case *ssa.Extract:
		if recv, ok := cond.Tuple.(*ssa.UnOp); ok && cond.Index == 1 && w.opOf(recv).Kind == skeleton.Recv {
			if isTimeChan(recv.X) && !w.closedHere(recv.X) {
				return succs[:1]
			}
		}
	}
	return succs
}

// neverReady reports whether nobody ever sends on a channel or closes it.
func (w *world) neverReady(ch ssa.Value) bool {
	class := w.classes.Of(ch)
	return class != nil && class.Escapes&skeleton.ToSend == 0 && !class.Global && len(class.Makes) > 0 &&
		!slices.ContainsFunc(class.Ops, func(op skeleton.ClassOp) bool { return op.Does(skeleton.Send) || op.Kind == skeleton.Close })
}

// closedHere reports whether the package closes a channel.
func (w *world) closedHere(ch ssa.Value) bool {
	class := w.classes.Of(ch)
	return class != nil && len(opsOf(class, skeleton.Close)) > 0
}

// loopNeverLeft reports a loop over a channel of a field that nothing closes, where somebody waits for the function to return
// and it has something left to do after the loop: that never happens.
func (w *world) loopNeverLeft(class *skeleton.Class, op skeleton.ClassOp) bool {
	if class.Global || len(class.Fields) != 1 || len(class.Makes) == 0 || w.otherExit(op) || endsProcess(op.Fn) || w.runAsGoroutine(op.Fn) {
		return false
	}
	l := w.innermost(op.Instr.Block())
	if l == nil || l.header != op.Instr.Block() {
		return false
	}
	for _, s := range l.header.Succs {
		if l.body[s] || !w.doesFrom(s, 0) {
			continue
		}
		at, name := placeOf(op), nameOf(op, class.Fields[0].Name())
		w.add(finding{Diagnostic: pass.Diagnostic{
			Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "range", Object: class.Fields[0].Name(),
			Message: fmt.Sprintf("the loop over %s never ends, so that %s does not get to what comes after it: nothing closes %s; close it when all is sent", name, funcName(op.Fn), name),
			Steps:   append(w.makeSteps(class, name), pass.Step{Place: at, Goroutine: 1, Op: "range", Object: name, Message: "waits here for ever after the last value"}),
		}, blocked: at.Pos, rank: shown})
		return true
	}
	return false
}

// endsAll reports whether a function ends the process where nothing failed: then nobody waits any more.
func (w *world) endsAll(fn *ssa.Function) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		return !afterFailure(b) && slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			return w.exits.Ends(instr) && w.exits.Reachable(instr) && w.opOf(instr).Kind != skeleton.Goexit
		})
	})
}

// afterFailure reports whether a block is reached only where an error is not nil.
func afterFailure(b *ssa.BasicBlock) bool {
	for ; b.Idom() != nil; b = b.Idom() {
		br, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(b.Preds) != 1 {
			continue
		}
		cond, ok := br.Cond.(*ssa.BinOp)
		if ok && irutil.IsError(cond.X.Type()) && irutil.IsNil(cond.Y) && (cond.Op == token.NEQ) == (b == b.Idom().Succs[0]) {
			return true
		}
	}
	return false
}
