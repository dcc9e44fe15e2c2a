package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// sendersBeforeReceivers reports sends on a channel without a buffer where every receive comes after a send of the same
// goroutine, or of the one that starts it: a semaphore without room. The first to come waits for ever.
func (w *world) sendersBeforeReceivers(class *skeleton.Class) {
	receives := opsOf(class, skeleton.Recv)
	if !unbuffered(class) || len(receives) == 0 {
		return
	}
	sends := slices.DeleteFunc(opsOf(class, skeleton.Send), isSelect)
	if len(sends) == 0 || slices.ContainsFunc(opsOf(class, skeleton.Send), isSelect) {
		return
	}
	for _, r := range receives {
		if !w.afterASend(sends, r.Instr, r.Fn, 0) {
			return
		}
	}
	for _, op := range sends {
		if !w.exits.Reachable(op.Instr) {
			continue
		}
		at, name := placeOf(op), nameOf(op, "the channel")
		freed, _ := w.receivePlace(receives[0])
		w.add(finding{Diagnostic: pass.Diagnostic{
			Rule: abandonedSender, Pos: at.Pos, End: at.End, Op: "send", Object: name,
			Message: fmt.Sprintf("the send on %s waits for ever: %s has no buffer, and all that receive from it do so only after they have sent; make it with the capacity that it should have",
				name, name),
			Steps: append(w.makeSteps(class, name),
				pass.Step{Place: at, Goroutine: 1, Op: "send", Object: name, Message: "waits here for a receiver for ever"},
				pass.Step{Place: freed, Goroutine: 1, Op: "receive", Object: name, Message: "would receive here, afterwards"}),
		}, blocked: at.Pos, rank: shown})
		return
	}
}

// sendersToNobody reports sends on a channel that a field holds and from which nothing ever receives: the room there is
// fills up, and the next send waits for ever.
func (w *world) sendersToNobody(class *skeleton.Class) {
	if !class.Kept || class.Global || len(class.Fields) != 1 || len(class.Makes) == 0 || len(opsOf(class, skeleton.Recv)) > 0 || len(opsOf(class, skeleton.Close)) > 0 {
		return
	}
	for _, op := range class.Ops {
		if op.Kind != skeleton.Send || !w.exits.Reachable(op.Instr) || !w.sendsAgain(class, op) || endsProcess(op.Fn) {
			continue
		}
		at, name := placeOf(op), nameOf(op, class.Fields[0].Name())
		when := "once its room is filled"
		if unbuffered(class) {
			when = "at once"
		}
		w.add(finding{Diagnostic: pass.Diagnostic{
			Rule: abandonedSender, Pos: at.Pos, End: at.End, Op: "send", Object: class.Fields[0].Name(),
			Message: fmt.Sprintf("the send on %s waits for ever, %s: nothing ever receives from %s; receive where what was sent is given back, or leave the send out", name, when, name),
			Steps:   append(w.makeSteps(class, name), pass.Step{Place: at, Goroutine: 1, Op: "send", Object: name, Message: "waits here for a receiver for ever"}),
		}, blocked: at.Pos, rank: shown})
		return
	}
}

// afterASend reports whether an instruction of a function runs only where one of the sends has been done before: in the
// function, where it is bound into a closure, or at all places that run the function.
func (w *world) afterASend(sends []skeleton.ClassOp, instr ssa.Instruction, fn *ssa.Function, depth int) bool {
	if slices.ContainsFunc(sends, func(s skeleton.ClassOp) bool { return s.Fn == fn && w.before(s.Instr, instr) }) {
		return true
	}
	if depth > 4 {
		return false
	}
	sites, all := w.classes.RunBy(fn)
	if all && len(sites) > 0 && !slices.ContainsFunc(sites, func(s skeleton.Site) bool { return !w.afterASend(sends, s.Instr, s.In, depth+1) }) {
		return true
	}
	// Whoever runs a closure, runs it after it was made.
	made := irutil.ClosureOf(fn)
	return made != nil && w.afterASend(sends, made, fn.Parent(), depth+1)
}

// fillsWithoutRoom reports sends on a channel without a buffer by the function that has just made it, and has not yet given
// it to anybody: a constructor that fills a pool.
func (w *world) fillsWithoutRoom() {
	for _, fn := range w.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				send, ok := instr.(*ssa.Send)
				if !ok || !w.exits.Reachable(send) || endsProcess(fn) {
					continue
				}
				mk := w.ownChannel(send)
				if mk == nil {
					continue
				}
				if n, known := intConst(mk.Size); !known || n > 0 {
					continue
				}
				op := skeleton.ClassOp{Op: w.opOf(send), Fn: fn, Case: -1}
				at, name := placeOf(op), nameOf(op, "the channel")
				w.add(finding{Diagnostic: pass.Diagnostic{
					Rule: abandonedSender, Pos: at.Pos, End: at.End, Op: "send", Object: name,
					Message: fmt.Sprintf("%s blocks for ever sending on %s: it has just made %s, without a buffer, and nobody else has it yet; make it with room for what is sent here",
						funcName(fn), name, name),
					Steps: []pass.Step{
						{Place: w.nodeAt(fn, mk.Pos()), Goroutine: 1, Op: "make", Object: name, Message: name + " is made here"},
						{Place: at, Goroutine: 1, Op: "send", Object: name, Message: "waits here for a receiver for ever"},
					},
				}, blocked: at.Pos, rank: shown})
			}
		}
	}
}

// ownChannel returns where the channel of a send is made, if the same function has made it before and kept it in a field of
// a struct that it has made as well, and nobody else can have got either of them by then.
func (w *world) ownChannel(send *ssa.Send) *ssa.MakeChan {
	load, ok := send.Chan.(*ssa.UnOp)
	if !ok {
		return nil
	}
	field, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	owner, ok := field.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var made *ssa.MakeChan
	for _, use := range *owner.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.FieldAddr:
			if use.Field != field.Field {
				continue
			}
			for _, access := range *use.Referrers() {
				switch access := access.(type) {
				case *ssa.DebugRef:
				case *ssa.Store:
					mk, ok := access.Val.(*ssa.MakeChan)
					if !ok || access.Addr != use || made != nil || !w.before(access, send) || !w.onlyStoredBefore(mk, access, send) {
						return nil
					}
					made = mk
				case *ssa.UnOp:
					if access != load && !w.harmlessBefore(access, send) {
						return nil
					}
				default:
					return nil
				}
			}
		default:
			if w.reaches(use, send) {
				return nil
			}
		}
	}
	if made == nil || w.repeats(made.Block(), send.Block()) {
		return nil
	}
	return made
}

// onlyStoredBefore reports whether a channel is put nowhere else before the send.
func (w *world) onlyStoredBefore(mk *ssa.MakeChan, store *ssa.Store, send *ssa.Send) bool {
	return !slices.ContainsFunc(*mk.Referrers(), func(use ssa.Instruction) bool {
		_, debug := use.(*ssa.DebugRef)
		return use != ssa.Instruction(store) && !debug && w.reaches(use, send)
	})
}

// harmlessBefore reports whether nothing is done with a copy of the channel before the send but another send.
func (w *world) harmlessBefore(ch *ssa.UnOp, send *ssa.Send) bool {
	return !slices.ContainsFunc(*ch.Referrers(), func(use ssa.Instruction) bool {
		if other, ok := use.(*ssa.Send); ok && other.Chan == ch {
			return false
		}
		_, debug := use.(*ssa.DebugRef)
		return !debug && w.reaches(use, send)
	})
}
