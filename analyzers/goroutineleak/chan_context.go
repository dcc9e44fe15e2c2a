package goroutineleak

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// deafWaits reports waits without an end of their own in functions that are given a context and do nothing with it: who
// cancels it has no way to end them.
func (w *world) deafWaits() {
	for _, fn := range w.fns {
		ctx := unheard(fn)
		if ctx == nil {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				op := skeleton.OpOf(instr)
				if !w.exits.Reachable(instr) || !w.waitsForOthers(fn, op) || toldToEnd(instr) {
					continue
				}
				w.add(w.deafWait(fn, op, ctx))
			}
		}
	}
}

// unheard returns the context that a function is given by name and does not use, or uses only for the values in it.
func unheard(fn *ssa.Function) *ssa.Parameter {
	if fn.Parent() != nil {
		return nil
	}
	for _, p := range fn.Params {
		obj := p.Object()
		if !irutil.IsContext(p.Type()) || obj.Name() == "_" || obj.Name() == "" {
			continue
		}
		if slices.ContainsFunc(*p.Referrers(), func(use ssa.Instruction) bool {
			_, debug := use.(*ssa.DebugRef)
			return !debug && !readsValue(use)
		}) {
			return nil
		}
		return p
	}
	return nil
}

// readsValue reports whether a use of a context asks for nothing but a value: by its method, by a function that is given
// nothing else and answers neither with an error nor with something to wait for, or for a line of the log.
func readsValue(use ssa.Instruction) bool {
	call, ok := use.(*ssa.Call)
	if !ok {
		return false
	}
	if call.Call.IsInvoke() && call.Call.Method.Name() == "Value" {
		return true
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object == nil || callee.Object.Pkg() == nil {
		return false
	}
	if callee.Object.Pkg().Path() == "log/slog" {
		return true
	}
	results := call.Call.Signature().Results()
	if len(callee.Args) != 1 || results.Len() == 0 {
		return false
	}
	for v := range results.Variables() {
		if _, wait := v.Type().Underlying().(*types.Chan); wait || irutil.IsContext(v.Type()) || irutil.IsError(v.Type()) {
			return false
		}
	}
	return true
}

// waitsForOthers reports whether an operation waits for something that is not its own function's: a receive from a channel
// that others have, or a send to one without a buffer. (A select with one case is one of these.) A loop over a channel is
// there to go on until it is closed.
func (w *world) waitsForOthers(fn *ssa.Function, op skeleton.Op) bool {
	switch op.Kind {
	case skeleton.Recv:
		return w.foreign(op.Object, fn) && !w.ranges(skeleton.ClassOp{Op: op, Fn: fn, Case: -1})
	case skeleton.Send:
		class := w.classes.Of(op.Object)
		return class != nil && unbuffered(class) && w.foreign(op.Object, fn)
	}
	return false
}

// toldToEnd reports whether a wait follows in any case on something that asks others to come to an end: a call of a cancel
// function, the close of a channel, of a pipe or of another io.Closer. Then it is for their answer.
func toldToEnd(wait ssa.Instruction) bool {
	for _, b := range wait.Parent().Blocks {
		if !b.Dominates(wait.Block()) {
			continue
		}
		for _, instr := range b.Instrs {
			if instr == wait {
				break
			}
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			switch op := skeleton.OpOf(call); {
			case op.Kind == skeleton.Close || op.Kind == skeleton.PipeClose || irutil.IsCancelFunc(call.Call.Value.Type()):
				return true
			case op.Callee.Object != nil && op.Callee.Object.Name() == "Close" && closes(op.Callee.Object.Signature()):
				return true
			}
		}
	}
	return false
}

// closes reports whether a method has the signature of io.Closer's.
func closes(sig *types.Signature) bool {
	return sig.Recv() != nil && sig.Params().Len() == 0 && sig.Results().Len() == 1 && irutil.IsError(sig.Results().At(0).Type())
}

// foreign reports whether a channel is not one that the function makes, nor one that fires by itself.
func (w *world) foreign(ch ssa.Value, fn *ssa.Function) bool {
	if isTimeChan(ch) {
		return false
	}
	class := w.classes.Of(ch)
	if class == nil {
		return true
	}
	return !slices.ContainsFunc(class.Makes, func(mk ssa.Value) bool { return mk.Parent() == fn })
}

func (w *world) deafWait(fn *ssa.Function, op skeleton.Op, ctx *ssa.Parameter) finding {
	class := skeleton.ClassOp{Op: op, Fn: fn, Case: -1}
	at, name := placeOf(class), nameOf(class, "a channel")
	return finding{Diagnostic: pass.Diagnostic{
		Rule: blockedSelect, Severity: rule.Warning, Pos: at.Pos, End: at.End, Op: "receive", Object: name,
		Message: fmt.Sprintf("%s waits for %s and does not notice when %s is cancelled: nothing here listens to it; wait in a select that also has <-%s.Done()", funcName(fn), name, ctx.Name(), ctx.Name()),
		Steps: []pass.Step{
			{Place: pass.Place{Pos: ctx.Pos(), End: ctx.Pos()}, Goroutine: 1, Op: "context", Object: ctx.Name(), Message: ctx.Name() + " says when to give up, and nobody listens"},
			{Place: at, Goroutine: 1, Op: "receive", Object: name, Message: "waits here also after " + ctx.Name() + " is cancelled"},
		},
	}, blocked: at.Pos, rank: shown}
}
