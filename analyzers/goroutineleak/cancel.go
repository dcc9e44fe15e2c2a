package goroutineleak

import (
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// cancels finds contexts whose cancel function is lost on some path.
func (c *checker) cancels() {
	var contexts *ctxflow.Flow
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok {
					continue
				}
				op := skeleton.OpOf(call)
				switch op.Kind {
				case skeleton.ContextCancel, skeleton.ContextTimeout, skeleton.SignalContext:
					if contexts == nil {
						contexts = ctxflow.New(c.ssa, c.Pass.IsTest)
					}
					if c.exits.Reachable(call) && !mainFunction(fn) {
						c.cancel(fn, call, op, contexts)
					}
				}
			}
		}
	}
}

func (c *checker) cancel(fn *ssa.Function, call *ssa.Call, op skeleton.Op, contexts *ctxflow.Flow) {
	ctx, cancel := extract(call, 0), extract(call, 1)
	if cancel == nil || ctx == nil {
		return // go vet says so
	}
	names := c.targets(call)
	if len(names) != 2 {
		return
	}
	t := newTracker(c, fn)
	t.value(cancel, &holder{function: true})
	lost, exits := c.losses(&duty{acquire: call, tracker: t})
	if len(lost) == 0 {
		c.neverCalled(call, ctx, op, contexts, names)
		return
	}
	for _, l := range lost {
		started := c.startedWith(ctx, l.blocks)
		severity, harm := c.harm(op, contexts, started)
		if harm == "" {
			continue
		}
		d := pass.Diagnostic{
			Rule: lostCancel, Severity: severity, Pos: c.placeOf(call).Pos, End: c.placeOf(call).End,
			Op: "cancel", Object: names[1],
		}
		where := "when the function returns at " + c.line(l.exit)
		if _, again := l.exit.(*ssa.Call); again {
			where = "in each round of the loop"
		} else if len(lost) == exits {
			where = "when the function returns"
		}
		d.Message = names[1] + " is not called " + where + ": " + harm + "; call " + names[1] + " there"
		d.Steps = []pass.Step{{Place: c.placeOf(call), Message: names[0] + " is made here, to be ended by " + names[1], Op: "make", Object: names[0], Goroutine: 1}}
		if started != nil {
			d.Steps = append(d.Steps, pass.Step{Place: c.placeOf(started), Message: "a goroutine that waits for " + names[0] + " is started here", Op: "start", Object: names[0], Goroutine: 1})
		}
		if len(lost) == exits && onlyCalls(t, cancel) {
			d.Fix = c.deferFix(call, names[1])
			d.Message = names[1] + " is not called " + where + ": " + harm + "; write defer " + names[1] + "()"
		}
		d.Steps = append(d.Steps, pass.Step{Place: pass.Place{Pos: c.exitPos(l.exit)}, Message: "leaves here without " + names[1] + ", which nobody else has", Op: "leave", Object: names[1], Goroutine: 1})
		c.add(finding{Diagnostic: d, blocked: call.Pos(), rank: shown})
		return
	}
}

// harm says what is left behind by a context that is not cancelled. It is empty if nothing is.
func (c *checker) harm(op skeleton.Op, contexts *ctxflow.Flow, started ssa.Instruction) (rule.Severity, string) {
	var parent ctxflow.State
	if op.Object != nil {
		parent = contexts.State(op.Object)
	}
	switch {
	case op.Kind == skeleton.SignalContext:
		return rule.Note, "the signals stay caught, and its goroutine waits for one"
	case started != nil && op.Kind == skeleton.ContextTimeout:
		return rule.Note, "the goroutine started with it stays until the deadline"
	case started != nil && parent == ctxflow.None:
		return rule.Error, "the goroutine started with it waits for ever"
	case started != nil:
		return rule.Warning, "the goroutine started with it waits until the parent context ends"
	case op.Kind == skeleton.ContextTimeout:
		return rule.Note, "the context and its timer stay until the deadline"
	case parent == ctxflow.None:
		return rule.Note, "what is given the context later, or waits for it already, is never told to stop"
	}
	return rule.Note, "the context stays registered with its parent until that ends"
}

// startedWith returns the statement in one of the blocks that starts a goroutine which waits for the context, or nil.
func (c *checker) startedWith(ctx ssa.Value, blocks []*ssa.BasicBlock) ssa.Instruction {
	w := contextWaiters{c: c, seen: make(map[ssa.Value]bool)}
	in := make(map[*ssa.BasicBlock]bool)
	for _, b := range blocks {
		in[b] = true
	}
	for _, start := range w.starts(ctx, 0) {
		if in[start.Block()] {
			return start
		}
	}
	return nil
}

// neverCalled reports a cancel function that is kept in a field of an unexported name which nobody in the package reads.
func (c *checker) neverCalled(call *ssa.Call, ctx ssa.Value, op skeleton.Op, contexts *ctxflow.Flow, names []string) {
	for _, use := range *extract(call, 1).Referrers() {
		s, ok := use.(*ssa.Store)
		if !ok {
			continue
		}
		key, _, ok := fieldOf(s.Addr)
		if !ok || key.variable() == nil || key.variable().Exported() || c.reach.others[key] || len(c.reach.loads[key]) > 0 {
			continue
		}
		field := key.typ.Name() + "." + key.variable().Name()
		if len(*extract(call, 1).Referrers()) > 1 {
			continue
		}
		started := c.startedWith(ctx, call.Parent().Blocks)
		severity, harm := c.harm(op, contexts, started)
		if started == nil {
			continue
		}
		d := pass.Diagnostic{
			Rule: lostCancel, Severity: severity, Pos: c.placeOf(call).Pos, End: c.placeOf(call).End, Op: "cancel", Object: field,
			Message: field + " is never called: " + harm + "; call it where the " + key.typ.Name() + " is closed",
			Steps: []pass.Step{
				{Place: c.placeOf(call), Message: names[0] + " is made here, to be ended by " + field, Op: "make", Object: names[0], Goroutine: 1},
				{Place: c.placeOf(started), Message: "a goroutine that waits for " + names[0] + " is started here", Op: "start", Object: names[0], Goroutine: 1},
			},
		}
		c.add(finding{Diagnostic: d, blocked: call.Pos(), rank: shown})
		return
	}
}

// line is how a message names the place of an instruction.
func (c *checker) line(instr ssa.Instruction) string {
	return "line " + strconv.Itoa(c.Fset.Position(c.exitPos(instr)).Line)
}
