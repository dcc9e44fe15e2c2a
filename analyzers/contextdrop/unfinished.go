package contextdrop

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// unfinished checks a new root that goes to a call which keeps it, for work that goes on after the call. With
// context.Background that is a decision, which CL2031 leaves alone. context.TODO says that there was no context to pass yet,
// and there is one.
func (c *checker) unfinished(call *ssa.Call, keeper ssa.CallInstruction, at []scope.Context) {
	if skeleton.CalleeOf(call.Common()).Name() != "context.TODO" || c.isTold(call) {
		return
	}
	// A request's context ends with the request, long before what is kept.
	have := at[0]
	if !have.Plain || !used(have.Param) {
		return
	}
	place := c.source.Place(call)
	callee := c.source.Callee(keeper)
	d := pass.Diagnostic{
		Rule: newRoot, Pos: place.Pos, End: place.End, Op: "drop", Object: callee,
		Message: fmt.Sprintf("%s keeps %s although %s is at hand: what it starts or makes goes on when %[3]s is cancelled; pass %[3]s, or context.WithoutCancel(%[3]s) where it is to go on",
			callee, c.text(call), have.Text),
		Cause: c.cause(call),
		Fix:   c.replaceRoot(call, have),
	}
	for _, inner := range rootsIn(keeper) {
		d.Steps = append(d.Steps, pass.Step{Place: c.source.Place(inner), Op: "call", Object: c.text(inner),
			Message: fmt.Sprintf("the function literal that %s gets calls with %s as well", callee, c.text(inner))})
	}
	c.Report(d)
}

// rootsIn lists the roots made by the function literals that a call is given, alone or in a new struct.
func rootsIn(call ssa.CallInstruction) []*ssa.Call {
	var found []*ssa.Call
	seen := make(map[ssa.Value]bool)
	var value func(v ssa.Value)
	value = func(v ssa.Value) {
		if seen[v] || len(seen) > maxValues {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.MakeInterface:
			value(v.X)
		case *ssa.ChangeType:
			value(v.X)
		case *ssa.UnOp:
			value(v.X)
		case *ssa.MakeClosure:
			value(v.Fn)
		case *ssa.Function:
			if v.Parent() != call.Parent() {
				return
			}
			for _, b := range v.Blocks {
				for _, instr := range b.Instrs {
					if made, ok := instr.(*ssa.Call); ok && scope.IsRoot(made) {
						found = append(found, made)
					}
				}
			}
		case *ssa.Alloc:
			for _, use := range *v.Referrers() {
				switch use := use.(type) {
				case *ssa.Store:
					if use.Addr == v {
						value(use.Val)
					}
				case *ssa.FieldAddr:
					for _, use := range *use.Referrers() {
						if store, ok := use.(*ssa.Store); ok {
							value(store.Val)
						}
					}
				}
			}
		}
	}
	for _, arg := range call.Common().Args {
		value(arg)
	}
	return found
}
