package contextdrop

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
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
	at := c.scope.At(load)
	field := irutil.FieldOf(addr.X.Type(), addr.Field)
	if len(at) == 0 || !at[0].Plain || field == nil || c.stores(recv.Parent(), addr) || c.watchesBoth(recv.Parent(), addr) {
		return
	}
	u := c.follow(load)
	if u.kept || len(u.sinks) == 0 {
		return
	}
	sink := u.sinks[0].call
	if c.toldAt(sink) {
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
	case *ssa.Alloc:
		if stored, all := c.contexts.Stored(x); all && len(stored) == 1 {
			return c.receiver(stored[0], fn, depth+1)
		}
	}
	return nil
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
