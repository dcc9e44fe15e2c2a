package contextdrop

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// isRoot reports whether a call makes a context that nothing cancels: context.Background, context.TODO, or a function
// of the package without a context of its own that wraps one of them in values only.
func (c *checker) isRoot(call *ssa.Call) bool {
	if !irutil.IsContext(call.Type()) {
		return false
	}
	callee := skeleton.CalleeOf(call.Common())
	switch callee.Name() {
	case "context.Background", "context.TODO":
		return true
	}
	if callee.Func == nil || !c.scope.Local(callee.Func) {
		return false
	}
	for _, arg := range callee.Args {
		if _, ok := scope.Carries(arg.Type()); ok {
			return false
		}
	}
	return c.contexts.State(call) == ctxflow.None
}

// root checks what is done with a new root context.
func (c *checker) root(call *ssa.Call) {
	if c.scope.Detached(call) != scope.NoReason {
		return
	}
	at := c.atHand(call)
	if len(at) == 0 && !helper(call.Parent()) {
		return
	}
	u := c.follow(call)
	if u.keeper != nil && len(at) > 0 {
		c.unfinished(call, u.keeper, at)
	}
	if u.kept || len(u.sinks) == 0 || c.isTold(call) {
		return
	}
	if len(at) == 0 {
		c.inHelper(call, u.sinks[0].call, fmt.Sprintf("passes %s to %s", c.text(call), c.source.Callee(u.sinks[0].call)))
		return
	}
	for _, s := range u.sinks {
		if len(c.atHand(s.call)) == 0 {
			return // in a closure that has left the context behind for another reason
		}
	}
	sink, have := u.sinks[0], at[0]
	place := c.source.Place(call)
	d := pass.Diagnostic{
		Rule: newRoot, Pos: place.Pos, End: place.End, Op: "drop", Object: c.source.Callee(sink.call),
		Message: fmt.Sprintf("%s is called with %s although %s is at hand: when the caller gives up or its time is over, the call goes on; pass %[3]s",
			c.source.Callee(sink.call), c.text(call), have.Text),
		Cause: c.cause(call),
	}
	for _, s := range u.sinks {
		if s.call != call {
			d.Steps = append(d.Steps, pass.Step{Place: c.source.Place(s.call), Op: "call", Object: c.source.Callee(s.call),
				Message: c.source.Callee(s.call) + " gets it"})
		}
	}
	d.Fix = c.replaceRoot(call, have)
	c.Report(d)
}

func (c *checker) text(call *ssa.Call) string {
	return c.source.Callee(call) + "()"
}

// A sink is a call that does something with a context.
type sink struct {
	call ssa.CallInstruction
}

// uses are what is done with a context. kept tells that something may keep it, that it is bounded or combined with
// another, or that a goroutine or a deferred function has it. keeper is the call that keeps it for work that goes on after
// the call, or nil: those that end something or bound it themselves do not count.
type uses struct {
	sinks  []sink
	kept   bool
	keeper ssa.CallInstruction
}

func (c *checker) follow(v ssa.Value) uses {
	f := follower{checker: c, seen: make(map[ssa.Value]bool)}
	f.value(v)
	return f.uses
}

// A follower follows one context forward.
type follower struct {
	*checker
	uses
	seen map[ssa.Value]bool
}

// maxValues bounds the values that a context is followed through.
const maxValues = 100

func (f *follower) value(v ssa.Value) {
	if f.seen[v] || f.kept {
		return
	}
	f.seen[v] = true
	if len(f.seen) > maxValues || v.Referrers() == nil {
		f.kept = true
		return
	}
	for _, use := range *v.Referrers() {
		f.use(v, use)
	}
}

func (f *follower) use(v ssa.Value, use ssa.Instruction) {
	switch use := use.(type) {
	case *ssa.DebugRef, *ssa.BinOp:
	case *ssa.Call:
		f.call(v, use)
	case *ssa.ChangeInterface:
		f.value(use)
	case *ssa.Store:
		cell, ok := use.Addr.(*ssa.Alloc)
		if stored, all := f.contexts.Stored(use.Addr); !ok || !all || len(stored) != 1 {
			f.kept = true
			return
		}
		f.cell(cell)
	default:
		f.kept = true
	}
}

// cell follows the loads of a variable.
func (f *follower) cell(cell ssa.Value) {
	if f.seen[cell] {
		return
	}
	f.seen[cell] = true
	for _, use := range *cell.Referrers() {
		switch use := use.(type) {
		case *ssa.UnOp:
			f.value(use)
		case *ssa.MakeClosure:
			inner := use.Fn.(*ssa.Function)
			if f.scope.Runs(inner) != scope.AtOnce {
				f.kept = true
				return
			}
			for i, b := range use.Bindings {
				if b == cell {
					f.cell(inner.FreeVars[i])
				}
			}
		}
	}
}

func (f *follower) call(v ssa.Value, call *ssa.Call) {
	if !f.exits.Reachable(call) {
		return
	}
	if f.scope.Detached(call) != scope.NoReason {
		f.kept = true
		return
	}
	callee := skeleton.CalleeOf(call.Common())
	for i, arg := range callee.Args {
		if arg != v {
			continue
		}
		switch f.derives(callee, call) {
		case derived:
			if f.combines(callee.Args, v) {
				f.kept = true
				return
			}
			f.results(call)
			continue
		case bounded:
			f.kept = true
			return
		}
		switch f.effectOf(callee, i, call) {
		case keeps:
			f.kept = true
			if callee.Object != nil && !f.endsOrBounds(callee.Object) && !makesRequest(call) {
				f.keeper = call
			}
		case acts:
			if f.hasOwn(callee.Args) || f.labels(v, callee.Args) {
				f.kept = true
			} else if !makesRequest(call) || !f.rebound(call) {
				f.sinks = append(f.sinks, sink{call})
			}
		}
	}
}

// results follows the contexts among the results of a call.
func (f *follower) results(call *ssa.Call) {
	if irutil.IsContext(call.Type()) {
		f.value(call)
		return
	}
	for _, use := range *call.Referrers() {
		if e, ok := use.(*ssa.Extract); ok && irutil.IsContext(e.Type()) {
			f.value(e)
		}
	}
}

// combines reports whether what a context is wrapped with comes from a context at hand: values that are copied into a
// context that is cancelled by nobody are a decision.
func (f *follower) combines(args []ssa.Value, v ssa.Value) bool {
	for _, arg := range args {
		if arg != v && f.fromHand(arg, 0) {
			return true
		}
	}
	return false
}

// hasOwn reports whether a call is also given a function literal that brings a context at hand along: the work ends with
// that, and the call's own context is for the order in which it is done.
func (f *follower) hasOwn(args []ssa.Value) bool {
	for _, arg := range args {
		made, ok := arg.(*ssa.MakeClosure)
		if !ok {
			continue
		}
		for _, b := range made.Bindings {
			t := b.Type()
			if cell, ok := b.(*ssa.Alloc); ok {
				t = cell.Type().Underlying().(*types.Pointer).Elem()
			}
			if _, carries := scope.Carries(t); carries && f.fromHand(b, 0) {
				return true
			}
		}
	}
	return false
}

// labels reports whether a call gets a new root with values together with a request or stream at hand, which has a context
// of its own: then the values are what the new one is for.
func (f *follower) labels(v ssa.Value, args []ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok || f.isRoot(call) {
		return false
	}
	return slices.ContainsFunc(args, func(arg ssa.Value) bool { return arg != v && f.ofHand(arg) })
}

// fromHand reports whether a value was made from a context at hand.
func (f *follower) fromHand(v ssa.Value, depth int) bool {
	if depth > 4 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Parameter:
		_, ok := scope.Carries(v.Type())
		return ok
	case *ssa.FreeVar:
		if cell := irutil.Captured(v); cell != nil {
			return f.fromHand(cell, depth+1)
		}
	case *ssa.Alloc:
		stored, _ := f.contexts.Stored(v)
		for _, s := range stored {
			if f.fromHand(s, depth+1) {
				return true
			}
		}
	case *ssa.UnOp:
		return f.fromHand(v.X, depth+1)
	case *ssa.Extract:
		return f.fromHand(v.Tuple, depth+1)
	case *ssa.MakeInterface:
		return f.fromHand(v.X, depth+1)
	case *ssa.ChangeInterface:
		return f.fromHand(v.X, depth+1)
	case *ssa.TypeAssert:
		return f.fromHand(v.X, depth+1)
	case *ssa.FieldAddr:
		return f.fromHand(v.X, depth+1)
	case *ssa.Call:
		for _, arg := range skeleton.CalleeOf(v.Common()).Args {
			if f.fromHand(arg, depth+1) {
				return true
			}
		}
	}
	return false
}

// resultTypes lists the types of the results of a call.
func resultTypes(sig *types.Signature) []types.Type {
	var list []types.Type
	for v := range sig.Results().Variables() {
		list = append(list, v.Type())
	}
	return list
}
