package contextdeadline

import (
	"fmt"
	"go/constant"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// uselessTimeouts reports constant timeouts that are never reached, because the context that they are made from has a
// shorter one on every way: one of the same function, of all its callers, or of a helper that gave the context.
func (c *checker) uselessTimeouts(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !c.exits.Reachable(call) {
				continue
			}
			if own, ok := constantTimeout(call); ok && own > 0 {
				c.neverReached(call, own)
			}
		}
	}
}

// neverReached reports a timeout if all contexts that it can be made from have a shorter one.
func (c *checker) neverReached(call *ssa.Call, own time.Duration) {
	var longest time.Duration
	var of ctxflow.Case
	for _, is := range c.contexts.Cases(skeleton.CalleeOf(call.Common()).Args[0]) {
		if is.State != ctxflow.Deadline || is.Root == nil || is.Root == call {
			return
		}
		d, ok := c.timeoutOf(is.Root)
		if !ok || d <= 0 || d >= own {
			return
		}
		if d > longest {
			longest, of = d, is
		}
	}
	arg, at := c.source.Argument(call, 1), c.source.Argument(call, 0)
	if of.Root == nil || arg == nil || at == nil {
		return
	}
	text, from := source.Text(arg), source.Text(at)
	if from == "" {
		from = "the context"
	}
	d := pass.Diagnostic{Rule: useless, Pos: arg.Pos(), End: arg.End(), Op: "timeout", Object: text}
	name := c.source.Callee(of.Root)
	d.Steps = append(d.Steps, pass.Step{
		Place: c.source.Place(of.Root), Message: fmt.Sprintf("%s sets a timeout of %s", name, longest), Op: "context", Object: name,
	})
	for _, through := range slices.Backward(of.Through) {
		name := c.source.Callee(through)
		d.Steps = append(d.Steps, pass.Step{Place: c.source.Place(through), Message: "hands the context to " + name, Op: "call", Object: name})
	}
	d.Steps = append(d.Steps, pass.Step{Place: c.source.Place(call), Message: "the timeout of " + own.String() + " ends later", Op: "timeout", Object: text})
	where := "already"
	if len(of.Through) > 0 {
		where = "from " + source.FuncName(of.Root.Parent())
		if c.several(call) {
			where = "from each of its callers"
		}
	}
	d.Message = fmt.Sprintf("this timeout of %s is never reached: %s has one of %s %s, which ends first; leave this one out, or make the other longer",
		own, from, longest, where)
	c.found = append(c.found, d)
}

// several reports whether the context that a timeout is made from comes from more than one place.
func (c *checker) several(call *ssa.Call) bool {
	return len(c.contexts.Cases(skeleton.CalleeOf(call.Common()).Args[0])) > 1
}

// constantTimeout returns the timeout of a call of context.WithTimeout, if it is a constant.
func constantTimeout(call *ssa.Call) (time.Duration, bool) {
	callee := skeleton.CalleeOf(call.Common())
	switch callee.Name() {
	case "context.WithTimeout", "context.WithTimeoutCause":
	default:
		return 0, false
	}
	k, ok := callee.Args[1].(*ssa.Const)
	if !ok || k.Value == nil || k.Value.Kind() != constant.Int {
		return 0, false
	}
	d, exact := constant.Int64Val(k.Value)
	return time.Duration(d), exact
}

// timeoutOf returns the timeout of the context that a call returns, if it is a constant: the call sets it, or is of a
// function of another package that does.
func (c *checker) timeoutOf(call *ssa.Call) (time.Duration, bool) {
	if d, ok := constantTimeout(call); ok {
		return d, true
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object == nil || callee.Invoke {
		return 0, false
	}
	s := c.imports.Of(callee.Object)
	if s == nil || s.Timeout == 0 {
		return 0, false
	}
	return s.Timeout, true
}

// givenTimeout returns the longest timeout that a function gives the context that it returns, if all are constants, or 0.
func (c *checker) givenTimeout(fn *ssa.Function, results []ctxflow.Result) time.Duration {
	if len(results) != 1 || results[0].State != ctxflow.Deadline {
		return 0
	}
	var longest time.Duration
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			ret, ok := instr.(*ssa.Return)
			if !ok || results[0].Index >= len(ret.Results) {
				continue
			}
			v := ret.Results[results[0].Index]
			if k, ok := v.(*ssa.Const); ok && k.IsNil() {
				continue // it comes with an error
			}
			for _, is := range c.contexts.Local(v) {
				if is.Root == nil {
					return 0
				}
				d, ok := c.timeoutOf(is.Root)
				if !ok {
					return 0
				}
				longest = max(longest, d)
			}
		}
	}
	return max(longest, 0)
}
