package contextdrop

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// field checks what is done with a context that a method reads from its receiver although it has one of its own.
func (c *checker) field(load *ssa.UnOp) {
	if load.Op != token.MUL || !irutil.IsContext(load.Type()) || c.skips(load.Pos()) || !c.exits.Reachable(load) {
		return
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return
	}
	recv := c.receiver(addr.X, load.Parent(), 0)
	if recv == nil || c.scope.Detached(load) != scope.NoReason {
		return
	}
	at := c.atHand(load)
	field := irutil.FieldOf(addr.X.Type(), addr.Field)
	if len(at) == 0 || !at[0].Plain || field == nil || c.stores(recv.Parent(), addr) || c.watchesBoth(recv.Parent(), addr) {
		return
	}
	u := c.follow(load)
	if u.kept || len(u.sinks) == 0 {
		return
	}
	sink := u.sinks[0].call
	if c.toldAt(sink) || c.forObject(sink) || c.enriched(addr) || c.perCall(addr) || c.ended(addr) && !c.asksOutside(sink) {
		return
	}
	place := c.source.Place(sink)
	text := recv.Name() + "." + field.Name()
	d := pass.Diagnostic{
		Rule: otherContext, Pos: place.Pos, End: place.End, Op: "drop", Object: c.source.Callee(sink),
		Message: fmt.Sprintf("%s is called with %s, which the object keeps, although %s is at hand: when the caller gives up or its time is over, the call goes on; pass %[3]s",
			c.source.Callee(sink), text, at[0].Text),
	}
	c.Report(d)
}

// maxCells bounds how many variables a receiver is followed through.
const maxCells = 8

// receiver returns the receiver parameter that v is, also in a closure, or nil.
func (c *checker) receiver(v ssa.Value, fn *ssa.Function, depth int) *ssa.Parameter {
	if depth > maxCells {
		return nil
	}
	switch x := v.(type) {
	case *ssa.Parameter:
		if fn := x.Parent(); fn.Signature.Recv() != nil && len(fn.Params) > 0 && fn.Params[0] == x {
			return x
		}
	case *ssa.FreeVar:
		if bound := irutil.Captured(x); bound != nil {
			return c.receiver(bound, fn.Parent(), depth+1)
		}
	case *ssa.UnOp:
		return c.receiver(x.X, fn, depth+1)
	case *ssa.FieldAddr:
		if field := irutil.FieldOf(x.X.Type(), x.Field); field != nil && field.Embedded() {
			return c.receiver(x.X, fn, depth+1)
		}
	case *ssa.Alloc:
		if v := assigned(x); v != nil {
			return c.receiver(v, fn, depth+1)
		}
	}
	return nil
}

// assigned returns the only value that a variable of a function ever gets as a whole, or nil. Its fields may be set.
func assigned(cell *ssa.Alloc) ssa.Value {
	var value ssa.Value
	for _, use := range *cell.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr != cell || value != nil {
				return nil
			}
			value = use.Val
		case *ssa.UnOp, *ssa.FieldAddr, *ssa.DebugRef:
		case *ssa.MakeClosure:
			for i, b := range use.Bindings {
				if b == cell && stored(use.Fn.(*ssa.Function).FreeVars[i]) {
					return nil
				}
			}
		default:
			return nil
		}
	}
	return value
}

// stored reports whether a closure assigns to a variable that it captures, or may have others do so.
func stored(free *ssa.FreeVar) bool {
	for _, use := range *free.Referrers() {
		switch use.(type) {
		case *ssa.UnOp, *ssa.FieldAddr, *ssa.DebugRef:
		default:
			return true
		}
	}
	return false
}

// forObject reports whether what a call makes is stored in memory that others see, like a client that the object goes on to
// use: it ends with the object.
func (c *checker) forObject(call ssa.CallInstruction) bool {
	made, ok := call.(*ssa.Call)
	return ok && c.outlives(made)
}

// enriched reports whether the context in a field or variable was made from another by adding values: whoever uses it wants those.
func (c *checker) enriched(addr ssa.Value) bool {
	return c.keptFrom(addr, func(call *ssa.Call, effect models.ContextEffect) bool {
		switch effect {
		case models.Root, models.DeriveCancel, models.DeriveElsewise, models.Bound:
			return false
		}
		return slices.ContainsFunc(skeleton.CalleeOf(call.Common()).Args, carriesContext)
	})
}

// ended reports whether the context in the field is one that the object, or whoever made it, can cancel, or that has a
// deadline: its end is that of the object's own affairs.
func (c *checker) ended(addr *ssa.FieldAddr) bool {
	return c.keptFrom(addr, func(_ *ssa.Call, effect models.ContextEffect) bool {
		switch effect {
		case models.DeriveCancel, models.DeriveElsewise, models.Bound:
			return true
		}
		return false
	})
}

// perCall reports whether a method that sets the field to its own context is called with one at hand: then the field holds the
// context of what is being done, and not that of the object.
func (c *checker) perCall(addr *ssa.FieldAddr) bool {
	values, _ := c.contexts.Stored(addr)
	for _, v := range values {
		p, ok := v.(*ssa.Parameter)
		if !ok || p.Parent().Signature.Recv() == nil {
			continue
		}
		for _, call := range c.contexts.Callers(p.Parent()) {
			if args := call.Common().Args; len(c.scope.At(call)) > 0 && slices.ContainsFunc(args, c.ofHand) {
				return true
			}
		}
	}
	return false
}

// ofHand reports whether a context comes from a parameter of the function that it is used in, or of one around it.
func (c *checker) ofHand(v ssa.Value) bool {
	f := follower{checker: c}
	return carriesContext(v) && f.fromHand(v, 0)
}

// keptFrom reports whether the package stores a context in the field or variable that such a call returns.
func (c *checker) keptFrom(addr ssa.Value, is func(*ssa.Call, models.ContextEffect) bool) bool {
	values, _ := c.contexts.Stored(addr)
	for _, v := range values {
		if e, ok := v.(*ssa.Extract); ok {
			v = e.Tuple
		}
		if call, ok := v.(*ssa.Call); ok && is(call, models.ContextFunction(skeleton.CalleeOf(call.Common()).Name()).Effect) {
			return true
		}
	}
	return false
}

func carriesContext(v ssa.Value) bool {
	_, ok := scope.Carries(v.Type())
	return ok
}

// stores reports whether a function sets the field: then it decides itself what the field holds.
func (c *checker) stores(fn *ssa.Function, addr *ssa.FieldAddr) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if store, ok := instr.(*ssa.Store); ok {
				if a, ok := store.Addr.(*ssa.FieldAddr); ok && a.Field == addr.Field && a.X == addr.X {
					return true
				}
			}
		}
	}
	return false
}

// watchesBoth reports whether a function waits for the end of the context in the field, or has it end what its own
// context is for: it knows of both.
func (c *checker) watchesBoth(fn *ssa.Function, addr *ssa.FieldAddr) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			load, ok := instr.(*ssa.UnOp)
			if !ok {
				continue
			}
			if a, ok := load.X.(*ssa.FieldAddr); ok && a.Field == addr.Field && a.X == addr.X && asked(load) {
				return true
			}
		}
	}
	return false
}

// asked reports whether a context is asked for its end.
func asked(v ssa.Value) bool {
	for _, use := range *v.Referrers() {
		if call, ok := use.(*ssa.Call); ok && call.Call.IsInvoke() && call.Call.Value == v {
			switch call.Call.Method.Name() {
			case "Done", "Err":
				return true
			}
		}
	}
	return false
}
