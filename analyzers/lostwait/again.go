package lostwait

import (
	"fmt"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// retryEnded reports a call that is given a context and tried again whenever it fails, also when the context has ended. A
// loop that waits between its tries is the matter of another rule.
func (c *checker) retryEnded(instr ssa.CallInstruction) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return
	}
	loops := c.around(call.Block())
	if len(loops) == 0 || !slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool { return irutil.IsContext(v.Type()) && c.derived(v, 0) }) {
		return
	}
	l := loops[0]
	of := failures(call)
	if of == nil || !c.sameAgain(call, l) || !endsOnSuccess(l, of) || c.leavesOn(call, l, of, true) {
		return
	}
	ctx, ok := c.atHand(call)
	if !ok || slices.ContainsFunc(loops, func(l *irutil.Loop) bool { return c.notices(l, call) }) {
		return
	}
	name, at := c.source.Callee(call), c.source.Place(call)
	d := pass.Diagnostic{Rule: retryAfterEnd, Pos: at.Pos, End: at.End, Op: "retry", Object: name}
	d.Message = fmt.Sprintf("%s is tried again after any failure, also when %s has ended: whoever has given up waits for all the tries that are left; return when %[2]s.Err() is not nil", name, ctx.Text)
	d.Steps = []pass.Step{{Place: at, Message: name + " fails, and the loop comes here again without a look at " + ctx.Text, Op: "retry", Object: name}}
	c.found = append(c.found, d)
}

// notices reports whether a loop asks whether it is to end, waits for anything, or leaves when another call fails.
func (c *checker) notices(l *irutil.Loop, but *ssa.Call) bool {
	return c.consultsBut(l, but) || slices.ContainsFunc(l.Head.Parent().Blocks, func(b *ssa.BasicBlock) bool {
		return l.Has[b] && slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			_, waits := c.pauseOf(instr)
			return waits
		})
	})
}

// sameAgain reports whether a call is the same in each round of a loop: nothing that it is given changes.
func (c *checker) sameAgain(call *ssa.Call, l *irutil.Loop) bool {
	given := call.Call.Args
	if call.Call.IsInvoke() {
		given = append([]ssa.Value{call.Call.Value}, given...)
	}
	for _, v := range given {
		if !irutil.IsContext(v.Type()) && !unchanged(v, l, 0) {
			return false
		}
	}
	return true
}

func unchanged(v ssa.Value, l *irutil.Loop, depth int) bool {
	instr, ok := v.(ssa.Instruction)
	if !ok || !l.Has[instr.Block()] {
		return true // it is made before the loop, or is a constant or a parameter
	}
	if depth > maxDepth {
		return false
	}
	switch v := v.(type) {
	case *ssa.Phi, *ssa.Call, *ssa.Next, *ssa.Select, *ssa.IndexAddr, *ssa.Lookup, *ssa.Index:
		return false
	case *ssa.UnOp:
		if cell, ok := v.X.(*ssa.Alloc); ok && slices.ContainsFunc(*cell.Referrers(), func(use ssa.Instruction) bool {
			store, ok := use.(*ssa.Store)
			return ok && store.Addr == ssa.Value(cell) && l.Has[store.Block()]
		}) {
			return false
		}
	}
	for _, op := range instr.Operands(nil) {
		if *op != nil && !unchanged(*op, l, depth+1) {
			return false
		}
	}
	return true
}

// endsOnSuccess reports whether a loop is left when the call has not failed.
func endsOnSuccess(l *irutil.Loop, of func(ssa.Value) bool) bool {
	return repeat.UntilSuccess(slices.Collect(maps.Keys(l.Has)), of)
}
