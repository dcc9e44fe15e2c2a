package contextdrop

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// helper reports whether a function is one that gets no context, and whose callers are all in the package: an unexported one.
func helper(fn *ssa.Function) bool {
	obj, ok := fn.Object().(*types.Func)
	return ok && len(scope.Of(fn)) == 0 && !obj.Exported() && obj.Name() != "main" && obj.Name() != "init"
}

// maxChain bounds the functions between the one that has a context and the one that needs it.
const maxChain = 3

// inHelper reports a call that goes without a context in a function that gets none, if all of its callers could give it
// one.
func (c *checker) inHelper(call, sink ssa.CallInstruction, does string) {
	fn := call.Parent()
	if c.helpers[fn] || !c.waitsOutside(sink) {
		return
	}
	chain, ok := c.callersHave(fn, 0, map[*ssa.Function]bool{fn: true})
	if !ok {
		return
	}
	c.helpers[fn] = true // its parameter is the mend of all that it does
	place := c.source.Place(call)
	d := pass.Diagnostic{
		Rule: rootInHelper, Pos: place.Pos, End: place.End, Op: "drop", Object: source.FuncName(fn),
		Message: fmt.Sprintf("%s %s although every caller has a context at hand (%s in %s): when the caller gives up or its time is over, the call goes on; give %[1]s a context",
			source.FuncName(fn), does, chain[0].have.Text, source.FuncName(chain[0].call.Parent())),
	}
	for _, s := range chain {
		message := fmt.Sprintf("%s calls %s", source.FuncName(s.call.Parent()), c.source.Callee(s.call))
		if s.have.Text != "" {
			message += " and has " + s.have.Text
		}
		d.Steps = append(d.Steps, pass.Step{Place: c.source.Place(s.call), Op: "call", Object: c.source.Callee(s.call), Message: message})
	}
	if sink != call {
		d.Steps = append(d.Steps, pass.Step{Place: c.source.Place(sink), Op: "call", Object: c.source.Callee(sink), Message: c.source.Callee(sink) + " gets the new context"})
	}
	c.Report(d)
}

// A link is a call on the way, and the context at hand there, if there is one.
type link struct {
	call ssa.CallInstruction
	have scope.Context
}

// callersHave finds the calls of a function, and reports whether a context is at hand at all of them, or at all calls of
// the functions that they are in.
func (c *checker) callersHave(fn *ssa.Function, depth int, seen map[*ssa.Function]bool) ([]link, bool) {
	calls, all := c.scope.Callers(fn)
	if !all || depth >= maxChain {
		return nil, false
	}
	var chain []link
	for _, call := range calls {
		if c.scope.Detached(call) != scope.NoReason || c.skips(call.Pos()) {
			return nil, false
		}
		if at := c.atHand(call); len(at) > 0 {
			chain = append(chain, link{call, at[0]})
			continue
		}
		outer := call.Parent()
		if seen[outer] || !helper(outer) {
			return nil, false
		}
		seen[outer] = true
		links, ok := c.callersHave(outer, depth+1, seen)
		if !ok {
			return nil, false
		}
		chain = append(append(chain, links...), link{call: call})
	}
	return chain, len(chain) > 0
}

// waitsOutside reports whether a call is known to wait for something outside the program, or is made for that: a function
// of the package that can wait, a request.
func (c *checker) waitsOutside(call ssa.CallInstruction) bool {
	callee := skeleton.CalleeOf(call.Common())
	if c.asksOutside(call) || callee.Name() == "os/exec.Command" {
		return true
	}
	if callee.Func != nil && c.scope.Local(callee.Func) {
		return true
	}
	return callee.Object != nil && callee.Object.Pkg() != nil && callee.Object.Pkg().Path() == "net/http"
}
