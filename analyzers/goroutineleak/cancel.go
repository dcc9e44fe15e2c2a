package goroutineleak

import (
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A maker is a call that makes a context with its cancel function.
type maker struct {
	*ssa.Call
	op          skeleton.Op // the function of package context or signal that does it
	ctx, cancel int         // which results they are; ctx is -1 where it is not returned
}

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
				made, ok := c.maker(call, 0)
				if !ok || !c.exits.Reachable(call) {
					continue
				}
				if contexts == nil {
					contexts = ctxflow.New(c.ssa, c.Pass.IsTest)
				}
				if partOfMain(fn, contexts, 0) || c.childOfOwn(call, contexts) {
					continue
				}
				c.cancel(fn, made, contexts)
			}
		}
	}
}

// childOfOwn reports whether the parent of a context was made by the same function: the parent's cancel function ends
// both, and where that is lost it is the one to tell of.
func (c *checker) childOfOwn(call *ssa.Call, contexts *ctxflow.Flow) bool {
	return slices.ContainsFunc(call.Call.Args, func(arg ssa.Value) bool {
		e, ok := origin(arg, contexts).(*ssa.Extract)
		if !ok {
			return false
		}
		parent, ok := e.Tuple.(*ssa.Call)
		if !ok || parent.Parent() != call.Parent() {
			return false
		}
		made, ok := c.maker(parent, 0)
		return ok && made.ctx == e.Index
	})
}

// maxMakers bounds the functions that hand on what another one made.
const maxMakers = 3

// maker says whether the call makes a context, by itself or in a function of the package that returns what it made. Such a
// function may also return nil: then there is nothing to cancel.
func (c *checker) maker(call *ssa.Call, depth int) (maker, bool) {
	op := skeleton.OpOf(call)
	switch op.Kind {
	case skeleton.ContextCancel, skeleton.ContextTimeout, skeleton.SignalContext:
		return maker{call, op, 0, 1}, true
	}
	callee := op.Callee.Func
	if callee == nil || len(callee.Blocks) == 0 || depth >= maxMakers {
		return maker{}, false
	}
	found, ok := maker{}, false
	for i := range callee.Signature.Results().Len() {
		if !isCancelFunc(callee.Signature.Results().At(i).Type()) {
			continue
		}
		for _, b := range callee.Blocks {
			ret, isReturn := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
			if !isReturn {
				continue
			}
			if k, isConst := ret.Results[i].(*ssa.Const); isConst && k.IsNil() {
				continue
			}
			inner, isMade := c.madeBy(ret.Results[i], depth)
			if !isMade {
				return maker{}, false
			}
			if ok = true; found.Call == nil {
				found = maker{call, inner.op, -1, i}
				if inner.ctx >= 0 {
					found.ctx = slices.IndexFunc(ret.Results, func(v ssa.Value) bool { return v == extract(inner.Call, inner.ctx) })
				}
			}
		}
	}
	return found, ok
}

// madeBy says which call made the cancel function, if there is one.
func (c *checker) madeBy(v ssa.Value, depth int) (made maker, ok bool) {
	if phi, isPhi := v.(*ssa.Phi); isPhi {
		for _, edge := range phi.Edges {
			if k, isConst := edge.(*ssa.Const); isConst && k.IsNil() {
				continue
			}
			if _, nested := edge.(*ssa.Phi); nested {
				return maker{}, false
			}
			if made, ok = c.madeBy(edge, depth); !ok {
				return maker{}, false
			}
		}
		return made, ok
	}
	e, ok := v.(*ssa.Extract)
	if !ok {
		return maker{}, false
	}
	call, ok := e.Tuple.(*ssa.Call)
	if !ok {
		return maker{}, false
	}
	inner, ok := c.maker(call, depth+1)
	return inner, ok && inner.cancel == e.Index
}

// returned reports whether the function gives the value to its caller.
func returned(v ssa.Value) bool {
	for _, use := range *v.Referrers() {
		if _, ok := use.(*ssa.Return); ok {
			return true
		}
	}
	return false
}

// isCancelFunc reports whether a result of the type can be a cancel function.
func isCancelFunc(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	return ok && sig.Results().Len() == 0
}

func (c *checker) cancel(fn *ssa.Function, made maker, contexts *ctxflow.Flow) {
	call, op := made.Call, made.op
	cancel := extract(call, made.cancel)
	names := c.targets(call)
	if cancel == nil || len(names) <= made.cancel {
		return // go vet speaks of a cancel function that is not even named
	}
	var ctx ssa.Value
	object := "the context"
	if made.ctx >= 0 {
		if ctx = extract(call, made.ctx); names[made.ctx] != "_" {
			object = names[made.ctx]
		}
	}
	name := names[made.cancel]
	t := newTracker(c, fn)
	t.value(cancel, &holder{function: true})
	lost, exits := c.losses(&duty{acquire: call, tracker: t, err: errorOf(call), done: noneThen(made)})
	if len(lost) == 0 {
		c.neverCalled(call, ctx, cancel, op, contexts, object)
		c.lostByGoroutine(call, ctx, cancel, op, contexts, object, name)
		return
	}
	// The way out that leaves most behind.
	l, started := lost[0], c.startedWith(ctx, lost[0].blocks)
	for _, other := range lost[1:] {
		if started == nil {
			if started = c.startedWith(ctx, other.blocks); started != nil {
				l = other
			}
		}
	}
	severity, harm := c.harm(op, contexts, started)
	where, advice := "when the function returns at "+c.line(l.exit), "call "+name+" there"
	_, again := l.exit.(*ssa.Call)
	var fix *pass.Fix
	switch {
	case again:
		where, advice = "in each round of the loop", "call "+name+" before the next one"
	case len(lost) == exits && started != nil:
		// Whether the goroutine should end with the function is not known.
		where, advice = "when the function returns", "call "+name+" when the goroutine should end"
	case len(lost) == exits:
		where = "when the function returns"
		if onlyCalls(t, cancel) && (ctx == nil || !returned(ctx)) {
			fix, advice = c.deferFix(call, name), "write defer "+name+"()"
		}
	}
	if name == "_" {
		if op.Kind == skeleton.ContextCancel && started == nil && op.Object != nil && contexts.State(op.Object) == ctxflow.None {
			return // nothing is left behind for certain, and go vet says it, too
		}
		name, fix, advice = "the cancel function", nil, "keep it, and call it when "+object+" is of no use any more"
	}
	steps := []pass.Step{{Place: c.placeOf(call), Message: object + " is made here, to be ended by " + name, Op: "make", Object: object, Goroutine: 1}}
	if started != nil {
		steps = append(steps, pass.Step{Place: c.placeOf(started), Message: "a goroutine that waits for " + object + " is started here", Op: "start", Object: object, Goroutine: 1})
	}
	leaves := pass.Step{Place: pass.Place{Pos: c.exitPos(l.exit)}, Message: "leaves here without " + name + ", which nobody else has", Op: "leave", Object: name, Goroutine: 1}
	if again {
		leaves.Message = "makes the next one here, without a call of " + name
	}
	at := c.placeOf(call)
	c.add(finding{Diagnostic: pass.Diagnostic{
		Rule: lostCancel, Severity: severity, Pos: at.Pos, End: at.End, Op: "cancel", Object: name,
		Message: name + " is not called " + where + ": " + harm + "; " + advice,
		Steps:   append(steps, leaves), Fix: fix,
	}, blocked: call.Pos(), rank: shown})
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
		return rule.Note, "whatever has the context is never told to stop"
	}
	return rule.Note, "the context stays registered with its parent until that ends"
}

// startedWith returns the statement in one of the blocks that starts a goroutine which waits for the context, or nil.
func (c *checker) startedWith(ctx ssa.Value, blocks []*ssa.BasicBlock) ssa.Instruction {
	if ctx == nil {
		return nil
	}
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
func (c *checker) neverCalled(call *ssa.Call, ctx, cancel ssa.Value, op skeleton.Op, contexts *ctxflow.Flow, object string) {
	for _, use := range *cancel.Referrers() {
		s, ok := use.(*ssa.Store)
		if !ok {
			continue
		}
		key, _, ok := fieldOf(s.Addr)
		if !ok || key.variable() == nil || key.variable().Exported() || c.reach.others[key] || len(c.reach.loads[key]) > 0 {
			continue
		}
		field := key.typ.Name() + "." + key.variable().Name()
		if len(*cancel.Referrers()) > 1 {
			continue
		}
		started := c.startedWith(ctx, call.Parent().Blocks)
		severity, harm := c.harm(op, contexts, started)
		d := pass.Diagnostic{
			Rule: lostCancel, Severity: severity, Pos: c.placeOf(call).Pos, End: c.placeOf(call).End, Op: "cancel", Object: field,
			Message: field + " is never called: " + harm + "; call it where the " + key.typ.Name() + " is closed",
			Steps: []pass.Step{
				{Place: c.placeOf(call), Message: object + " is made here, to be ended by " + field, Op: "make", Object: object, Goroutine: 1},
			},
		}
		d.Steps = append(d.Steps, pass.Step{Place: c.placeOf(s), Message: "and kept here, where nobody calls it", Op: "keep", Object: field, Goroutine: 1})
		if started != nil {
			d.Steps = append(d.Steps, pass.Step{Place: c.placeOf(started), Message: "a goroutine that waits for " + object + " is started here", Op: "start", Object: object, Goroutine: 1})
		}
		c.add(finding{Diagnostic: d, blocked: call.Pos(), rank: shown})
		return
	}
}

// line is how a message names the place of an instruction.
func (c *checker) line(instr ssa.Instruction) string {
	return "line " + strconv.Itoa(c.Fset.Position(c.exitPos(instr)).Line)
}
