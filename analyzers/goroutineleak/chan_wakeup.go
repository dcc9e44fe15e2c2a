package goroutineleak

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// lostWakeup reports receivers of a channel without a buffer that is there to wake them, and on which all that send do so
// only if somebody receives at that moment: a signal that comes while the receiver is busy is lost, and it sleeps although
// there is work.
func (w *world) lostWakeup(class *skeleton.Class) {
	if class.Escapes&skeleton.ToSend != 0 || !unbuffered(class) || !isSignal(class.Makes[0].Type()) {
		return
	}
	sends := opsOf(class, skeleton.Send)
	if len(sends) == 0 || slices.ContainsFunc(sends, func(op skeleton.ClassOp) bool { return !dropsSilently(op) }) {
		return
	}
	for _, op := range opsOf(class, skeleton.Recv) {
		if !w.exits.Reachable(op.Instr) || !w.repeats(op.Instr.Block(), nil) && !w.classes.Callable(op.Fn) || w.polls(op) {
			continue
		}
		w.add(w.wakeupFinding(class, op, sends[0]))
		return
	}
}

// isSignal reports whether a channel's values carry nothing but that they come.
func isSignal(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	s, ok := ch.Elem().Underlying().(*types.Struct)
	return ok && s.NumFields() == 0
}

// dropsSilently reports whether a send is a case of a select whose default goes on as if it had been sent: both lead to the
// same place, and nothing is done on either way.
func dropsSilently(op skeleton.ClassOp) bool {
	sel, ok := op.Instr.(*ssa.Select)
	if !ok || sel.Blocking {
		return false
	}
	sent, dropped := afterCase(sel, op.Case), afterCase(sel, len(sel.States))
	if sent == sel.Block() {
		return sent == dropped
	}
	return sent != nil && sent == dropped && !slices.ContainsFunc(sent.Instrs, func(i ssa.Instruction) bool { _, phi := i.(*ssa.Phi); return phi })
}

// afterCase returns the first block that does something where a case of a select is taken; the case after the last is the
// default. It is nil where that is not seen.
func afterCase(sel *ssa.Select, k int) *ssa.BasicBlock {
	for _, use := range *sel.Referrers() {
		index, ok := use.(*ssa.Extract)
		if !ok || index.Index != 0 {
			continue
		}
		for _, use := range *index.Referrers() {
			cond, ok := use.(*ssa.BinOp)
			if !ok {
				continue
			}
			_, i, ok := selectCase(cond)
			if !ok || i != min(k, len(sel.States)-1) {
				continue
			}
			for _, use := range *cond.Referrers() {
				if br, ok := use.(*ssa.If); ok {
					return skipEmpty(br.Block().Succs[k-i])
				}
			}
		}
	}
	if k >= len(sel.States)-1 {
		return sel.Block() // the last case and the default are not told apart
	}
	return nil
}

// skipEmpty follows blocks that do nothing.
func skipEmpty(b *ssa.BasicBlock) *ssa.BasicBlock {
	for range 8 {
		if len(b.Instrs) != 1 || len(b.Succs) != 1 {
			break
		}
		b = b.Succs[0]
	}
	return b
}

// polls reports whether a receive also ends by itself: a default, a timer, a ticker. A variable that holds a timer's channel
// at times, and one that never fires at others, does not count.
func (w *world) polls(op skeleton.ClassOp) bool {
	sel, ok := op.Instr.(*ssa.Select)
	if !ok {
		return false
	}
	return !sel.Blocking || slices.ContainsFunc(sel.States, func(s *ssa.SelectState) bool {
		class := w.classes.Of(s.Chan)
		return isTimeChan(s.Chan) && (class == nil || len(class.Makes) == 0 && !class.Nil)
	})
}

// isTimeChan reports whether a channel's values are times: those of a timer or a ticker.
func isTimeChan(ch ssa.Value) bool {
	t, ok := ch.Type().Underlying().(*types.Chan)
	return ok && isTime(t.Elem())
}

func isTime(t types.Type) bool { return irutil.IsNamed(t, "time", "Time") }

func (w *world) wakeupFinding(class *skeleton.Class, op, send skeleton.ClassOp) finding {
	at, name := w.receivePlace(op)
	steps := w.makeSteps(class, name)
	sent := pass.Place{Pos: send.Cases[send.Case].Pos}
	steps = append(steps,
		pass.Step{Place: sent, Goroutine: 1, Op: "send", Object: name, Message: "gives up here unless somebody receives at this moment"},
		pass.Step{Place: at, Goroutine: 2, Op: "receive", Object: name, Message: "waits here for a signal that came before, and was dropped"})
	return finding{Diagnostic: pass.Diagnostic{
		Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "receive", Object: name,
		Message: fmt.Sprintf("%s can wait for ever for %s: the signal is sent only if somebody receives at that moment (line %d), and one that comes while the receiver is busy is lost; make %s with capacity 1",
			funcName(op.Fn), name, w.Fset.Position(sent.Pos).Line, name),
		Steps: steps,
	}, blocked: at.Pos, rank: shown}
}

// lostSignals reports channels without a buffer that the signals of the operating system go to: signal.Notify does not
// wait for a receiver.
func (w *world) lostSignals() {
	for _, fn := range w.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				op := skeleton.OpOf(instr)
				if op.Kind != skeleton.SignalNotify || len(op.Callee.Args) == 0 || !w.exits.Reachable(instr) {
					continue
				}
				class := w.classes.Of(op.Callee.Args[0])
				if class == nil || !unbuffered(class) {
					continue
				}
				if receives := opsOf(class, skeleton.Recv); len(receives) > 0 {
					w.add(w.signalFinding(class, fn, instr, receives[0]))
				}
			}
		}
	}
}

func (w *world) signalFinding(class *skeleton.Class, fn *ssa.Function, notify ssa.Instruction, recv skeleton.ClassOp) finding {
	at, name := w.receivePlace(recv)
	call := w.nodeAt(fn, notify.(ssa.CallInstruction).Common().Pos())
	return finding{Diagnostic: pass.Diagnostic{
		Rule: abandonedReceiver, Pos: call.Pos, End: call.End, Op: "receive", Object: name,
		Message: fmt.Sprintf("a signal that comes before somebody receives from %s is lost, and %s waits for the next one: signal.Notify does not wait for a receiver; make %s with capacity 1",
			name, funcName(recv.Fn), name),
		Steps: append(w.makeSteps(class, name),
			pass.Step{Place: call, Goroutine: 1, Op: "send", Object: name, Message: "signals go to it from here on, and are dropped unless somebody receives"},
			pass.Step{Place: at, Goroutine: 1, Op: "receive", Object: name, Message: "waits here for a signal that came before"}),
	}, blocked: call.Pos, rank: shown}
}

// unbuffered reports whether all channels of a class are seen to be made without a buffer.
func unbuffered(class *skeleton.Class) bool {
	return len(class.Makes) > 0 && !slices.ContainsFunc(class.Makes, func(v ssa.Value) bool {
		mk, ok := v.(*ssa.MakeChan)
		if !ok {
			return true
		}
		n, known := intConst(mk.Size)
		return !known || n > 0
	})
}

// receivePlace is where a receive stands, and how the sources call its channel.
func (w *world) receivePlace(op skeleton.ClassOp) (pass.Place, string) {
	if isSelect(op) {
		return pass.Place{Pos: op.Cases[op.Case].Pos}, w.caseName(op)
	}
	return placeOf(op), nameOf(op, "the channel")
}
