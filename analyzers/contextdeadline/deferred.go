package contextdeadline

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// deferredCancels reports cancel functions that are deferred in each round of a loop which works for ever: none is called
// before the function returns.
func (c *checker) deferredCancels(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok || d.DeferStack != nil || !c.exits.Reachable(d) {
				continue
			}
			made := madeBy(d.Call.Value)
			if made == nil || made.Parent() != fn {
				continue
			}
			loop := repeat.Loop(d, c.exits.Succs)
			if loop == nil || !slices.Contains(loop, made.Block()) || c.costsNothing(made) || c.once(d, loop) {
				continue
			}
			c.deferred(d, made)
		}
	}
}

// costsNothing reports whether a context that is not cancelled is kept by nobody: it has no timer, and its parent, the root,
// does not know its children.
func (c *checker) costsNothing(made *ssa.Call) bool {
	if models.ContextFunction(skeleton.CalleeOf(made.Common()).Name()).Effect != models.DeriveCancel {
		return false
	}
	parent, ok := made.Call.Args[0].(*ssa.Call)
	return ok && models.ContextFunction(skeleton.CalleeOf(parent.Common()).Name()).Effect == models.Root
}

// once reports whether an instruction of a loop runs in one round at most: the round for which a timer has fired, which was
// started before the loop, and which the loop starts again only where Stop has told that it had not fired yet.
func (c *checker) once(instr ssa.Instruction, loop []*ssa.BasicBlock) bool {
	b := instr.Block()
	for d := b; d.Idom() != nil && slices.Contains(loop, d); d = d.Idom() {
		branch, ok := d.Idom().Instrs[len(d.Idom().Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		fired := firedTimer(branch.Cond)
		if fired == nil || slices.Contains(loop, fired.Block()) || len(d.Preds) != 1 || d.Idom().Succs[0] != d {
			continue
		}
		if !slices.ContainsFunc(*fired.Referrers(), func(use ssa.Instruction) bool { return startsAgain(use, fired) }) {
			return true
		}
	}
	return false
}

// firedTimer returns the call that made the timer whose channel a select has received from, where a condition is true.
func firedTimer(cond ssa.Value) *ssa.Call {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL {
		return nil
	}
	index, ok := cmp.X.(*ssa.Extract)
	k, isConst := cmp.Y.(*ssa.Const)
	if !ok || !isConst || k.Value == nil || index.Index != 0 {
		return nil
	}
	sel, ok := index.Tuple.(*ssa.Select)
	if !ok || k.Int64() < 0 || int(k.Int64()) >= len(sel.States) {
		return nil
	}
	load, ok := sel.States[k.Int64()].Chan.(*ssa.UnOp)
	if !ok {
		return nil
	}
	field, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	made, ok := field.X.(*ssa.Call)
	if !ok || skeleton.OpOf(made).Kind != skeleton.NewTimer {
		return nil
	}
	return made
}

// startsAgain reports whether a use of a timer may start it when it has fired already.
func startsAgain(use ssa.Instruction, timer *ssa.Call) bool {
	switch use := use.(type) {
	case *ssa.FieldAddr, *ssa.DebugRef:
		return false
	case ssa.CallInstruction:
		switch skeleton.CalleeOf(use.Common()).Name() {
		case "(*time.Timer).Stop":
			return false
		case "(*time.Timer).Reset":
			_, plain := use.(*ssa.Call)
			return !plain || !stopped(use.Block(), timer)
		}
	}
	return true
}

// stopped reports whether a block is reached only where Stop has said that the timer had not fired.
func stopped(b *ssa.BasicBlock, timer *ssa.Call) bool {
	for d := b; d.Idom() != nil; d = d.Idom() {
		branch, ok := d.Idom().Instrs[len(d.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(d.Preds) != 1 || d.Idom().Succs[0] != d {
			continue
		}
		call, ok := branch.Cond.(*ssa.Call)
		if !ok {
			continue
		}
		callee := skeleton.CalleeOf(call.Common())
		if callee.Name() == "(*time.Timer).Stop" && len(callee.Args) == 1 && callee.Args[0] == ssa.Value(timer) {
			return true
		}
	}
	return false
}

// madeBy returns the call that made a context together with a cancel function, or nil.
func madeBy(v ssa.Value) *ssa.Call {
	e, ok := v.(*ssa.Extract)
	if !ok || e.Index == 0 || !irutil.IsCancelFunc(e.Type()) {
		return nil
	}
	call, ok := e.Tuple.(*ssa.Call)
	if !ok {
		return nil
	}
	switch models.ContextFunction(skeleton.CalleeOf(call.Common()).Name()).Effect {
	case models.DeriveCancel, models.Bound:
		return call
	}
	return nil
}

func (c *checker) deferred(d *ssa.Defer, made *ssa.Call) {
	at := c.source.Place(d)
	name := "the cancel function"
	if e := c.source.Call(d); e != nil {
		name = source.Text(e.Fun)
	}
	harm := "keeps its context with the parent"
	if models.ContextFunction(skeleton.CalleeOf(made.Common()).Name()).Effect == models.Bound {
		harm = "keeps its context and timer until the timeout"
	}
	who := source.FuncName(irutil.Outermost(d.Parent()))
	c.found = append(c.found, pass.Diagnostic{
		Rule: deferredCancel, Pos: at.Pos, End: at.End, Op: "defer", Object: name,
		Message: fmt.Sprintf("%s is called when %s returns, not at the end of the round: each round of the loop %s, and all deferred calls; call %[1]s() when the round is done, or make the body a function",
			name, who, harm),
		Steps: []pass.Step{
			{Place: c.source.Place(made), Message: "makes a context in each round", Op: "context", Object: name},
			{Place: at, Message: "defers its end", Op: "defer", Object: name},
		},
	})
}
