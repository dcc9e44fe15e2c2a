package contextdrop

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// asksOutside reports whether a call waits for something outside the program: by itself, or by what the functions of the
// package do that it calls. Of a call through an interface, those count that types of the package implement it with.
func (c *checker) asksOutside(call ssa.CallInstruction) bool {
	if _, ok := c.outbound.Of(call.Common()); ok {
		return true
	}
	callee := skeleton.CalleeOf(call.Common())
	if fn := callee.Func; fn != nil && len(fn.Blocks) > 0 {
		return c.scope.Local(fn) && c.goesOutside(fn)
	}
	if !call.Common().IsInvoke() {
		return callee.Object != nil && ofClient(callee.Object)
	}
	for _, fn := range c.implementations(call.Common()) {
		if c.goesOutside(fn) {
			return true
		}
	}
	return false
}

// goesOutside reports whether a function of the package makes a call that waits for something outside the program.
func (c *checker) goesOutside(fn *ssa.Function) bool {
	if known, ok := c.outside[fn]; ok {
		return known
	}
	c.outside[fn] = false // a recursive call adds nothing
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok && c.exits.Reachable(call) && (c.asksOutside(call) || c.hasVariant(call)) {
				c.outside[fn] = true
				return true
			}
		}
	}
	return false
}

// hasVariant reports whether a call could be given a context, in a variant of the function or by an option: so it waits.
func (c *checker) hasVariant(call *ssa.Call) bool {
	obj := skeleton.CalleeOf(call.Common()).Object
	if obj == nil || quiet(obj.Pkg()) {
		return false
	}
	_, byOption := contextOption(obj)
	return byOption || c.named(obj).sibling != nil
}

// ofClient reports whether a function is a method, with a context, of a type that holds what reaches a peer: an HTTP client,
// a connection, a database. Its methods that take contexts are there to ask that.
func ofClient(obj *types.Func) bool {
	sig := obj.Signature()
	if sig.Recv() == nil || shape(sig) != acts || sig.Params().Len() == 0 || !irutil.IsContext(sig.Params().At(0).Type()) {
		return false
	}
	return reachesPeer(sig.Recv().Type(), 0)
}

// maxFields bounds how deep structs are looked into.
const maxFields = 3

// reachesPeer reports whether a value of the type holds what reaches a peer.
func reachesPeer(t types.Type, depth int) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch types.TypeString(t, nil) {
	case "net/http.Client", "net/http.RoundTripper", "net/http.Transport", "net.Conn", "database/sql.DB", "google.golang.org/grpc.ClientConn":
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return doesRequests(u)
	case *types.Struct:
		if depth < maxFields {
			for f := range u.Fields() {
				if reachesPeer(f.Type(), depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// doesRequests reports whether an interface has the method Do of http.Client.
func doesRequests(t *types.Interface) bool {
	for m := range t.Methods() {
		if params, results := m.Signature().Params(), m.Signature().Results(); m.Name() == "Do" && params.Len() == 1 && results.Len() == 2 &&
			types.TypeString(params.At(0).Type(), nil) == "*net/http.Request" && types.TypeString(results.At(0).Type(), nil) == "*net/http.Response" {
			return true
		}
	}
	return false
}

// implementations are the methods of the package that a call through an interface can mean.
func (c *checker) implementations(call *ssa.CallCommon) []*ssa.Function {
	iface, ok := call.Value.Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	var list []*ssa.Function
	for _, fn := range c.scope.Functions() {
		if recv := fn.Signature.Recv(); recv != nil && fn.Signature.RecvTypeParams().Len() == 0 && fn.Name() == call.Method.Name() && types.Implements(recv.Type(), iface) {
			list = append(list, fn)
		}
	}
	return list
}
