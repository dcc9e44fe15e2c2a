package goroutineleak

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// prepare indexes the package. It returns false if there is no lock in it.
func (l *locker) prepare() bool {
	any := false
	for _, fn := range l.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				any = l.index(fn, instr) || any
			}
		}
	}
	if !any {
		return false
	}
	// Callers of relevant functions are relevant.
	var todo []*ssa.Function
	for _, fn := range l.fns {
		if l.relevant[fn] {
			todo = append(todo, fn)
		}
	}
	for len(todo) > 0 {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, call := range l.callers[fn] {
			if caller := call.Parent(); !l.relevant[caller] {
				l.relevant[caller] = true
				todo = append(todo, caller)
			}
		}
	}
	for _, fn := range l.fns {
		l.handedOver(fn)
	}
	l.forgetHanded()
	return true
}

// index notes what an instruction tells about the package, and reports whether it is an operation on a lock.
func (l *locker) index(fn *ssa.Function, instr ssa.Instruction) bool {
	locks := false
	op := skeleton.OpOf(instr)
	l.partner(fn, op)
	switch op.Kind {
	case skeleton.WaitGroupWait, skeleton.Send, skeleton.Recv:
		l.relevant[fn] = true
	}
	var callee *ssa.Function
	switch i := instr.(type) {
	case *ssa.Store:
		if f := skeleton.AssignedField(i); f != nil {
			l.assigned[f] = true
		}
		if g := globalStore(fn, i); g != nil {
			l.assignedGlobals[g] = true
		}
		if made, ok := i.Val.(*ssa.MakeChan); ok {
			if c, ok := skeleton.ConstantOf(made.Size); ok && c == "0" {
				l.unbuffered[l.paths.Of(i.Addr).Class()] = true
			}
		}
	case *ssa.UnOp:
		if i.Op == token.MUL {
			l.escapes(i)
		}
	case ssa.CallInstruction:
		if locks = l.lockOp(op).kind != noLock; locks {
			l.relevant[fn] = true
		}
		if op.Callee.Invoke {
			l.invoked[op.Callee.Object.Name()] = true
		}
		if callee = op.Callee.Func; callee != nil {
			l.callers[callee] = append(l.callers[callee], i)
		}
		if op.Kind == skeleton.OnceDo && len(op.Callee.Args) == 2 {
			if f := calleeOf(op.Callee.Args[1]).Func; f != nil {
				l.callers[f] = append(l.callers[f], i)
			}
		}
		for _, arg := range i.Common().Args {
			l.value(arg)
		}
		return locks
	}
	var operands [10]*ssa.Value
	for _, op := range instr.Operands(operands[:0]) {
		if made, ok := instr.(*ssa.MakeClosure); ok && *op == made.Fn {
			continue
		}
		l.value(*op)
	}
	return locks
}

// value notes a use of a function other than calling it.
func (l *locker) value(v ssa.Value) {
	switch v := v.(type) {
	case *ssa.Function:
		l.asValue[skeleton.Normal(v)] = true
	case *ssa.MakeClosure:
		l.asValue[skeleton.Normal(v.Fn.(*ssa.Function))] = true
	}
}

// assignedElsewhere reports whether a closure other than fn assigns a local variable.
func (l *locker) assignedElsewhere(alloc *ssa.Alloc, fn *ssa.Function) bool {
	key := variableIn{alloc, fn}
	known, ok := l.elsewhere[key]
	if !ok {
		known = boundAssigned(alloc, fn, 0)
		l.elsewhere[key] = known
	}
	return known
}

// A variableIn is a local variable, seen from a function.
type variableIn struct {
	alloc *ssa.Alloc
	fn    *ssa.Function
}

// boundAssigned reports whether a closure other than fn that captures v assigns it.
func boundAssigned(v ssa.Value, fn *ssa.Function, depth int) bool {
	if depth > 8 {
		return true
	}
	for _, ref := range *v.Referrers() {
		made, ok := ref.(*ssa.MakeClosure)
		if !ok {
			continue
		}
		closure := made.Fn.(*ssa.Function)
		for i, b := range made.Bindings {
			if b != v || i >= len(closure.FreeVars) {
				continue
			}
			if boundAssigned(closure.FreeVars[i], fn, depth+1) {
				return true
			}
			for _, use := range *closure.FreeVars[i].Referrers() {
				if _, stored := use.(*ssa.Store); stored && closure != fn {
					return true
				}
			}
		}
	}
	return false
}
