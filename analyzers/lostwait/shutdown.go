package lostwait

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// shutdowns reports a call that ends a server when its calls have ended, and waits for that for as long as it takes.
func (c *checker) shutdowns(call ssa.CallInstruction) {
	callee := skeleton.CalleeOf(call.Common())
	row := models.ShutdownFunction(callee.Name())
	if row == nil || c.bounded(call, callee, row) || again(call, callee) {
		return
	}
	name := c.source.Callee(call)
	at := c.source.Place(call)
	d := pass.Diagnostic{Rule: shutdown, Pos: at.Pos, End: at.End, Op: "shutdown", Object: row.Func}
	d.Steps = []pass.Step{{Place: at, Message: name + " waits until all calls have ended", Op: "wait", Object: name}}
	switch {
	case row.GracefulStop():
		d.Rule = gracefulStop
		d.Message = fmt.Sprintf("%s waits for every call in flight, and for streams until their clients leave: one that does not end keeps %s from returning, and the process lives until it is killed; call it in a goroutine, and %s",
			name, source.FuncName(call.Parent()), row.Instead)
	case row.Context == 0:
		d.Message = fmt.Sprintf("%s waits for connections to become idle without a bound: one slow client keeps %s from returning until the process is killed; use %s", name, source.FuncName(call.Parent()), row.Instead)
	default:
		if row.Context > len(callee.Args) {
			return
		}
		root := c.endless(callee.Args[row.Context-1])
		if root == nil {
			return
		}
		text := "the context"
		if e := c.source.Call(root); e != nil {
			if t := source.Text(e); t != "" {
				text = t
			}
		}
		d.Message = fmt.Sprintf("%s waits for the requests in flight, and %s has no deadline: one that does not end keeps %s from returning, and what comes after it undone, until the process is killed; bound it by context.WithTimeout",
			name, text, source.FuncName(call.Parent()))
		if root.Pos() != call.Pos() {
			made := pass.Step{Place: c.source.Place(root), Message: text + " has no deadline", Op: "context", Object: text}
			d.Steps = slices.Insert(d.Steps, 0, made)
		}
	}
	c.found = append(c.found, d)
}

// again reports whether a deferred call ends a server that the same function ends before.
func again(call ssa.CallInstruction, callee skeleton.Callee) bool {
	if _, deferred := call.(*ssa.Defer); !deferred || len(callee.Args) == 0 {
		return false
	}
	server := what(callee.Args[0])
	return server != nil && has(irutil.Outermost(call.Parent()), func(instr ssa.Instruction) bool {
		other, ok := instr.(*ssa.Call)
		if !ok {
			return false
		}
		c := skeleton.CalleeOf(other.Common())
		return c.Name() == callee.Name() && len(c.Args) > 0 && what(c.Args[0]) == server
	})
}

// endless returns the call that makes a context which never ends, or nil. A parameter is the caller's matter, and one of
// which nothing but its values is known may have a deadline.
func (c *checker) endless(v ssa.Value) *ssa.Call {
	if cell := cellOf(v); cell != nil {
		if stored, all := c.contexts.Stored(cell); all && len(stored) == 1 {
			v = stored[0]
		}
	}
	if _, param := v.(*ssa.Parameter); param {
		return nil
	}
	for _, is := range c.contexts.Cases(v) {
		if is.State == ctxflow.None && is.Root != nil && len(is.Through) == 0 {
			return is.Root
		}
	}
	return nil
}

// bounded reports whether something other than a context bounds a graceful end: a forced one near by, or somebody who
// does not wait for it.
func (c *checker) bounded(call ssa.CallInstruction, callee skeleton.Callee, row *models.Shutdown) bool {
	fn := call.Parent()
	if _, started := call.(*ssa.Go); started {
		return true
	}
	outer := irutil.Outermost(fn)
	switch how := c.scope.Runs(fn); {
	case how == scope.Started && (fn.Parent() == nil || has(outer, isTimedSelect)):
		return true
	case how == scope.Later && fn.Parent() != nil && row.Context == 0:
		return true // whoever runs it may bound it
	}
	return has(outer, isAfterFunc) || len(callee.Args) > 0 && c.forced(outer, callee.Args[0], row.Force)
}

// has reports whether a function, or a literal in it, has such an instruction.
func has(fn *ssa.Function, such func(ssa.Instruction) bool) bool {
	for _, b := range fn.Blocks {
		if slices.ContainsFunc(b.Instrs, such) {
			return true
		}
	}
	return slices.ContainsFunc(fn.AnonFuncs, func(lit *ssa.Function) bool { return has(lit, such) })
}

// isTimedSelect reports whether an instruction waits for a timer or the end of a context beside something else.
func isTimedSelect(instr ssa.Instruction) bool {
	op := skeleton.OpOf(instr)
	return op.Kind == skeleton.Select && len(op.Cases) > 1 && slices.ContainsFunc(op.Cases, func(s *ssa.SelectState) bool {
		return s.Dir == types.RecvOnly && (isTime(s.Chan) || doneOf(s.Chan) != nil)
	})
}

// isAfterFunc reports whether an instruction has something done when a timer fires or a context ends.
func isAfterFunc(instr ssa.Instruction) bool {
	kind := skeleton.OpOf(instr).Kind
	return kind == skeleton.AfterFunc || kind == skeleton.ContextAfterFunc
}

// forced reports whether the server is also ended by force: in the function or a literal of it, or anywhere in the
// package where the server is kept in the same field or variable.
func (c *checker) forced(outer *ssa.Function, server ssa.Value, force []string) bool {
	if len(force) == 0 {
		return false
	}
	kept := keptIn(server)
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				for _, of := range forceOf(instr, force) {
					if irutil.Outermost(fn) == outer || kept != nil && keptIn(of) == kept {
						return true
					}
				}
			}
		}
	}
	return false
}

// forceOf returns the servers that an instruction ends by force, or makes a method value to end by force.
func forceOf(instr ssa.Instruction, force []string) []ssa.Value {
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		callee := skeleton.CalleeOf(instr.Common())
		if slices.Contains(force, callee.Name()) && len(callee.Args) > 0 {
			return callee.Args[:1]
		}
	case *ssa.MakeClosure:
		fn, ok := instr.Fn.(*ssa.Function)
		if !ok || !irutil.IsBound(fn) || len(instr.Bindings) == 0 {
			return nil
		}
		if obj, ok := fn.Object().(*types.Func); ok && slices.Contains(force, obj.FullName()) {
			return instr.Bindings[:1]
		}
	}
	return nil
}

// keptIn returns the field or package-level variable that a value was read from, or nil.
func keptIn(v ssa.Value) types.Object {
	if load, ok := v.(*ssa.UnOp); ok {
		v = load.X
	}
	switch v := v.(type) {
	case *ssa.FieldAddr:
		if f := irutil.FieldOf(v.X.Type(), v.Field); f != nil {
			return f
		}
	case *ssa.Global:
		return v.Object()
	}
	return nil
}
