package contextdeadline

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// An asked is a call of a method with a context that the same function makes: a root, or one with a deadline that was added
// to a root.
type asked struct {
	call    *ssa.Call
	object  *skeleton.Path
	context *ssa.Call // makes the root, or adds the deadline
	bounded bool
}

// beside reports a call that a function makes with a root context although it bounds a later call of the same object. What
// the object is need not be known then: who bounds one of two questions says that no answer may come.
func (c *checker) beside(fn *ssa.Function) {
	if repeat.IsEntry(fn) {
		return
	}
	list := c.asked(fn)
	for _, a := range list {
		if a.bounded || c.program.OneShot(a.call) {
			continue
		}
		i := slices.IndexFunc(list, func(b asked) bool {
			return b.bounded && b.object == a.object && c.follows(b.call, a.call) && !c.follows(a.call, b.call)
		})
		if i >= 0 {
			c.unlike(a, list[i])
		}
	}
}

// asked lists such calls of a function, in the order of its blocks.
func (c *checker) asked(fn *ssa.Function) []asked {
	var list []asked
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !c.exits.Reachable(call) {
				continue
			}
			callee := skeleton.CalleeOf(call.Common())
			if len(callee.Args) < 2 || callee.Object == nil || callee.Object.Signature().Recv() == nil || !irutil.IsContext(callee.Args[1].Type()) {
				continue
			}
			is := c.madeHere(fn, callee.Args[1])
			if is == nil {
				continue
			}
			a := asked{call: call, object: c.paths.Of(callee.Args[0]), context: is.Root, bounded: is.State == ctxflow.Deadline}
			if a.bounded {
				by := skeleton.CalleeOf(is.Root.Common())
				if len(by.Args) == 0 {
					continue
				}
				if parent := c.madeHere(fn, by.Args[0]); parent == nil || parent.State != ctxflow.None {
					continue
				}
			} else if !c.asksFor(call, callee.Object) {
				continue
			}
			list = append(list, a)
		}
	}
	return list
}

// madeHere returns what is known of a context, if the function makes it, as a root or with a deadline.
func (c *checker) madeHere(fn *ssa.Function, v ssa.Value) *ctxflow.Case {
	if !irutil.IsContext(v.Type()) {
		return nil
	}
	cases := c.contexts.Local(v)
	if len(cases) != 1 || cases[0].Root == nil || cases[0].Root.Parent() != fn {
		return nil
	}
	if is := cases[0]; is.State == ctxflow.None || is.State == ctxflow.Deadline {
		return &is
	}
	return nil
}

// asksFor reports whether a method returns data and an error: it asks for something. What starts work, returns a stream of
// answers, ends by itself or ends its object does not need a deadline.
func (c *checker) asksFor(call *ssa.Call, method *types.Func) bool {
	if out, ok := c.outbound.Of(call.Common()); ok && !c.waits(call, out) {
		return false
	}
	results := method.Signature().Results()
	if scope.Ends(method) || results.Len() < 2 || !irutil.IsError(results.At(results.Len()-1).Type()) {
		return false
	}
	for v := range results.Variables() {
		switch v.Type().Underlying().(type) {
		case *types.Chan, *types.Signature:
			return false
		}
		for _, name := range [...]string{"Recv", "Next", "ResultChan", "Read", "Unsubscribe", "Stop", "Close"} {
			if m, _, _ := types.LookupFieldOrMethod(v.Type(), true, nil, name); m != nil {
				return false
			}
		}
	}
	return true
}

// follows reports whether an instruction can be run after another.
func (c *checker) follows(later, earlier ssa.Instruction) bool {
	found := false
	repeat.Follow(earlier, c.exits.Succs, func(run []ssa.Instruction) repeat.Turn {
		if found = slices.Contains(run, later); found {
			return repeat.Stop
		}
		return repeat.On
	}, func(repeat.Way) repeat.Turn { return repeat.On })
	return found
}

// unlike reports a call that has no deadline although a later one has.
func (c *checker) unlike(a, later asked) {
	of := &root{place: c.source.Place(a.context), text: c.rootText(a.context)}
	if c.spoken[of.key()] {
		return
	}
	c.spoken[of.key()] = true
	at, name, other := c.source.Place(a.call), c.source.Callee(a.call), c.source.Callee(later.call)
	added := c.source.Callee(later.context)
	c.tell(pass.Diagnostic{
		Rule: noDeadline, Pos: at.Pos, End: at.End, Op: "wait", Object: name, Subject: c.Call(at), Cause: of.cause(c),
		Message: fmt.Sprintf("%s may wait for ever for an answer: its context comes from %s, which has no deadline, but %s, which is called on the same object after it, has one; use that for both",
			name, of.text, other),
		Steps: []pass.Step{
			{Place: of.place, Message: of.text + " has no deadline", Op: "context", Object: of.text},
			{Place: at, Message: "goes to " + name, Op: "wait", Object: name},
			{Place: c.source.Place(later.context), Message: added + " adds a deadline", Op: "context", Object: added},
			{Place: c.source.Place(later.call), Message: "for " + other, Op: "call", Object: other},
		},
	}, pass.Related{Place: of.place, Message: fmt.Sprintf("%s has no deadline either: %s waits", of.text, name)})
}
