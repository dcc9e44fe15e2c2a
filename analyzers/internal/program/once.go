package program

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Once reports whether an instruction is run a few times at most in the life of a process: main, the initialisation of the
// package or the body of a command leads to it, by calls and goroutines that are all seen, and by no loop. Whatever else may
// run it, such as a server that it was given to, makes it one that is run again.
func (p *Program) Once(at ssa.Instruction) bool {
	c := &climb{p: p, commands: true, entries: true, started: true, seen: make(map[any]bool)}
	return c.runs(at)
}

// InCommand reports whether a function is run by commands of the command line only, as their body or called by it.
func (p *Program) InCommand(fn *ssa.Function) bool {
	c := &climb{p: p, commands: true, loops: true, seen: make(map[any]bool)}
	return c.function(fn)
}

// maxSteps bounds the functions and values that are looked at for one question.
const maxSteps = 256

// A climb goes from a function to all that run it.
type climb struct {
	p *Program
	// What may lead to it: the body of a command, main and the initialisation of the package, a goroutine, a loop.
	commands, entries, started, loops bool
	// seen are the functions and values that were looked at, or are being so.
	seen  map[any]bool
	steps int
}

// runs reports whether what runs an instruction is all of the kind that is asked for.
func (c *climb) runs(at ssa.Instruction) bool {
	return at != nil && at.Parent() != nil && (c.loops || !irutil.InCycle(at.Block())) && c.function(at.Parent())
}

// function reports whether all that run a function are of the kind that is asked for.
func (c *climb) function(fn *ssa.Function) bool {
	if repeat.IsEntry(fn) {
		return c.entries
	}
	if handlers.CommandSignature(fn.Signature) {
		return c.commands
	}
	if c.seen[fn] {
		return c.loops // what calls itself is run again
	}
	c.seen[fn] = true
	if c.steps++; c.steps > maxSteps || handlers.Of(fn).Kind != handlers.None || c.p.open(fn) {
		return false
	}
	uses := c.p.usesOf(fn)
	ran := false
	for _, u := range uses {
		if u.drop() {
			continue
		}
		if !c.use(u) {
			return false
		}
		ran = true
	}
	// A function may be on two ways up.
	delete(c.seen, fn)
	return ran
}

// open reports whether code that is not seen may call a function by its name, or by an interface.
func (p *Program) open(fn *ssa.Function) bool {
	obj := fn.Object()
	if obj == nil {
		return fn.Parent() == nil
	}
	if obj.Exported() && p.pkg.Name() != "main" || fn.TypeParams().Len() > 0 || fn.Origin() != nil && fn.Origin() != fn {
		return true
	}
	if fn.Signature.Recv() == nil {
		return false
	}
	p.index()
	return p.exposed[obj] && (obj.Exported() || p.invoked[obj.Name()])
}

// use reports whether a use of a function as a value lets it run in the way that is asked for, and in no other.
func (c *climb) use(u use) bool {
	if c.steps++; c.steps > maxSteps {
		return false
	}
	switch instr := u.instr.(type) {
	case *ssa.DebugRef:
		return true
	case ssa.CallInstruction:
		return c.call(instr, u.value)
	case *ssa.Store:
		if instr.Val != u.value {
			return false
		}
		if handlers.CommandBody(instr) {
			return c.commands
		}
		cell, ok := instr.Addr.(*ssa.Alloc)
		return ok && c.cell(cell)
	case *ssa.ChangeType:
		return c.value(instr)
	case *ssa.Phi:
		return c.value(instr)
	case *ssa.MakeClosure:
		return instr.Fn == u.value && c.value(instr)
	}
	return false
}

// call reports it for a call with the function, or that has it among its arguments.
func (c *climb) call(instr ssa.CallInstruction, fn ssa.Value) bool {
	common := instr.Common()
	if !common.IsInvoke() && common.Value == fn {
		if _, ok := instr.(*ssa.Go); ok && !c.started {
			return false
		}
		return !slices.Contains(common.Args, fn) && c.runs(instr)
	}
	op := skeleton.OpOf(instr)
	switch op.Kind {
	case skeleton.WaitGroupGo, skeleton.GroupGo, skeleton.GroupTryGo, skeleton.AfterFunc:
		return c.started && c.runs(instr)
	case skeleton.OnceDo:
		return c.runs(instr)
	}
	// A function of the package that is given it.
	callee := op.Callee.Func
	if callee == nil || len(callee.Blocks) == 0 || callee.Pkg != instr.Parent().Pkg || common.IsInvoke() {
		return false
	}
	for i, arg := range common.Args {
		if arg == fn && (i >= len(callee.Params) || !c.value(callee.Params[i])) {
			return false
		}
	}
	return true
}

// cell reports it for what is read from a variable, also from a closure that has captured it.
func (c *climb) cell(addr ssa.Value) bool {
	if c.seen[addr] {
		return true
	}
	c.seen[addr] = true
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.Store:
			if ref.Addr != addr {
				return false
			}
		case *ssa.UnOp:
			if ref.Op != token.MUL || !c.value(ref) {
				return false
			}
		case *ssa.MakeClosure:
			for i, b := range ref.Bindings {
				if b == addr && !c.cell(ref.Fn.(*ssa.Function).FreeVars[i]) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// value reports it for all uses of a value that is the function.
func (c *climb) value(v ssa.Value) bool {
	if c.seen[v] {
		return true
	}
	c.seen[v] = true
	return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool { return !c.use(use{ref, v}) })
}
