package goroutineleak

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// lostByGoroutine reports a cancel function that one goroutine alone has, and calls on some of its ways only.
func (c *checker) lostByGoroutine(call *ssa.Call, ctx, cancel ssa.Value, op skeleton.Op, contexts *ctxflow.Flow, object, name string) {
	if op.Kind != skeleton.ContextCancel || ctx == nil {
		return
	}
	closure, start := onlyCapturedBy(cancel)
	if start == nil || !c.exits.Reachable(start) {
		return
	}
	body := closure.Fn.(*ssa.Function)
	calls := make(map[ssa.Instruction]bool)
	for i, b := range closure.Bindings {
		cell, ok := b.(*ssa.Alloc)
		if !ok || skeleton.OnlyStored(cell) != cancel {
			continue
		}
		for _, use := range *body.FreeVars[i].Referrers() {
			load, ok := use.(*ssa.UnOp)
			if !ok {
				return
			}
			for _, use := range *load.Referrers() {
				switch run := use.(type) {
				case *ssa.DebugRef:
				case *ssa.Call:
					if run.Call.Value != load {
						return
					}
					calls[run] = true
				default:
					return // deferred, or somebody else's now
				}
			}
		}
	}
	if len(calls) == 0 {
		return
	}
	exit := c.leavesWithout(body, calls)
	if exit == nil {
		return
	}
	severity, harm := c.harm(op, contexts, nil)
	at := c.placeOf(call)
	c.add(finding{Diagnostic: pass.Diagnostic{
		Rule: lostCancel, Severity: severity, Pos: at.Pos, End: at.End, Op: "cancel", Object: name,
		Message: name + " is not called when the goroutine that has it returns at " + c.line(exit) + ": " + harm + "; write defer " + name + "() where the goroutine begins",
		Steps: []pass.Step{
			{Place: at, Message: object + " is made here, to be ended by " + name, Op: "make", Object: object, Goroutine: 1},
			{Place: pass.Place{Pos: start.Pos()}, Message: "only the goroutine that is started here calls " + name, Op: "start", Object: name, Goroutine: 1},
			{Place: pass.Place{Pos: c.exitPos(exit)}, Message: "it leaves here without " + name, Op: "leave", Object: name, Goroutine: 2},
		},
	}, blocked: call.Pos(), rank: shown})
}

// onlyCapturedBy returns the closure that alone uses a value, and the go statement that runs it, or nil.
func onlyCapturedBy(v ssa.Value) (closure *ssa.MakeClosure, start *ssa.Go) {
	var cell *ssa.Alloc
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			a, ok := use.Addr.(*ssa.Alloc)
			if !ok || use.Val != v || cell != nil {
				return nil, nil
			}
			cell = a
		default:
			return nil, nil
		}
	}
	if cell == nil {
		return nil, nil
	}
	for _, use := range *cell.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			if use.Val != v {
				return nil, nil
			}
		case *ssa.MakeClosure:
			if closure != nil {
				return nil, nil
			}
			closure = use
		default:
			return nil, nil
		}
	}
	if closure == nil {
		return nil, nil
	}
	for _, use := range *closure.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.Go:
			if start != nil || use.Call.Value != closure {
				return nil, nil
			}
			start = use
		default:
			return nil, nil
		}
	}
	return closure, start
}

// leavesWithout returns a return of the function that is reached without one of the calls, or nil. What is reached because
// a context is done needs none.
func (c *checker) leavesWithout(fn *ssa.Function, calls map[ssa.Instruction]bool) ssa.Instruction {
	seen := make(map[*ssa.BasicBlock]bool)
	todo := []*ssa.BasicBlock{fn.Blocks[0]}
next:
	for len(todo) > 0 {
		b := todo[0]
		todo = todo[1:]
		if seen[b] {
			continue
		}
		seen[b] = true
		for _, instr := range b.Instrs {
			if calls[instr] || c.exits.Ends(instr) || skeleton.OpOf(instr).Kind == skeleton.Recv && isDone(skeleton.OpOf(instr).Object) {
				continue next
			}
			if ret, ok := instr.(*ssa.Return); ok {
				return ret
			}
		}
		for i, s := range b.Succs {
			if br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && i == 1 && c.neverFails(br.Cond) {
				continue
			}
			if br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && i == 0 {
				if cond, ok := br.Cond.(*ssa.BinOp); ok {
					if sel, k, ok := selectCase(cond); ok && k < len(sel.States) && isDone(sel.States[k].Chan) {
						continue
					}
				}
			}
			todo = append(todo, s)
		}
	}
	return nil
}

// neverFails reports whether a condition is the "ok" of a receive from a channel that nobody closes: a loop over it does not
// come to its end. Package signal does not close the channels that it is given.
func (c *checker) neverFails(cond ssa.Value) bool {
	ok, isExtract := cond.(*ssa.Extract)
	if !isExtract || ok.Index != 1 || c.world == nil {
		return false
	}
	recv, isRecv := ok.Tuple.(*ssa.UnOp)
	if !isRecv || recv.Op != token.ARROW {
		return false
	}
	class := c.world.classes.Of(recv.X)
	return class != nil && len(opsOf(class, skeleton.Close)) == 0 && (class.Closed() || ofSignals(recv.X.Type()))
}

// isDone reports whether a channel is a context's.
func isDone(ch ssa.Value) bool {
	call, ok := ch.(*ssa.Call)
	return ok && skeleton.OpOf(call).Kind == skeleton.ContextDone
}
