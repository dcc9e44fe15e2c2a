package contextdrop

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// sibling checks a call of a function without a context against what its type or package offers instead.
func (c *checker) sibling(call *ssa.Call) {
	callee := skeleton.CalleeOf(call.Common())
	obj := callee.Object
	if obj == nil || takesContext(callee, obj) || quiet(obj.Pkg()) {
		return
	}
	have := c.offered(call, callee)
	if have.instead == "" || c.isTold(call) {
		return
	}
	at := c.atHand(call)
	if len(at) == 0 {
		if helper(call.Parent()) && !c.dropsElsewhere(call) && c.scope.Detached(call) == scope.NoReason {
			c.variantInHelper(call, callee)
		}
		return
	}
	if c.scope.Detached(call) != scope.NoReason || c.dropsElsewhere(call) || c.isSibling(call.Parent(), have.sibling) || c.ofTransaction(callee) {
		return
	}
	place := c.source.Place(call)
	d := pass.Diagnostic{
		Rule: noContext, Pos: place.Pos, End: place.End, Op: "drop", Object: c.source.Callee(call),
		Message: fmt.Sprintf("%s cannot be cancelled although %s is at hand: when the caller gives up or its time is over, the call goes on; %s",
			c.source.Callee(call), at[0].Text, fmt.Sprintf(have.instead, at[0].Text)),
		Cause: c.cause(call),
	}
	if have.sibling != nil && have.first {
		d.Fix = c.callSibling(call, have.sibling, at[0])
	}
	c.Report(d)
}

// variantInHelper checks a call without a context in a function that gets none.
func (c *checker) variantInHelper(call *ssa.Call, callee skeleton.Callee) {
	name := c.source.Callee(call)
	if callee.Name() == "net/http.NewRequest" {
		c.inHelper(call, call, "makes a request with "+name+", which has no context")
		return
	}
	_, waits := c.outbound.Of(call.Common())
	// A command that goes elsewhere is run there, by somebody who may have a context to end it by.
	command := callee.Name() == "os/exec.Command" && !leaves(call, make(map[ssa.Value]bool)) && !c.rebound(call)
	if (waits || command) && !c.ofTransaction(callee) {
		c.inHelper(call, call, "calls "+name+", which cannot be cancelled,")
	}
}

// An offer is what could be called instead. instead says so, with a verb for the text of the context.
type offer struct {
	sibling *types.Func
	first   bool // it takes the same arguments after the context
	instead string
}

func (c *checker) offered(call *ssa.Call, callee skeleton.Callee) offer {
	if o := c.named(callee.Object); o.instead != "" {
		return o
	}
	if o := c.option(call, callee); o.instead != "" {
		return o
	}
	return c.session(call, callee)
}

// takesContext reports whether a call has a context already, as itself or in something that carries one.
func takesContext(callee skeleton.Callee, obj *types.Func) bool {
	for v := range obj.Signature().Params().Variables() {
		if _, ok := scope.Carries(v.Type()); ok {
			return true
		}
		if s, ok := v.Type().(*types.Slice); ok && obj.Signature().Variadic() && irutil.IsContext(s.Elem()) {
			return true
		}
	}
	for _, arg := range callee.Args {
		if made, ok := arg.(*ssa.MakeInterface); ok {
			arg = made.X
		}
		if _, ok := scope.Carries(arg.Type()); ok {
			return true
		}
	}
	return false
}

// named looks for a sibling by its name, whose type must say that it does the same: X beside XContext, XWithContext or
// XCtx, with the parameters of X after a context, and its results. More options at the end may be left out.
func (c *checker) named(obj *types.Func) offer {
	// Few functions have a sibling; what its results can do is asked of those only, because it costs more.
	have := c.alike(obj)
	if have.sibling == nil || withoutEffect(obj.FullName()) || shape(obj.Signature()) != acts || constructs(obj.Signature()) {
		return offer{}
	}
	return have
}

// alike looks for a sibling by name and type.
func (c *checker) alike(obj *types.Func) offer {
	for _, suffix := range []string{"Context", "WithContext", "Ctx"} {
		sibling := c.lookup(obj, obj.Name()+suffix)
		if sibling != nil && sameButContext(obj.Signature(), sibling.Signature()) {
			return offer{sibling, true, "call " + sibling.Name() + " with %s"}
		}
	}
	if tx := transaction(obj.FullName()); tx != "" {
		if sibling := c.lookup(obj, tx); sibling != nil {
			return offer{sibling, false, "call " + tx + " with %s"}
		}
	}
	return offer{}
}

// constructs reports whether a function makes an object that work is done with later, like a store or a client: its
// methods take contexts of their own, or it holds functions, and it is no connection.
func constructs(sig *types.Signature) bool {
	if sig.Recv() != nil {
		return false
	}
	for _, t := range resultTypes(sig) {
		if irutil.IsError(t) || shortLived(t) {
			continue
		}
		if m, _, _ := types.LookupFieldOrMethod(t, true, nil, "Close"); m == nil && !isData(t, 0) || methodTakesContext(t) {
			return true
		}
	}
	return false
}

func methodTakesContext(t types.Type) bool {
	set := types.NewMethodSet(t)
	for sel := range set.Methods() {
		if fn, ok := sel.Obj().(*types.Func); ok && fn.Exported() {
			if params := fn.Signature().Params(); params.Len() > 0 && irutil.IsContext(params.At(0).Type()) {
				return true
			}
		}
	}
	return false
}

// withoutEffect lists functions beside whose sibling the context has no effect, by the documentation.
func withoutEffect(name string) bool {
	switch name {
	case "google.golang.org/grpc.Dial", // neither waits for the connection unless told to
		// Encoding in memory does not wait: the context is only handed to marshalers that ask for one.
		"github.com/goccy/go-json.Marshal", "github.com/goccy/go-json.Unmarshal",
		"go.etcd.io/etcd/client/v3/concurrency.NewSession", // the option binds the session, not the call
		"net/http/httptest.NewRequest",                     // a request that nobody sends
		"(*crypto/tls.Conn).Handshake":                     // is bounded by SetDeadline; see clientdeadline
		return true
	}
	return false
}

// transaction returns the sibling of a function that begins a transaction, which also takes options that may be nil.
func transaction(name string) string {
	switch name {
	case "(*database/sql.DB).Begin":
		return "BeginTx"
	case "(*github.com/jmoiron/sqlx.DB).Beginx":
		return "BeginTxx"
	}
	return ""
}

// lookup returns the method of the same type, or function of the same package, with the name, or nil.
func (c *checker) lookup(obj *types.Func, name string) *types.Func {
	var found types.Object
	if recv := obj.Signature().Recv(); recv != nil {
		found, _, _ = types.LookupFieldOrMethod(recv.Type(), true, obj.Pkg(), name)
	} else if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
		found = obj.Pkg().Scope().Lookup(name)
	}
	fn, ok := found.(*types.Func)
	if !ok || !fn.Exported() && fn.Pkg() != c.Pkg {
		return nil
	}
	return fn
}

// sameButContext reports whether b has a context and then the parameters of a, perhaps options after them, and the
// results of a.
func sameButContext(a, b *types.Signature) bool {
	pa, pb := a.Params(), b.Params()
	if pb.Len() == 0 || !irutil.IsContext(pb.At(0).Type()) || !types.Identical(a.Results(), b.Results()) && !sameResults(a, b) {
		return false
	}
	if a.TypeParams().Len() > 0 || b.TypeParams().Len() > 0 {
		return false
	}
	switch extra := pb.Len() - 1 - pa.Len(); {
	case extra == 0 && a.Variadic() == b.Variadic():
	case extra == 1 && b.Variadic() && !a.Variadic():
	default:
		return false
	}
	for i := range pa.Len() {
		if !types.Identical(pa.At(i).Type(), pb.At(i+1).Type()) {
			return false
		}
	}
	return true
}

func sameResults(a, b *types.Signature) bool {
	if a.Results().Len() != b.Results().Len() {
		return false
	}
	for i := range a.Results().Len() {
		if !types.Identical(a.Results().At(i).Type(), b.Results().At(i).Type()) {
			return false
		}
	}
	return true
}

// ofTransaction reports whether a call is made on a transaction that somebody else began, or on a statement of one: begun
// with a context, it ends with that, and its next statement fails.
func (c *checker) ofTransaction(callee skeleton.Callee) bool {
	if callee.Object.Signature().Recv() == nil || len(callee.Args) == 0 {
		return false
	}
	v, inside := callee.Args[0], false
	for range maxChain {
		inside = inside || isTransaction(v.Type())
		switch x := v.(type) {
		case *ssa.Extract:
			v = x.Tuple
			continue
		case *ssa.Call:
			made := skeleton.CalleeOf(x.Common())
			if made.Object == nil || made.Object.Signature().Recv() == nil || len(made.Args) == 0 {
				return false
			}
			if inside && !isTransaction(made.Args[0].Type()) {
				return false // it is begun here
			}
			v = made.Args[0]
			continue
		case *ssa.UnOp:
			if stored, all := c.contexts.Stored(x.X); all && len(stored) == 1 {
				v = stored[0]
				continue
			}
		}
		return inside
	}
	return inside
}

// isTransaction reports whether a type has the methods of a transaction: those of driver.Tx.
func isTransaction(t types.Type) bool {
	for _, name := range [...]string{"Commit", "Rollback"} {
		m, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		fn, ok := m.(*types.Func)
		if !ok || fn.Signature().Params().Len() != 0 || !endsInError(fn.Signature()) {
			return false
		}
	}
	return true
}

// isSibling reports whether a function is the variant with the context itself, or a closure in it: how it does its work is
// its own affair.
func (c *checker) isSibling(fn *ssa.Function, sibling *types.Func) bool {
	fn = irutil.Outermost(fn)
	return sibling != nil && fn.Object() == sibling
}

// dropsElsewhere reports whether the context of what a call makes is dealt with otherwise: a request that gets its context
// later, a command that is only started, whose end the program sees to itself.
func (c *checker) dropsElsewhere(call *ssa.Call) bool {
	if makesRequest(call) && (c.rebound(call) || writtenOut(call)) {
		return true
	}
	name := skeleton.CalleeOf(call.Common()).Name()
	if name == "os/exec.Command" {
		return !runsCommand(call)
	}
	// Who makes a request for others to send may find that they give it a context.
	return name == "net/http.NewRequest" && leaves(requestOf(call), make(map[ssa.Value]bool)) && !c.returnedOnly(call)
}

// writtenOut reports whether a request is written to a connection by its maker, which does not look at its context.
func writtenOut(call *ssa.Call) bool {
	for _, use := range *requestOf(call).Referrers() {
		if c, ok := use.(*ssa.Call); ok {
			switch skeleton.CalleeOf(c.Common()).Name() {
			case "(*net/http.Request).Write", "(*net/http.Request).WriteProxy":
				return true
			}
		}
	}
	return false
}

func requestOf(call *ssa.Call) ssa.Value {
	for _, v := range results(call) {
		if !irutil.IsError(v.Type()) {
			return v
		}
	}
	return call
}

// returnedOnly reports whether callers get the request, and none of those known gives it a context.
func (c *checker) returnedOnly(call *ssa.Call) bool {
	calls, all := c.scope.Callers(call.Parent())
	if !all {
		return false
	}
	for _, outer := range calls {
		if outer, ok := outer.(*ssa.Call); !ok || c.rebound(outer) {
			return false
		}
	}
	return true
}

// runsCommand reports whether a command is run to its end in this function, or returned, and is not started to run beside
// the program, or given a way to be ended.
func runsCommand(call *ssa.Call) bool {
	runs := false
	var look func(v ssa.Value, seen map[ssa.Value]bool) bool
	look = func(v ssa.Value, seen map[ssa.Value]bool) bool {
		if seen[v] || v.Referrers() == nil {
			return true
		}
		seen[v] = true
		for _, use := range *v.Referrers() {
			switch use := use.(type) {
			case *ssa.DebugRef, *ssa.FieldAddr:
			case *ssa.Return:
				runs = true
			case *ssa.Phi, *ssa.UnOp:
				if !look(use.(ssa.Value), seen) {
					return false
				}
			case *ssa.Store:
				cell, ok := use.Addr.(*ssa.Alloc)
				if use.Val == v && (!ok || !look(cell, seen)) {
					return false
				}
			case *ssa.Call:
				switch skeleton.CalleeOf(use.Common()).Name() {
				case "(*os/exec.Cmd).Run", "(*os/exec.Cmd).Output", "(*os/exec.Cmd).CombinedOutput":
					runs = true
				case "(*os/exec.Cmd).Start", "(*os/exec.Cmd).Wait":
					return false
				}
			default:
				return false
			}
		}
		return true
	}
	return look(call, make(map[ssa.Value]bool)) && runs
}
