package contextdeadline

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
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
			c.deferred(d, made, loop)
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

func (c *checker) deferred(d *ssa.Defer, made *ssa.Call, loop []*ssa.BasicBlock) {
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
	var mild rule.Severity
	advice := ""
	if c.leavesWhenDone(made, loop) {
		mild, advice = rule.Note, "; the loop ends when it has what it wants, so this is advice"
	}
	c.found = append(c.found, pass.Diagnostic{
		Rule: deferredCancel, Severity: mild, Pos: at.Pos, End: at.End, Op: "defer", Object: name,
		Message: fmt.Sprintf("%s is called when %s returns, not at the end of the round: each round of the loop %s, and all deferred calls; call %[1]s() when the round is done, or make the body a function%[4]s",
			name, who, harm, advice),
		Steps: []pass.Step{
			{Place: c.source.Place(made), Message: "makes a context in each round", Op: "context", Object: name},
			{Place: at, Message: "defers its end", Op: "defer", Object: name},
		},
	})
}
