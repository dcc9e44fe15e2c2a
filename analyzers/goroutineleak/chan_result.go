package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// resultsNeverEnded reports channels that a function makes for its callers to receive from, and that the goroutine it starts
// does not close when it comes to the end of what it sends, or never sends on at all: who receives waits for ever.
func (w *world) resultsNeverEnded(class *skeleton.Class) {
	if class.Escapes != skeleton.ToReceive || class.Kept || !class.Returned || len(class.Makes) != 1 {
		return
	}
	mk, ok := class.Makes[0].(*ssa.MakeChan)
	if !ok || len(opsOf(class, skeleton.Close)) > 0 || len(opsOf(class, skeleton.Recv)) > 0 {
		return
	}
	fn := mk.Parent()
	if !w.classes.Callable(fn) || !w.alwaysReturns(fn, class) || w.repeats(mk.Block(), nil) {
		return
	}
	sends := opsOf(class, skeleton.Send)
	if len(sends) == 0 {
		if start := w.startIn(fn); start != nil {
			w.add(w.resultFinding(fn, mk, "nothing ever sends on it or closes it", pass.Step{Place: pass.Place{Pos: start.Pos()}, Goroutine: 1, Op: "go", Message: "the goroutine that is started here does not, either"}))
		}
		return
	}
	threads, ok := w.allThreads(sends, fn)
	if !ok || len(threads) != 1 || threads[0].start == nil || threads[0].in != fn || w.repeats(threads[0].start.Block(), nil) {
		return
	}
	root := threads[0].root
	for _, op := range sends {
		if op.Fn != root {
			return
		}
	}
	for _, op := range sends {
		if out := w.endOfWork(op.Instr.Block()); out != nil {
			w.add(w.resultFinding(fn, mk, "the goroutine that sends returns when all is sent, and nothing closes it",
				pass.Step{Place: w.startPlace(threads[0]), Goroutine: 1, Op: "go", Message: "the sender is started here"},
				pass.Step{Place: placeOf(op), Goroutine: 2, Op: "send", Message: "sends here, and closes nothing after the last value"}))
			return
		}
	}
}

// alwaysReturns reports whether each return of a function that does not fail returns the channel.
func (w *world) alwaysReturns(fn *ssa.Function, class *skeleton.Class) bool {
	found := false
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		if slices.ContainsFunc(ret.Results, func(v ssa.Value) bool { return w.classes.Of(v) == class }) {
			found = true
		} else if n := len(ret.Results); n == 0 || !irutil.IsError(ret.Results[n-1].Type()) {
			return false
		}
	}
	return found
}

// startIn returns a go statement of the function, or nil.
func (w *world) startIn(fn *ssa.Function) ssa.Instruction {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if g, ok := instr.(*ssa.Go); ok && w.exits.Reachable(g) {
				return g
			}
		}
	}
	return nil
}

// endOfWork returns the branch at which the loops around a block end because there is no more to do, and the function
// returns: not because an error or another channel told it to. It is nil where they do not end so.
func (w *world) endOfWork(b *ssa.BasicBlock) *ssa.If {
	var outer *loop
	for _, l := range w.loopsOf(b.Parent()) {
		if l.body[b] && (outer == nil || len(l.body) > len(outer.body)) {
			outer = l
		}
	}
	if outer == nil {
		return nil
	}
	br, ok := outer.header.Instrs[len(outer.header.Instrs)-1].(*ssa.If)
	if !ok || outer.body[outer.header.Succs[0]] == outer.body[outer.header.Succs[1]] {
		return nil
	}
	if cond, ok := br.Cond.(*ssa.BinOp); ok {
		if _, _, sel := selectCase(cond); sel || irutil.IsError(cond.X.Type()) {
			return nil
		}
	}
	out := outer.header.Succs[0]
	if outer.body[out] {
		out = outer.header.Succs[1]
	}
	// Straight to the end.
	for range 8 {
		if _, ok := out.Instrs[len(out.Instrs)-1].(*ssa.Return); ok {
			return br
		}
		if len(out.Succs) != 1 {
			return nil
		}
		out = out.Succs[0]
	}
	return nil
}

func (w *world) resultFinding(fn *ssa.Function, mk *ssa.MakeChan, why string, steps ...pass.Step) finding {
	at := w.nodeAt(fn, mk.Pos())
	return finding{Diagnostic: pass.Diagnostic{
		Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "receive", Object: "result",
		Message: fmt.Sprintf("who receives from the channel that %s returns waits for ever after the last value: %s; close it when all is sent, with defer where the goroutine begins", funcName(fn), why),
		Steps:   append([]pass.Step{{Place: at, Goroutine: 1, Op: "make", Object: "result", Message: "the channel is made here"}}, steps...),
	}, blocked: at.Pos, rank: shown}
}
