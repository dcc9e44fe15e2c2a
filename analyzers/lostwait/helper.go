package lostwait

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// helped reports a call of a function that tries again and knows no context, where one is at hand and what is tried gets
// it: when that has ended, each try fails, and all of them are made, with the waits between them.
func (c *checker) helped(instr ssa.CallInstruction) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return
	}
	callee := skeleton.CalleeOf(call.Common())
	helper := models.RetryFunction(callee.Name())
	if helper != nil && !c.withoutContext(callee, helper) {
		return
	}
	if helper == nil {
		helper = c.ownHelper(callee)
	}
	if helper == nil {
		helper = c.foreignHelper(callee)
	}
	if helper == nil {
		return
	}
	if helper.Operation >= len(callee.Args) {
		return
	}
	operation := c.operationOf(callee.Args[helper.Operation])
	if operation == nil || inBody(operation, func(i ssa.Instruction) bool { return c.asks(i, 0) }) {
		return
	}
	ctx, ok := c.atHand(call)
	if !ok {
		return
	}
	tried := c.tried(operation, helper)
	if tried == nil {
		return
	}
	name, what := c.source.Callee(call), c.source.Callee(tried)
	at := c.source.Place(call)
	d := pass.Diagnostic{Rule: helperIgnores, Pos: at.Pos, End: at.End, Op: "retry", Object: name}
	d.Message = fmt.Sprintf("%s tries again after any failure of %s, waits in between, and does not know %s: when that has ended, each try fails and all of them are made, while the caller waits; %s",
		name, what, ctx.Text, helper.Instead)
	d.Steps = []pass.Step{
		{Place: at, Message: name + " waits between the tries and notices no context", Op: "wait", Object: name},
		{Place: c.source.Place(tried), Message: what + " fails when " + ctx.Text + " has ended", Op: "retry", Object: what},
	}
	c.found = append(c.found, d)
}

// operationOf returns the function literal that a value is: written where it is used, or returned by a function of the
// package that is called there with a context. It is nil for all others.
func (c *checker) operationOf(v ssa.Value) *ssa.Function {
	if conv, ok := v.(*ssa.ChangeType); ok {
		v = conv.X
	}
	made, ok := v.(*ssa.Call)
	if !ok {
		return literal(v)
	}
	callee := skeleton.CalleeOf(made.Common())
	if callee.Func == nil || !slices.ContainsFunc(callee.Args, func(v ssa.Value) bool { return irutil.IsContext(v.Type()) && c.derived(v, 0) }) {
		return nil
	}
	var only *ssa.Function
	for _, b := range callee.Func.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		if len(ret.Results) != 1 || only != nil {
			return nil
		}
		if only = literal(ret.Results[0]); only == nil {
			return nil
		}
	}
	return only
}

// literal returns the function literal that a value is, or nil.
func literal(v ssa.Value) *ssa.Function {
	switch x := v.(type) {
	case *ssa.ChangeType:
		return literal(x.X)
	case *ssa.MakeClosure:
		if fn := x.Fn.(*ssa.Function); fn.Parent() != nil {
			return fn
		}
	case *ssa.Function:
		if x.Parent() != nil {
			return x
		}
	}
	return nil
}

// tried returns a call in an operation that is given a context and whose plain failure is one of the operation, which is
// tried again; or nil.
func (c *checker) tried(operation *ssa.Function, helper *models.RetryHelper) *ssa.Call {
	for _, b := range operation.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool { return irutil.IsContext(v.Type()) && c.derived(v, 0) }) {
				continue
			}
			if of := failures(call); of != nil && c.triedAgain(call, of, helper) {
				return call
			}
		}
	}
	return nil
}

// triedAgain reports whether an operation whose call has failed is tried again, whatever the error is.
func (c *checker) triedAgain(call *ssa.Call, of func(ssa.Value) bool, helper *models.RetryHelper) bool {
	none := &irutil.Loop{Head: call.Block()}
	again, returns := true, false
	stop := func() repeat.Turn {
		again = false
		return repeat.Stop
	}
	repeat.Follow(call, c.exits.Succs, func(run []ssa.Instruction) repeat.Turn {
		last := run[len(run)-1]
		ret, ok := last.(*ssa.Return)
		switch {
		case ok && !goesAgain(ret, of, helper):
			return stop()
		case !ok && len(c.exits.Succs(last.Block())) == 0:
			return stop() // it panics, or ends the process
		}
		returns = returns || ok
		return repeat.On
	}, func(way repeat.Way) repeat.Turn {
		v := c.taken(way, none, of, true)
		if v == no || v == yes {
			if asked, ok := condition(way).(*ssa.Call); ok && !asksKind(asked) {
				return stop() // a function of somebody's that may know the errors of contexts
			}
		}
		if v == no {
			return repeat.Back
		}
		return repeat.On
	})
	return again && returns
}

// condition is what decides about a way, or nil.
func condition(way repeat.Way) ssa.Value {
	if way.If == nil {
		return nil
	}
	return way.If.Cond
}

// asksKind reports whether a call asks whether an error is one of a kind that its arguments say.
func asksKind(call *ssa.Call) bool {
	name := skeleton.CalleeOf(call.Common()).Name()
	return name == "errors.Is" || name == "errors.As"
}

// goesAgain reports whether what an operation returns has it called again.
func goesAgain(ret *ssa.Return, of func(ssa.Value) bool, helper *models.RetryHelper) bool {
	n := len(ret.Results)
	if n == 0 {
		return false
	}
	if helper.Polls {
		done, isConst := ret.Results[0].(*ssa.Const)
		return n == 2 && isConst && done.Value != nil && done.Value.String() == "false" && irutil.IsNil(ret.Results[1])
	}
	return sameError(ret.Results[n-1], of)
}

// sameError reports whether a value is the error of a call, perhaps with more text.
func sameError(v ssa.Value, of func(ssa.Value) bool) bool {
	if of(v) {
		return true
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object == nil || callee.Object.Pkg() == nil {
		return false
	}
	switch callee.Object.Pkg().Path() {
	case "fmt", "github.com/pkg/errors", "golang.org/x/xerrors":
		return true
	}
	return false
}
