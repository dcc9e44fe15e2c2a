package clientdeadline

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A bounding says what a client's Transport does about time.
type bounding int

const (
	plain  bounding = iota // nothing: the client's Timeout and the request's deadline are all there is
	maybe                  // it may bound requests, or is not known
	bounds                 // it bounds at least the wait for the response's header
)

// transport judges the Transport of a client. One with ResponseHeaderTimeout counts as bounded: its author thought of
// the silent server, and often leaves Timeout out because bodies may take long. What remains unbounded then, a server
// that stops in the middle of a body, is not reported.
func (c *checker) transport(o *flow.Object) bounding {
	worst := plain
	for _, w := range o.Writes() {
		if w.Field != "Transport" {
			continue
		}
		if w.Value == nil {
			return maybe
		}
		worst = max(worst, c.roundTripper(w.Value, 8))
	}
	return worst
}

// roundTripper judges a value of type http.RoundTripper.
func (c *checker) roundTripper(v ssa.Value, depth int) bounding {
	if depth == 0 {
		return maybe
	}
	if held := c.graph.Holding(v); len(held) > 0 {
		worst := plain
		for _, o := range held {
			if o.Type == transportType {
				worst = max(worst, c.httpTransport(o))
			}
		}
		return worst
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return c.userTransport(v.X.Type())
	case *ssa.ChangeInterface:
		return c.roundTripper(v.X, depth-1)
	case *ssa.Phi:
		worst := plain
		for _, e := range v.Edges {
			worst = max(worst, c.roundTripper(e, depth-1))
		}
		return worst
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return c.returnedTransport(call, v.Index, depth)
		}
	case *ssa.Call:
		return c.returnedTransport(v, 0, depth)
	case *ssa.Parameter, *ssa.UnOp, *ssa.FreeVar, *ssa.Lookup, *ssa.Const:
		// Whatever is passed in, transports do not bound requests as a rule.
		return plain
	}
	return maybe
}

// httpTransport judges an http.Transport.
func (c *checker) httpTransport(o *flow.Object) bounding {
	if o.Origin == flow.Foreign && o.Var == nil {
		// A clone of the default, or what a constructor outside returns.
		if o.Func == nil || !models.PlainTransport(o.Func.FullName()) {
			return maybe
		}
	}
	if c.outOfSight(o) {
		return maybe
	}
	worst := plain
	for _, w := range o.Writes() {
		switch {
		case w.Field == "ResponseHeaderTimeout" && !w.Zero:
			return bounds
		case strings.HasPrefix(w.Field, "Dial") && !w.Zero:
			worst = max(worst, c.dialFunction(w.Value))
		}
	}
	return worst
}

// returnedTransport judges what a function returns.
func (c *checker) returnedTransport(call *ssa.Call, i, depth int) bounding {
	if fn := call.Call.StaticCallee(); fn != nil && len(fn.Blocks) > 0 {
		worst := plain
		for _, b := range fn.Blocks {
			if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && i < len(ret.Results) {
				worst = max(worst, c.roundTripper(ret.Results[i], depth-1))
			}
		}
		return worst
	}
	if models.PlainTransport(ctxflow.Callee(call.Common())) {
		return plain
	}
	return maybe
}

// userTransport judges a type with a RoundTrip method.
func (c *checker) userTransport(t types.Type) bounding {
	named := irutil.NamedOf(t)
	if named == nil {
		return maybe
	}
	if models.PlainTransportType(types.TypeString(named.Origin(), nil)) {
		return plain
	}
	if named.Obj().Pkg() != c.Pkg {
		return maybe
	}
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), true, c.Pkg, "RoundTrip")
	method, ok := obj.(*types.Func)
	if !ok {
		return maybe
	}
	for _, fn := range c.fns {
		if fn.Object() == method.Origin() {
			if c.derivesDeadline(fn, 3) {
				return bounds
			}
			return plain
		}
	}
	return maybe // embedded: http.RoundTripper, or a function type's
}

// derivesDeadline reports whether fn or what it calls in this package makes a context with a deadline, or calls a
// function value, which may.
func (c *checker) derivesDeadline(fn *ssa.Function, depth int) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if models.ContextFunction(ctxflow.Callee(call.Common())).Effect == models.Bound || watched(call) {
				return true
			}
			callee := call.Common().StaticCallee()
			if _, builtin := call.Common().Value.(*ssa.Builtin); callee == nil && !call.Common().IsInvoke() && !builtin {
				return true
			}
			if callee != nil && depth > 0 && callee.Pkg == fn.Pkg && c.derivesDeadline(callee, depth-1) {
				return true
			}
		}
	}
	return false
}

// dialFunction judges a dial function. One of the user's own may set a deadline on each connection, which is how requests
// were bounded before clients had a Timeout, or connect to another process on this machine; only one that is seen to
// do neither is plain.
func (c *checker) dialFunction(v ssa.Value) bounding {
	if t, ok := v.(*ssa.ChangeType); ok {
		v = t.X
	}
	var fn *ssa.Function
	switch v := v.(type) {
	case *ssa.Function:
		fn = v
	case *ssa.MakeClosure:
		fn = v.Fn.(*ssa.Function)
	default:
		return maybe
	}
	if method, ok := fn.Object().(*types.Func); ok && strings.HasPrefix(method.FullName(), "(*net.Dialer).") {
		return plain
	}
	if len(fn.Blocks) == 0 || fn.Synthetic != "" {
		return maybe
	}
	if set, _ := c.deadlines(fn, 2); set {
		return bounds
	}
	dials := false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			network, address, ok := dialArguments(call.Common())
			if !ok {
				continue
			}
			if p, own := network.(*ssa.Parameter); (!own || p.Parent() != fn) && !isTCP(network) || isLocal(address) {
				return maybe
			}
			dials = true
		}
	}
	if dials {
		return plain
	}
	return maybe
}

// dialArguments returns the network and the address of a call that dials.
func dialArguments(call *ssa.CallCommon) (network, address ssa.Value, ok bool) {
	switch ctxflow.Callee(call) {
	case "net.Dial", "net.DialTimeout":
		return call.Args[0], call.Args[1], true
	case "(*net.Dialer).Dial":
		return call.Args[1], call.Args[2], true
	case "(*net.Dialer).DialContext":
		return call.Args[2], call.Args[3], true
	}
	return nil, nil, false
}
