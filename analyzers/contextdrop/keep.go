package contextdrop

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// outlives reports whether a call makes something that may use its context later, and that leaves the function: a
// client, a subscription, a connection. What only holds data does not use it.
func (c *checker) outlives(call *ssa.Call) bool {
	for _, v := range results(call) {
		if t := v.Type(); !irutil.IsError(t) && !isData(t, 0) && !shortLived(t) && leaves(v, make(map[ssa.Value]bool)) {
			return true
		}
	}
	return false
}

// results returns the results of a call as values.
func results(call *ssa.Call) []ssa.Value {
	if _, ok := call.Type().(*types.Tuple); !ok {
		return []ssa.Value{call}
	}
	var all []ssa.Value
	for _, use := range *call.Referrers() {
		if e, ok := use.(*ssa.Extract); ok {
			all = append(all, e)
		}
	}
	return all
}

// leaves reports whether a value is stored in memory that others see, returned, sent, or captured by a closure.
func leaves(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] || v.Referrers() == nil {
		return false
	}
	seen[v] = true
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.Return, *ssa.Send, *ssa.MapUpdate, *ssa.MakeClosure, *ssa.Go:
			return true
		case *ssa.Store:
			if use.Val != v {
				continue
			}
			if cell, ok := use.Addr.(*ssa.Alloc); !ok || leaves(cell, seen) {
				return true
			}
		case *ssa.Phi, *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.ChangeType, *ssa.UnOp:
			if leaves(use.(ssa.Value), seen) {
				return true
			}
		}
	}
	return false
}

// isData reports whether a type only holds data: it has no functions, channels or interfaces by which it could do more.
// Messages of protobuf have such fields for bookkeeping.
func isData(t types.Type, depth int) bool {
	if depth > 5 {
		return true
	}
	if m, _, _ := types.LookupFieldOrMethod(t, true, nil, "ProtoMessage"); m != nil {
		return true
	}
	switch irutil.FullName(t) {
	case "time.Time", "time.Location", "math/big.Int", "net/url.URL", "sync.Mutex", "sync.RWMutex":
		return true
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Pointer:
		return isData(t.Elem(), depth+1)
	case *types.Slice:
		return isData(t.Elem(), depth+1)
	case *types.Array:
		return isData(t.Elem(), depth+1)
	case *types.Map:
		return isData(t.Key(), depth+1) && isData(t.Elem(), depth+1)
	case *types.Struct:
		for f := range t.Fields() {
			if !isData(f.Type(), depth+1) {
				return false
			}
		}
		return true
	case *types.Interface:
		return t.NumMethods() == 0 || depth > 0
	}
	return false
}

// shortLived reports whether a type is of something that belongs to one exchange, and ends with it: requests, responses,
// rows, results of commands.
func shortLived(t types.Type) bool {
	switch types.TypeString(t, nil) {
	case "*net/http.Request", "*net/http.Response", "*os/exec.Cmd", "*database/sql.Rows", "*database/sql.Row", "*database/sql.Tx", "*database/sql.Stmt":
		return true
	}
	has := func(name string) bool {
		m, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		_, ok := m.(*types.Func)
		return ok
	}
	return has("Read") && has("Close") && !has("Write") || has("Err") && (has("Next") || has("Result") || has("Scan")) || has("Scan") && !has("Exec")
}

// usedWithHand reports whether what a call returns is given to a call together with a context at hand: then it belongs to
// the work of that context.
func (c *checker) usedWithHand(call *ssa.Call) bool {
	if len(c.scope.At(call)) == 0 {
		return false
	}
	f := follower{checker: c}
	for _, v := range results(call) {
		refs := slices.Clone(*v.Referrers())
		for _, use := range refs {
			if m, ok := use.(*ssa.MakeInterface); ok {
				refs = append(refs, *m.Referrers()...)
			}
		}
		for _, use := range refs {
			other, ok := use.(*ssa.Call)
			if !ok {
				continue
			}
			for _, arg := range skeleton.CalleeOf(other.Common()).Args {
				if _, carries := scope.Carries(arg.Type()); carries && arg != v && f.fromHand(arg, 0) {
					return true
				}
			}
		}
	}
	return false
}

// rebound reports whether the result of a call that makes something for a context, a request or a session, is given
// another context later, or goes to a call that also gets one.
func (c *checker) rebound(call *ssa.Call) bool {
	for _, v := range results(call) {
		if irutil.IsError(v.Type()) {
			continue
		}
		if reboundValue(v, make(map[ssa.Value]bool)) {
			return true
		}
	}
	return false
}

func reboundValue(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] || v.Referrers() == nil {
		return false
	}
	seen[v] = true
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.Phi, *ssa.UnOp, *ssa.MakeInterface, *ssa.ChangeInterface:
			if reboundValue(use.(ssa.Value), seen) {
				return true
			}
		case *ssa.Store:
			if cell, ok := use.Addr.(*ssa.Alloc); ok && use.Val == v && reboundValue(cell, seen) {
				return true
			}
		case *ssa.MakeClosure:
			inner := use.Fn.(*ssa.Function)
			for i, b := range use.Bindings {
				if b == v && reboundValue(inner.FreeVars[i], seen) {
					return true
				}
			}
		case ssa.CallInstruction:
			callee := skeleton.CalleeOf(use.Common())
			for _, arg := range callee.Args {
				if arg != v && isContextValue(arg) {
					return true
				}
			}
		}
	}
	return false
}

// isContextValue reports whether a value is a context.
func isContextValue(v ssa.Value) bool {
	return irutil.IsContext(v.Type()) || scope.Implements(v.Type())
}

// makesRequest reports whether a call makes a request, which can be given another context later.
func makesRequest(call *ssa.Call) bool {
	for _, t := range resultTypes(call.Call.Signature()) {
		if m, _, _ := types.LookupFieldOrMethod(t, true, nil, "WithContext"); m != nil {
			return true
		}
	}
	return false
}
