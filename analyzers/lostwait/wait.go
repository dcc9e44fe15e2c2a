package lostwait

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// waits reports a handler, or a method that ends its object and is given a context, that waits for goroutines which call
// something outside the program that nothing bounds.
func (c *checker) waits(call ssa.CallInstruction) {
	op := skeleton.OpOf(call)
	if _, plain := call.(*ssa.Call); !plain || op.Kind != skeleton.WaitGroupWait && op.Kind != skeleton.GroupWait {
		return
	}
	if !c.mustReturn(call.Parent()) {
		return
	}
	at := c.scope.At(call)
	if len(at) == 0 {
		return
	}
	who := what(op.Object)
	if who == nil {
		return
	}
	for _, work := range c.fns {
		if !c.works(work, who) {
			continue
		}
		path := c.unbounded(work, 0, nil)
		if path == nil {
			continue
		}
		c.lost(place{call.Parent(), c.source.Place(call), c.source.Callee(call)}, at[0], path)
		return
	}
}

// mustReturn reports whether a function is one whose caller waits for its end: a handler, or a method that ends its object.
func (c *checker) mustReturn(fn *ssa.Function) bool {
	obj, _ := fn.Object().(*types.Func)
	return handlers.Of(fn).Kind != handlers.None || obj != nil && (scope.Ends(obj) || c.Options.Models.IsCloser(obj.Origin().FullName()))
}

// A place is where a function waits, and by what.
type place struct {
	fn   *ssa.Function
	at   pass.Place
	name string
}

func (c *checker) lost(wait place, ctx scope.Context, path []ssa.CallInstruction) {
	last := path[len(path)-1]
	out, _ := outbound.Of(last.Common())
	name := wait.name
	waits := c.source.Callee(last)
	d := pass.Diagnostic{Rule: lostWork, Pos: wait.at.Pos, End: wait.at.End, Op: "wait", Object: name}
	d.Message = fmt.Sprintf("%s waits for a goroutine in which %s %s, and nothing bounds that: if it does not answer, %s never returns, whatever becomes of %s; give the work %[5]s, or wait for its end too, in a select",
		name, waits, out.What, source.FuncName(wait.fn), ctx.Text)
	for _, step := range path {
		text := "calls " + c.source.Callee(step)
		if step == last {
			text = waits + " " + out.What
		}
		d.Steps = append(d.Steps, pass.Step{Place: c.source.Place(step), Message: text, Op: "call", Object: c.source.Callee(step)})
	}
	d.Steps = append(d.Steps, pass.Step{Place: wait.at, Message: name + " waits for the goroutine", Op: "wait", Object: name})
	c.found = append(c.found, d)
}

// what identifies a WaitGroup or group: the variable in the function that declares it, or the field. It is nil where it
// is not known.
func what(v ssa.Value) any {
	for range maxDepth {
		switch x := v.(type) {
		case *ssa.Alloc:
			return ssa.Value(x)
		case *ssa.FreeVar:
			if v = irutil.Captured(x); v == nil {
				return nil
			}
		case *ssa.FieldAddr:
			if f := irutil.FieldOf(x.X.Type(), x.Field); f != nil {
				return f
			}
			return nil
		case *ssa.UnOp:
			v = x.X
		default:
			return nil
		}
	}
	return nil
}

// works reports whether a function is work that the group waits for: it says that it is done at its end, or the group
// starts it.
func (c *checker) works(fn *ssa.Function, who any) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if op := skeleton.OpOf(instr); op.Kind == skeleton.WaitGroupDone && op.Deferred && what(op.Object) == who {
				return true
			}
		}
	}
	if fn.Parent() == nil {
		return false
	}
	return inBody(fn.Parent(), func(instr ssa.Instruction) bool {
		op := skeleton.OpOf(instr)
		if op.Kind != skeleton.WaitGroupGo && op.Kind != skeleton.GroupGo || what(op.Object) != who || len(op.Callee.Args) < 2 {
			return false
		}
		made, ok := op.Callee.Args[1].(*ssa.MakeClosure)
		return ok && made.Fn == ssa.Value(fn)
	})
}

// unbounded returns the calls that lead from a function to one that waits for something outside the program and that
// nothing bounds, or nil. Of the function's own calls those count of which that is asked. It leaves alone what other
// analyzers say of such calls: clients, and contexts that never end.
func (c *checker) unbounded(fn *ssa.Function, depth int, counts func(ssa.Instruction) bool) []ssa.CallInstruction {
	if depth > 3 {
		return nil
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !c.exits.Reachable(instr) || counts != nil && !counts(instr) {
				continue
			}
			if out, ok := outbound.Of(call.Common()); ok {
				if out.Context == nil && !out.Stream && !out.SelfBounded && out.Row.Usually == "" && !othersSay(out.Row.Func) || c.neverKilled(out) {
					return []ssa.CallInstruction{call}
				}
				continue
			}
			callee := skeleton.CalleeOf(call.Common())
			if callee.Func == nil || len(callee.Func.Blocks) == 0 || slices.ContainsFunc(callee.Args, c.isContext) {
				continue
			}
			if path := c.unbounded(callee.Func, depth+1, nil); path != nil {
				return append([]ssa.CallInstruction{call}, path...)
			}
		}
	}
	return nil
}

// othersSay reports whether another analyzer judges calls of the function.
func othersSay(name string) bool {
	for _, prefix := range []string{"net/http.", "(*net/http.", "net.", "(*net.", "crypto/tls.", "(*crypto/tls.", "net/smtp.Dial", "net/smtp.SendMail", "net/rpc.", "net/rpc/jsonrpc.", "golang.org/x/crypto/ssh."} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// neverKilled reports whether a call waits for a command that was made without a context.
func (c *checker) neverKilled(out outbound.Call) bool {
	made, ok := out.Context.(*ssa.Call)
	return ok && out.Carrier && skeleton.CalleeOf(made.Common()).Name() == "os/exec.Command"
}
