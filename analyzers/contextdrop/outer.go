package contextdrop

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// outer checks what a function literal does with a context of the function around it although it gets one of its own, which
// it does not use.
func (c *checker) outer(load *ssa.UnOp) {
	if load.Op != token.MUL || !irutil.IsContext(load.Type()) || c.skips(load.Pos()) || !c.exits.Reachable(load) {
		return
	}
	free, ok := load.X.(*ssa.FreeVar)
	fn := load.Parent()
	if !ok || c.scope.Detached(load) != scope.NoReason {
		return
	}
	own := c.atHand(load) // the literal's first
	if len(own) == 0 || own[0].Param.Parent() != fn || !own[0].Plain || used(own[0].Param) || c.setBy(fn, free) || c.enriched(free) || watchesVariable(free) {
		return
	}
	u := c.follow(load)
	if u.kept || len(u.sinks) == 0 {
		return
	}
	sink := u.sinks[0].call
	callee := skeleton.CalleeOf(sink.Common())
	if c.toldAt(sink) || callee.Object != nil && c.ends(callee.Object) {
		return
	}
	place := c.source.Place(sink)
	c.Report(pass.Diagnostic{
		Rule: outerContext, Pos: place.Pos, End: place.End, Op: "drop", Object: c.source.Callee(sink),
		Message: fmt.Sprintf("%s is called with %s of the function around the literal, which gets %s itself: when that ends, the call goes on, and it lacks its values; pass %[3]s",
			c.source.Callee(sink), free.Name(), own[0].Text),
	})
}

// setBy reports whether a function sets a variable that it captures, or it is not known who does.
func (c *checker) setBy(fn *ssa.Function, free *ssa.FreeVar) bool {
	cell, ok := irutil.Captured(free).(*ssa.Alloc)
	if !ok {
		return true
	}
	values, all := c.contexts.Stored(cell)
	if !all || len(values) == 0 {
		return true
	}
	for _, v := range values {
		if v.Parent() == fn {
			return true
		}
	}
	return false
}

// watchesVariable reports whether a function asks the context in a variable that it captures for its end: it knows of both.
func watchesVariable(free *ssa.FreeVar) bool {
	for _, use := range *free.Referrers() {
		if load, ok := use.(*ssa.UnOp); ok && asked(load) {
			return true
		}
	}
	return false
}

// used reports whether a function does anything with its context: who also uses another one then chooses between them, to
// read outside a transaction for instance.
func used(p *ssa.Parameter) bool {
	for _, use := range *p.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			cell, ok := use.Addr.(*ssa.Alloc)
			if !ok || len(*cell.Referrers()) > 1 {
				return true
			}
		default:
			return true
		}
	}
	return false
}
