package lostwait

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// recursivePause reports a wait for time to pass in a function that tries again by calling itself, or a function that
// calls it, with its context, and never asks that. Another channel beside the timer tells of the end of something else:
// what calls the function ends with the context.
func (c *checker) recursivePause(instr ssa.Instruction) {
	p, ok := c.pauseOf(instr)
	if !ok {
		if p, ok = timedWait(instr); !ok {
			return
		}
	}
	if longest, known := longest(p.value, 0); known && longest < shortest {
		return
	}
	fn := instr.Parent()
	if fn.Parent() != nil {
		return
	}
	ctx, ok := c.atHand(instr)
	if !ok {
		return
	}
	others := c.comesBack(fn)
	if len(others) == 0 || slices.ContainsFunc(append(others, fn), func(f *ssa.Function) bool { return inBody(f, asksContext) }) {
		return
	}
	at := c.placeOf(instr)
	if sel, isSelect := instr.(*ssa.Select); isSelect && !at.Pos.IsValid() && len(sel.States) > 0 {
		at.Pos = sel.States[0].Pos
	}
	name := source.FuncName(fn)
	d := pass.Diagnostic{Rule: retry, Pos: at.Pos, End: at.End, Op: "pause", Object: p.text}
	d.Message = fmt.Sprintf("%s delays each try of %s, which is called again after a failure and does not notice the end of %s: when that has ended, all the tries that are left are still made, and the caller waits; wait for %[3]s.Done() too, and return",
		p.text, name, ctx.Text)
	d.Steps = []pass.Step{{Place: at, Message: name + " waits here before the next try", Op: "wait", Object: p.text}}
	c.found = append(c.found, d)
}

// timedWait says whether an instruction waits for a timer beside something other than the end of a context.
func timedWait(instr ssa.Instruction) (pause, bool) {
	op := skeleton.OpOf(instr)
	if op.Kind != skeleton.Select || op.Default {
		return pause{}, false
	}
	var p pause
	for _, s := range op.Cases {
		switch {
		case s.Dir != types.RecvOnly || doneOf(s.Chan) != nil:
			return pause{}, false
		case isTime(s.Chan):
			p = pause{text: "the wait for " + timerText(s.Chan), value: durationOf(s.Chan)}
		}
	}
	return p, p.text != ""
}

// comesBack returns the functions by which a function of the package is called again, with a context: itself, or one
// that it calls.
func (c *checker) comesBack(fn *ssa.Function) []*ssa.Function {
	var back []*ssa.Function
	for _, g := range callsWithContext(fn) {
		if g == fn || slices.Contains(callsWithContext(g), fn) {
			back = append(back, g)
		}
	}
	return back
}

func callsWithContext(fn *ssa.Function) []*ssa.Function {
	var called []*ssa.Function
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			callee := skeleton.CalleeOf(call.Common())
			if callee.Func != nil && len(callee.Func.Blocks) > 0 && slices.ContainsFunc(callee.Args, func(v ssa.Value) bool { return irutil.IsContext(v.Type()) }) {
				called = append(called, callee.Func)
			}
		}
	}
	return called
}

// asksContext reports whether an instruction asks a context whether it has ended.
func asksContext(instr ssa.Instruction) bool {
	switch skeleton.OpOf(instr).Kind {
	case skeleton.ContextDone, skeleton.ContextErr, skeleton.ContextCause:
		return true
	}
	cmp, ok := instr.(*ssa.BinOp)
	return ok && (irutil.IsContextError(cmp.X) || irutil.IsContextError(cmp.Y))
}
