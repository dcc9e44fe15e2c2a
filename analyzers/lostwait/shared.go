package lostwait

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// sharedDeadline reports a call that a loop tries again, or tries for one alternative after the other, by a context whose
// deadline was set before the loop: when a try has used that up, all that follow fail at once, and the loop does not
// notice. A loop that leaves when the context has ended has a deadline for all its tries, on purpose. It says whether it
// has reported.
func (c *checker) sharedDeadline(instr ssa.CallInstruction) bool {
	call, ok := instr.(*ssa.Call)
	if !ok || bounds(call) != nil {
		return false
	}
	loops := c.around(call.Block())
	if len(loops) == 0 {
		return false
	}
	l := loops[0]
	arg, made := c.boundBefore(call, l)
	if made == nil || c.slept[l] || c.boundsItself(skeleton.CalleeOf(call.Common()), arg, 0) {
		return false
	}
	of := failures(call)
	if of == nil || c.leavesOn(call, l, of, true) || c.classified(l, of) {
		return false
	}
	limited := c.counts(l)
	if limited && !endsOnSuccess(l, of) || slices.ContainsFunc(loops, func(l *irutil.Loop) bool { return c.consultsBut(l, call) }) {
		return false
	}
	name, at := c.source.Callee(call), c.source.Place(call)
	text := "the context"
	if e := c.source.Argument(call, arg); e != nil && irutil.IsContext(skeleton.CalleeOf(call.Common()).Args[arg].Type()) && source.Text(e) != "" {
		text = source.Text(e)
	}
	d := pass.Diagnostic{Rule: oneDeadline, Pos: at.Pos, End: at.End, Op: "retry", Object: name}
	again := "tried again after a failure"
	if !c.sameAgain(call, l) && !isRequest(skeleton.CalleeOf(call.Common()).Args[arg].Type()) {
		again = "tried with one after the other until it succeeds"
	}
	then := "those that follow fail at once"
	if !limited {
		again = "tried again after a failure, without a limit"
		then = "the loop goes round for ever, because each try fails at once"
	}
	d.Message = fmt.Sprintf("%s is %s, with the deadline of %s, which was set before the loop: a try that gets no answer uses up the time, and then %s; give each try a timeout of its own, or leave the loop when %[3]s.Err() is not nil",
		name, again, text, then)
	d.Steps = []pass.Step{
		{Place: c.source.Place(made), Message: "sets the deadline, once for all tries", Op: "context", Object: text},
		{Place: at, Message: name + " fails, and the loop goes on without a look at " + text, Op: "retry", Object: name},
	}
	c.found = append(c.found, d)
	return true
}

// bounds returns the call of package context by which a deadline is set, or nil.
func bounds(call *ssa.Call) *ssa.Call {
	if call != nil && models.ContextFunction(skeleton.CalleeOf(call.Common()).Name()).Effect == models.Bound {
		return call
	}
	return nil
}

// boundBefore returns the argument of a call in a loop that is, or carries, a context whose deadline was set before the
// loop, and the call that sets it: in the same function or one around it. There may be ways on which no deadline is set,
// because the configuration has none, but none on which one is set in the loop.
func (c *checker) boundBefore(call *ssa.Call, l *irutil.Loop) (arg int, made *ssa.Call) {
	for i, v := range skeleton.CalleeOf(call.Common()).Args {
		if !irutil.IsContext(v.Type()) && !isRequest(v.Type()) {
			continue
		}
		made, ok := c.deadlineOf(v, l, make(map[ssa.Value]bool))
		if ok && made != nil {
			return i, made
		}
	}
	return 0, nil
}

// deadlineOf follows a context to where its deadline is set. It returns false where that is in the loop, or not known.
func (c *checker) deadlineOf(v ssa.Value, l *irutil.Loop, seen map[ssa.Value]bool) (made *ssa.Call, ok bool) {
	if seen[v] {
		return nil, true
	}
	seen[v] = true
	var from []ssa.Value
	switch x := v.(type) {
	case *ssa.Phi:
		from = x.Edges
	case *ssa.ChangeInterface:
		from = []ssa.Value{x.X}
	default:
		if cell := cellOf(v); cell != nil {
			stored, all := c.contexts.Stored(cell)
			if !all {
				return nil, false
			}
			from = stored
			break
		}
		derived, parent := parentOf(v)
		if parent == nil {
			// A parameter, or something that was there before: it has a deadline of another, or none.
			instr, local := v.(ssa.Instruction)
			return nil, !local || !l.Has[instr.Block()]
		}
		if bounds(derived) != nil {
			return derived, !l.Has[derived.Block()]
		}
		from = []ssa.Value{parent}
	}
	for _, v := range from {
		one, ok := c.deadlineOf(v, l, seen)
		if !ok {
			return nil, false
		}
		if made == nil {
			made = one
		}
	}
	return made, true
}

// boundsItself reports whether a function of the package sets a deadline of its own, from the context that it is given:
// each try has its time, and the deadline before the loop is for all of them.
func (c *checker) boundsItself(callee skeleton.Callee, arg, depth int) bool {
	fn := callee.Func
	if fn == nil || depth > 2 || arg >= len(fn.Params) {
		return false
	}
	ctx := fn.Params[arg]
	return inBody(fn, func(instr ssa.Instruction) bool {
		call, ok := instr.(*ssa.Call)
		if !ok {
			return false
		}
		inner := skeleton.CalleeOf(call.Common())
		i := slices.IndexFunc(inner.Args, func(v ssa.Value) bool { return irutil.IsContext(v.Type()) && c.comesFrom(v, ctx, 0) })
		return i >= 0 && (bounds(call) != nil || c.boundsItself(inner, i, depth+1))
	})
}

// comesFrom reports whether a context is a parameter, or derived from it.
func (c *checker) comesFrom(v ssa.Value, param *ssa.Parameter, depth int) bool {
	switch {
	case v == ssa.Value(param):
		return true
	case depth > maxDepth:
		return false
	}
	if cell := cellOf(v); cell != nil {
		stored, _ := c.contexts.Stored(cell)
		return slices.ContainsFunc(stored, func(v ssa.Value) bool { return c.comesFrom(v, param, depth+1) })
	}
	if phi, ok := v.(*ssa.Phi); ok {
		return slices.ContainsFunc(phi.Edges, func(v ssa.Value) bool { return c.comesFrom(v, param, depth+1) })
	}
	_, parent := parentOf(v)
	return parent != nil && c.comesFrom(parent, param, depth+1)
}

func isRequest(t types.Type) bool { return types.TypeString(t, nil) == "*net/http.Request" }

// classified reports whether a loop hands the error to a function to ask of what kind it is, which may know those of
// contexts.
func (c *checker) classified(l *irutil.Loop, of func(ssa.Value) bool) bool {
	for b := range l.Has {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || call.Call.Signature().Results().Len() == 0 {
				continue
			}
			callee := skeleton.CalleeOf(call.Common())
			if callee.Name() == "errors.As" || callee.Name() == "errors.Is" || !slices.ContainsFunc(callee.Args, of) {
				continue
			}
			if slices.ContainsFunc(c.exitsOf(l), func(cond ssa.Value) bool { return dependsOn(cond, call, make(map[ssa.Value]bool)) }) {
				return true
			}
		}
	}
	return false
}
