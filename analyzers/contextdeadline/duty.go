package contextdeadline

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A duty is what a call of a function brings with it: an outbound call that no deadline bounds, unless the caller's
// context does.
type duty struct {
	call  string     // the outbound call, in the user's words
	waits string     // what it does: "waits for the database"
	place pass.Place // of the outbound call
	// calls lead from the function to the outbound call, outermost first.
	calls []pass.Step
	// param is the parameter whose deadline would bound the call: of the function, or of one that it is a literal of. It is
	// nil where the context is rooted at root.
	param *ssa.Parameter
	root  *root
}

// A root is a context that never ends, where it is made or where it comes from.
type root struct {
	place pass.Place
	text  string // "context.Background()"
	// entry is the call that the context enters, in this package, by which it reaches what waits.
	entry pass.Place
	fn    string // the function that the root is in
	// command tells that it is no context that is made there but a command, without one.
	command bool
}

// Bounds of what is kept of a function.
const (
	maxDuties = 12
	maxDepth  = 8
)

// dutiesOf returns what each call of fn brings with it, so far as no call on the way proves or refutes that it happens
// again and again without a deadline.
func (c *checker) dutiesOf(fn *ssa.Function) []duty {
	if d, asked := c.duties[fn]; asked {
		return d
	}
	c.duties[fn] = nil // a recursive call adds nothing
	if len(fn.Blocks) == 0 || !c.exits.Reachable(fn.Blocks[0].Instrs[0]) {
		return nil
	}
	var duties []duty
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || !c.exits.Reachable(instr) || answersLater(call) {
				continue
			}
			for _, d := range c.brings(call) {
				if c.settled(call, d) || slices.ContainsFunc(duties, d.same) {
					continue
				}
				if len(duties) == maxDuties {
					c.Exhausted()
					break
				}
				duties = append(duties, d)
			}
		}
	}
	c.duties[fn] = duties
	return duties
}

// answersLater reports whether a call is started by a function that returns a channel: who gets that waits on it for as long
// as he likes, and what is waited for is to take its time, as the end of a process.
func answersLater(call ssa.CallInstruction) bool {
	if _, started := call.(*ssa.Go); !started {
		return false
	}
	for v := range call.Parent().Signature.Results().Variables() {
		if _, ok := v.Type().Underlying().(*types.Chan); ok {
			return true
		}
	}
	return false
}

// same reports whether two duties are one to the callers: what they owe differs, or they reach another call by it.
func (d duty) same(e duty) bool {
	if d.param != e.param {
		return false
	}
	return d.param != nil || d.root.key() == e.root.key()
}

// brings returns what a call brings with it, in terms of the function that it is in.
func (c *checker) brings(call ssa.CallInstruction) []duty {
	if out, ok := c.outbound.Of(call.Common()); ok {
		if !c.waits(call, out) {
			return c.command(call, out)
		}
		place := c.source.Place(call)
		return c.bound(call, out.Context, duty{call: c.source.Callee(call), waits: out.What, place: place})
	}
	callee := skeleton.CalleeOf(call.Common())
	var duties []duty
	switch {
	case callee.Func != nil && len(callee.Func.Blocks) > 0:
		duties = c.handedOn(call, callee.Args, callee.Func, c.step(call, ""))
	case callee.Invoke:
		duties = c.through(call, callee)
	case callee.Object != nil:
		duties = c.foreign(call, callee.Args, callee.Object, "")
	}
	return append(duties, c.literals(call)...)
}

// literals returns what function literals bring that a call is given: whatever runs them does so for this call.
func (c *checker) literals(call ssa.CallInstruction) []duty {
	var duties []duty
	for _, arg := range call.Common().Args {
		if conv, ok := arg.(*ssa.ChangeType); ok {
			arg = conv.X
		}
		var fn *ssa.Function
		switch arg := arg.(type) {
		case *ssa.MakeClosure:
			fn, _ = arg.Fn.(*ssa.Function)
		case *ssa.Function:
			fn = arg
		}
		if fn == nil || fn.Parent() != call.Parent() || handlers.Of(fn).Kind != handlers.None {
			continue
		}
		for _, d := range c.dutiesOf(fn) {
			if d.param == nil || d.param.Parent() != fn {
				duties = append(duties, d)
			}
		}
	}
	return duties
}

// waits reports whether an outbound call is one that only its context bounds.
func (c *checker) waits(call ssa.CallInstruction, out outbound.Call) bool {
	if out.Context == nil || out.Stream || out.SelfBounded || out.Row.Usually != "" {
		return false
	}
	if !out.Carrier {
		return !clientsOwn(out.Row.Func)
	}
	// A client can have a timeout of its own, which clientdeadline looks for. The default client has none.
	callee := skeleton.CalleeOf(call.Common())
	if out.Row.Func != "(*net/http.Client).Do" || len(callee.Args) == 0 {
		return false
	}
	load, ok := callee.Args[0].(*ssa.UnOp)
	if !ok {
		return false
	}
	global, ok := load.X.(*ssa.Global)
	return ok && global.Object() != nil && global.Object().Pkg().Path() == "net/http"
}

// clientsOwn reports whether the bound of a call is a matter of how its client was made, which clientdeadline judges.
func clientsOwn(function string) bool {
	switch function {
	case "(*net.Dialer).DialContext", "(*crypto/tls.Dialer).DialContext", "(*crypto/tls.Conn).HandshakeContext":
		return true
	}
	return false
}

// bound returns the duties that remain of one when the context that bounds it is v.
func (c *checker) bound(call ssa.CallInstruction, v ssa.Value, d duty) []duty {
	var duties []duty
	for _, is := range c.contexts.Local(v) {
		of := d
		of.param, of.root = nil, nil
		switch {
		case is.Param != nil:
			of.param = is.Param
		case is.State == ctxflow.None && is.Root != nil:
			of.root = &root{
				place: c.source.Place(is.Root), text: c.rootText(is.Root), entry: c.source.Place(call),
				fn: source.FuncName(is.Root.Parent()),
			}
		default:
			continue
		}
		if !slices.ContainsFunc(duties, of.same) {
			duties = append(duties, of)
		}
	}
	return duties
}

// rootText is the call that makes a context, as the source has it.
func (c *checker) rootText(call *ssa.Call) string {
	if e := c.source.Call(call); e != nil {
		if text := source.Text(e); text != "" {
			return text
		}
	}
	return c.source.Callee(call) + "(...)"
}

// settled judges a duty at the call that brings it, and reports whether there is nothing left to owe.
func (c *checker) settled(call ssa.CallInstruction, d duty) bool {
	fn := call.Parent()
	if d.param != nil {
		if c.opts.require == handlersToo && d.param.Parent() == fn && ofRequest(fn, d.param) {
			c.unbounded(call, d, "for each request")
			return true
		}
		return false
	}
	if repeat.IsEntry(fn) && repeat.Loop(call, c.exits.Succs) == nil {
		return true // once, while the program starts
	}
	often := repeat.Called(fn)
	if d.root.command {
		often = "" // for requests and messages, contextdrop tells that their context is left behind
	}
	if loop := repeat.Loop(call, c.exits.Succs); loop != nil && !repeat.UntilSuccess(loop, anyError) && (!d.root.command || c.endless(call, loop)) {
		often = repeat.EachRound
	}
	if often == "" {
		return false
	}
	c.unbounded(call, d, often)
	return true
}

func anyError(ssa.Value) bool { return true }

// ofRequest reports whether a parameter of a handler ends with the request.
func ofRequest(fn *ssa.Function, p *ssa.Parameter) bool {
	return handlers.Of(fn).Kind != handlers.None && handlers.RoleOf(p.Type()) != handlers.NoRole
}

// foreign returns what a function of another package brings to its callers; by names the method that it stands for.
func (c *checker) foreign(call ssa.CallInstruction, args []ssa.Value, fn *types.Func, by string) []duty {
	s := c.imports.Of(fn)
	if s == nil {
		return nil
	}
	var duties []duty
	step := c.step(call, by)
	for i := range s.Owes {
		o := &s.Owes[i]
		d := o.duty()
		if len(d.calls) >= maxDepth {
			c.Exhausted()
			continue
		}
		d.calls = slices.Concat([]pass.Step{step}, d.calls)
		switch {
		case o.Root != nil:
			d.root.entry = c.source.Place(call)
			duties = append(duties, d)
		case o.Param < len(args):
			duties = append(duties, c.bound(call, args[o.Param], d)...)
		}
	}
	return duties
}
