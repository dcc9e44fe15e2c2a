package lostwait

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// maxDepth bounds how far values and calls are followed. Real code needs a handful of steps.
const maxDepth = 10

// consults reports whether a loop would notice that a context has ended, or that it is to stop: it asks a context, it
// waits for a channel that is no timer, or a call that is given a context fails in a way that leaves the loop.
func (c *checker) consults(l *irutil.Loop) bool { return c.consultsBut(l, nil) }

// consultsBut is consults without the one call.
func (c *checker) consultsBut(l *irutil.Loop, but *ssa.Call) bool {
	for _, b := range l.Head.Parent().Blocks {
		if !l.Has[b] {
			continue
		}
		for _, instr := range b.Instrs {
			if c.asks(instr, 0) {
				return true
			}
			if call, ok := instr.(*ssa.Call); ok && call != but && c.leavesBy(call, l) {
				return true
			}
		}
	}
	return false
}

// asks reports whether an instruction asks a context whether it has ended, or waits for something other than a timer.
func (c *checker) asks(instr ssa.Instruction, depth int) bool {
	switch op := skeleton.OpOf(instr); op.Kind {
	case skeleton.ContextDone, skeleton.ContextErr, skeleton.ContextCause, skeleton.CondWait, skeleton.SemaphoreAcquire,
		skeleton.WaitGroupWait, skeleton.GroupWait:
		return true
	case skeleton.Recv:
		return !isTime(op.Object)
	case skeleton.Select:
		return slices.ContainsFunc(op.Cases, func(s *ssa.SelectState) bool { return s.Dir == types.RecvOnly && !isTime(s.Chan) })
	}
	switch instr := instr.(type) {
	case *ssa.BinOp:
		return irutil.IsContextError(instr.X) || irutil.IsContextError(instr.Y)
	case *ssa.Call:
		callee := skeleton.CalleeOf(instr.Common())
		if callee.Name() == "errors.Is" && len(callee.Args) == 2 && irutil.IsContextError(callee.Args[1]) {
			return true
		}
		if callee.Object != nil && len(callee.Args) == 1 && scope.Implements(callee.Args[0].Type()) && (callee.Object.Name() == "Done" || callee.Object.Name() == "Err") {
			return true
		}
		// A function of the package may do so for its caller, with a context or a channel of its own.
		return depth < 3 && callee.Func != nil && instr.Call.Signature().Results().Len() > 0 && !slices.ContainsFunc(callee.Args, c.isContext) &&
			inBody(callee.Func, func(i ssa.Instruction) bool { return c.asks(i, depth+1) })
	}
	return false
}

// isContext reports whether a value is or carries a context.
func (c *checker) isContext(v ssa.Value) bool { return carried(v.Type()) }

// inBody reports whether the body of a function has such an instruction, not counting the literals in it.
func inBody(fn *ssa.Function, such func(ssa.Instruction) bool) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool { return slices.ContainsFunc(b.Instrs, such) })
}

// leavesBy reports whether a call that depends on a context makes the loop end when that has ended.
func (c *checker) leavesBy(call *ssa.Call, l *irutil.Loop) bool {
	common := call.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok && b.Name() != "" {
		return false
	}
	_, named := common.Value.(*ssa.Function)
	literal := !named && !common.IsInvoke()
	depends := !named && c.derived(common.Value, 0)
	for _, arg := range common.Args {
		depends = depends || c.derived(arg, 0)
	}
	if !depends {
		return false
	}
	results := common.Signature().Results()
	if results.Len() == 0 {
		return literal // by a variable that it writes
	}
	if of := failures(call); of != nil {
		return c.leavesOn(call, l, of, false)
	}
	if irutil.IsError(results.At(results.Len() - 1).Type()) {
		return false // nobody looks at the error
	}
	conds := c.exitsOf(l)
	return slices.ContainsFunc(conds, func(cond ssa.Value) bool { return dependsOn(cond, call, make(map[ssa.Value]bool)) })
}

// leavesOn reports whether the loop can be left when a call in it has failed, other than because the tries are used up.
// Of a plain error it is known that it is of none of the kinds that the loop looks for.
func (c *checker) leavesOn(call *ssa.Call, l *irutil.Loop, of func(ssa.Value) bool, plain bool) bool {
	leaves := false
	repeat.Follow(call, c.exits.Succs, func(run []ssa.Instruction) repeat.Turn {
		if len(c.exits.Succs(run[0].Block())) == 0 {
			leaves = true // it ends the process, or panics
			return repeat.Stop
		}
		return repeat.On
	}, func(way repeat.Way) repeat.Turn {
		switch v := c.taken(way, l, of, plain); {
		case l.Has[way.To] && v != no:
			return repeat.On
		case v == no || v == byCount:
			return repeat.Back
		}
		leaves = true
		return repeat.Stop
	})
	return leaves
}

// dependsOn reports whether a condition is computed from the result of a call.
func dependsOn(v ssa.Value, call *ssa.Call, seen map[ssa.Value]bool) bool {
	if v == ssa.Value(call) {
		return true
	}
	instr, ok := v.(ssa.Instruction)
	if !ok || seen[v] {
		return false
	}
	seen[v] = true
	for _, op := range instr.Operands(nil) {
		if *op != nil && dependsOn(*op, call, seen) {
			return true
		}
	}
	return false
}

// derived reports whether a value is a context that can end, carries one, or was made with one.
func (c *checker) derived(v ssa.Value, depth int) bool {
	if is, ok := c.carries[v]; ok {
		return is
	}
	if depth > maxDepth {
		return false
	}
	c.carries[v] = false // a cycle adds nothing
	is := c.derives(v, depth)
	c.carries[v] = is
	return is
}

func (c *checker) derives(v ssa.Value, depth int) bool {
	next := func(v ssa.Value) bool { return c.derived(v, depth+1) }
	if irutil.IsError(v.Type()) {
		return false // what is made of an error does not heed a context
	}
	switch v := v.(type) {
	case *ssa.Const, *ssa.Function, *ssa.Builtin, *ssa.Global:
		return false
	case *ssa.Parameter:
		return carried(v.Type())
	case *ssa.FreeVar:
		cell := irutil.Captured(v)
		return cell != nil && next(cell)
	case *ssa.Alloc:
		return slices.ContainsFunc(*v.Referrers(), func(use ssa.Instruction) bool {
			switch use := use.(type) {
			case *ssa.Store:
				return use.Addr == ssa.Value(v) && next(use.Val)
			case *ssa.FieldAddr:
				return slices.ContainsFunc(*use.Referrers(), func(u ssa.Instruction) bool {
					store, ok := u.(*ssa.Store)
					return ok && store.Addr == ssa.Value(use) && next(store.Val)
				})
			case *ssa.IndexAddr: // the arguments of a variadic parameter
				return slices.ContainsFunc(*use.Referrers(), func(u ssa.Instruction) bool {
					store, ok := u.(*ssa.Store)
					return ok && store.Addr == ssa.Value(use) && next(store.Val)
				})
			}
			return false
		})
	case *ssa.Call:
		row := models.ContextFunction(ctxflow.Callee(v.Common()))
		if row.Effect == models.Root || row.Effect == models.Detach {
			return false
		}
		args := v.Call.Args
		if v.Call.IsInvoke() {
			args = append([]ssa.Value{v.Call.Value}, args...)
		}
		if row.Effect != models.NoContext && row.Parent < len(args) {
			return next(args[row.Parent])
		}
		return slices.ContainsFunc(args, next) || irutil.IsContext(v.Type())
	case *ssa.Phi:
		return slices.ContainsFunc(v.Edges, next)
	case *ssa.MakeClosure:
		return slices.ContainsFunc(v.Bindings, next)
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			return false
		}
		return next(v.X) || carried(v.Type())
	case *ssa.FieldAddr:
		return next(v.X)
	case *ssa.Field:
		return next(v.X) || carried(v.Type())
	case *ssa.IndexAddr:
		return next(v.X)
	case *ssa.Extract:
		return next(v.Tuple)
	case *ssa.TypeAssert:
		return next(v.X)
	case *ssa.MakeInterface:
		return next(v.X)
	case *ssa.ChangeInterface:
		return next(v.X)
	case *ssa.ChangeType:
		return next(v.X)
	case *ssa.Convert:
		return next(v.X)
	case *ssa.Slice:
		return next(v.X)
	}
	return false
}

// carried reports whether values of the type are or carry a context, or fail when it has ended as the response to a client
// that has left does.
func carried(t types.Type) bool {
	_, ok := scope.Carries(t)
	return ok || handlers.RoleOf(t) == handlers.Writer
}
