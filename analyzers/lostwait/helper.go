package lostwait

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
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
		if helper = c.ownHelper(callee); helper == nil {
			return
		}
	}
	if helper.Operation >= len(callee.Args) {
		return
	}
	operation := literal(callee.Args[helper.Operation])
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
	none := &loop{head: call.Block()}
	seen := make(map[*ssa.BasicBlock]bool)
	returns := false
	for todo := []*ssa.BasicBlock{call.Block()}; len(todo) > 0; {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		succs := c.exits.Succs(b)
		switch last := b.Instrs[len(b.Instrs)-1].(type) {
		case *ssa.Return:
			if !goesAgain(last, of, helper) {
				return false
			}
			returns = true
		case *ssa.If:
			v := judge(last.Cond, none, of)
			if kind, known := ofKind(last.Cond, of); v == either && known {
				if asked, ok := last.Cond.(*ssa.Call); ok && !asksKind(asked) {
					return false // a function of somebody's that may know the errors of contexts
				}
				if v = yes; kind {
					v = no
				}
			}
			for i, s := range b.Succs {
				if slices.Contains(succs, s) && !(v == yes && i == 1 || v == no && i == 0) {
					todo = append(todo, s)
				}
			}
		default:
			if len(succs) == 0 {
				return false // it panics, or ends the process
			}
			todo = append(todo, succs...)
		}
	}
	return returns
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

// withoutContext reports whether a library's function that tries again is given no context by its policy, as far as that
// is seen, and waits long enough to matter.
func (c *checker) withoutContext(callee skeleton.Callee, helper *models.RetryHelper) bool {
	switch {
	case helper.Policy < 0:
		return true
	case helper.Policy >= len(callee.Args):
		return false
	case helper.Options:
		return c.options(callee.Args[helper.Policy])
	}
	plain, lasts := c.policy(callee.Args[helper.Policy], 0)
	return plain && lasts
}

// policy reports whether a policy is made here from numbers only, and whether its waits are long enough to matter.
func (c *checker) policy(v ssa.Value, depth int) (plain, lasts bool) {
	if depth > maxDepth {
		return false, false
	}
	switch x := v.(type) {
	case *ssa.MakeInterface:
		return c.policy(x.X, depth+1)
	case *ssa.ChangeInterface:
		return c.policy(x.X, depth+1)
	case *ssa.Phi:
		for _, e := range x.Edges {
			one, long := c.policy(e, depth+1)
			if !one {
				return false, false
			}
			lasts = lasts || long
		}
		return true, lasts
	case *ssa.Call:
		callee := skeleton.CalleeOf(x.Common())
		from, ok := models.RetryPolicy(callee.Name())
		if !ok || from >= len(callee.Args) {
			return false, false
		}
		if from < 0 {
			return true, !brief(x)
		}
		plain, lasts = c.policy(callee.Args[from], depth+1)
		if n, isConst := integer(callee.Args[1]); isConst && soonOver(madePolicy(callee.Args[from]), n) {
			lasts = false
		}
		return plain, lasts
	}
	if cell := cellOf(v); cell != nil {
		if stored, all := c.contexts.Stored(cell); all && len(stored) == 1 {
			return c.policy(stored[0], depth+1)
		}
	}
	return false, false
}

func madePolicy(v ssa.Value) *ssa.Call {
	if made, ok := v.(*ssa.MakeInterface); ok {
		v = made.X
	}
	call, _ := v.(*ssa.Call)
	return call
}

// brief reports whether a policy has a constant wait that is too short to matter.
func brief(made *ssa.Call) bool {
	callee := skeleton.CalleeOf(made.Common())
	if callee.Object.Name() != "NewConstantBackOff" {
		return false
	}
	d, known := longest(callee.Args[0], 0)
	return known && d < shortest
}

// soonOver reports whether a number of waits of a policy are over before that matters: three that grow from half a second,
// or some of a constant time.
func soonOver(made *ssa.Call, n int64) bool {
	if made == nil {
		return n <= 3
	}
	callee := skeleton.CalleeOf(made.Common())
	if callee.Object == nil || callee.Object.Name() != "NewConstantBackOff" {
		return n <= 3
	}
	d, known := longest(callee.Args[0], 0)
	return known && time.Duration(n)*d < enough
}

// options reports whether all options are seen, and none gives a context or decides which failures are tried again.
func (c *checker) options(v ssa.Value) bool {
	if irutil.IsNil(v) {
		return true
	}
	slice, ok := v.(*ssa.Slice)
	if !ok {
		return false
	}
	array, ok := slice.X.(*ssa.Alloc)
	if !ok {
		return false
	}
	for _, use := range *array.Referrers() {
		switch use := use.(type) {
		case *ssa.IndexAddr:
			for _, u := range *use.Referrers() {
				store, ok := u.(*ssa.Store)
				if !ok {
					return false
				}
				made, ok := store.Val.(*ssa.Call)
				if !ok {
					return false
				}
				callee := skeleton.CalleeOf(made.Common())
				if !models.RetryOption(callee.Name()) {
					return false
				}
				if n, isConst := integer(callee.Args[0]); isConst && callee.Object.Name() == "Attempts" && 0 < n && n <= 4 {
					return false // soon over, with the delay that it has by itself
				}
			}
		case *ssa.Slice, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// ownHelper returns what is known of a function of the package that calls a parameter again after any failure, and waits in
// between, without a context.
func (c *checker) ownHelper(callee skeleton.Callee) *models.RetryHelper {
	fn := callee.Func
	if fn == nil || len(fn.Blocks) == 0 || fn.Parent() != nil {
		return nil
	}
	if helper, asked := c.helpers[fn]; asked {
		return helper
	}
	c.helpers[fn] = nil
	if slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool { return c.isContext(p) }) {
		return nil
	}
	for i, p := range fn.Params {
		if _, isFunc := p.Type().Underlying().(*types.Signature); isFunc && c.callsAgain(fn, p) {
			c.helpers[fn] = &models.RetryHelper{Operation: i, Policy: -1, Instead: "give it the context too, and have it wait for its end beside the timer"}
			break
		}
	}
	return c.helpers[fn]
}

// callsAgain reports whether a function calls a parameter in a loop until that succeeds, with a wait between the calls.
func (c *checker) callsAgain(fn *ssa.Function, p *ssa.Parameter) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || call.Call.Value != ssa.Value(p) && !loads(call.Call.Value, p) {
				continue
			}
			loops := c.around(b)
			of := failures(call)
			if len(loops) == 0 || of == nil {
				continue
			}
			l := loops[0]
			if c.leavesOn(call, l, of, true) || c.classified(l, of) || !c.endsOnSuccess(l, of) || slices.ContainsFunc(loops, func(l *loop) bool { return c.noticesEnd(l, call) }) {
				continue
			}
			if c.pauses(l) {
				return true
			}
		}
	}
	return false
}

// loads reports whether a value is read from the variable that a captured parameter is kept in.
func loads(v ssa.Value, p *ssa.Parameter) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	return slices.ContainsFunc(*p.Referrers(), func(use ssa.Instruction) bool {
		store, ok := use.(*ssa.Store)
		return ok && store.Addr == load.X
	})
}

// pauses reports whether a loop waits between its rounds long enough to matter.
func (c *checker) pauses(l *loop) bool {
	for b := range l.has {
		for _, instr := range b.Instrs {
			p, ok := c.pauseOf(instr)
			if !ok {
				continue
			}
			d, known := longest(p.value, 0)
			if known && (d < shortest || c.rounds(l) > 0 && time.Duration(c.rounds(l))*d < enough) {
				continue
			}
			return true
		}
	}
	return false
}
