package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A partner is an operation that lets another goroutine go on: Done for one that waits for a WaitGroup, close or a send
// for one that receives, a receive for one that sends.
type partner struct {
	kind  skeleton.Kind
	path  *skeleton.Path
	instr ssa.Instruction
	fn    *ssa.Function
	last  bool // deferred: after everything else in the function
}

// partner notes an operation that others may wait for.
func (l *locker) partner(fn *ssa.Function, op skeleton.Op) {
	add := func(kind skeleton.Kind, object ssa.Value, fn *ssa.Function, last bool) {
		if object != nil {
			p := l.heldIn(object)
			l.partners[p.Class()] = append(l.partners[p.Class()], partner{kind, p, op.Instr, fn, last})
		}
	}
	switch op.Kind {
	case skeleton.WaitGroupDone, skeleton.Close, skeleton.Send, skeleton.Recv:
		add(op.Kind, op.Object, fn, op.Deferred)
	case skeleton.Select:
		for _, c := range op.Cases {
			if c.Dir == types.SendOnly {
				add(skeleton.Send, c.Chan, fn, false)
			} else {
				add(skeleton.Recv, c.Chan, fn, false)
			}
		}
	case skeleton.WaitGroupGo, skeleton.GroupGo, skeleton.GroupTryGo, skeleton.AfterFunc:
		if i := len(op.Callee.Args) - 1; i >= 0 {
			if f := calleeOf(op.Callee.Args[i]).Func; f != nil {
				l.started[f] = true
				if op.Kind == skeleton.WaitGroupGo {
					add(skeleton.WaitGroupDone, op.Object, f, true)
				}
			}
		}
	}
	if op.Started && op.Callee.Func != nil {
		l.started[op.Callee.Func] = true
	}
}

// heldIn is the path of a channel by the variable or field that it lies in, or of what is not loaded from any.
func (l *locker) heldIn(v ssa.Value) *skeleton.Path {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		if p := l.paths.Of(load.X); p.Of != nil {
			return l.paths.Content(load.X)
		}
	}
	return l.paths.Of(v)
}

// runsApart reports whether a function is run by a goroutine of its own, or called by one that is.
func (l *locker) runsApart(fn *ssa.Function, depth int) bool {
	if l.started[fn] {
		return true
	}
	return depth < 4 && slices.ContainsFunc(l.callers[fn], func(call ssa.CallInstruction) bool {
		_, direct := call.(*ssa.Call)
		return direct && l.runsApart(call.Parent(), depth+1)
	})
}

// steps are the steps of a path from its root.
func steps(p *skeleton.Path) []*skeleton.Path {
	var all []*skeleton.Path
	for ; p.Of != nil; p = p.Of {
		all = append(all, p)
	}
	slices.Reverse(all)
	return all
}

// tied reports whether two things are found the same way, seen from one object, as two others are seen from another:
// s.mu and s.wg here, r.mu and r.wg there. Where they do not belong to one object, they must be the very same.
func tied(p, q, p2, q2 *skeleton.Path) bool {
	if p == p2 && q == q2 {
		return true
	}
	if p.Base() != q.Base() || p2.Base() != q2.Base() {
		return false
	}
	same := func(a, b []*skeleton.Path) bool {
		return slices.EqualFunc(a, b, func(x, y *skeleton.Path) bool {
			return x.Kind == y.Kind && x.Field == y.Field && x.Kind != skeleton.ElemStep
		})
	}
	cut := func(p, q *skeleton.Path) (a, b []*skeleton.Path) {
		a, b = steps(p), steps(q)
		for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
			a, b = a[1:], b[1:]
		}
		return a, b
	}
	a, b := cut(p, q)
	a2, b2 := cut(p2, q2)
	return len(a) > 0 && len(a)+len(b) > 0 && same(a, a2) && same(b, b2)
}

// reaches reports whether one instruction can be executed after another of the same function.
func reaches(from, to ssa.Instruction) bool {
	if from == nil || to == nil || from.Parent() != to.Parent() {
		return false
	}
	if from.Block() == to.Block() && slices.Index(from.Block().Instrs, from) < slices.Index(to.Block().Instrs, to) {
		return true
	}
	seen := make(map[*ssa.BasicBlock]bool)
	todo := slices.Clone(from.Block().Succs)
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		if b == to.Block() {
			return true
		}
		todo = append(todo, b.Succs...)
	}
	return false
}

// always reports whether one instruction is executed before another, whatever happens.
func always(first, then ssa.Instruction) bool {
	if first.Parent() != then.Parent() {
		return false
	}
	if first.Block() == then.Block() {
		return slices.Index(first.Block().Instrs, first) < slices.Index(first.Block().Instrs, then)
	}
	return first.Block().Dominates(then.Block())
}

// closedWorld reports whether all operations on the channels of a class are seen: a local variable, or a field that
// other packages do not see, whose content goes nowhere else.
func (l *locker) closedWorld(class any) bool {
	if l.escaped[class] {
		return false
	}
	switch c := class.(type) {
	case *types.Var:
		return !c.Exported()
	case *ssa.Alloc:
		return true
	}
	return false
}

// escapes notes where the channel in a field or variable goes on to somebody else.
func (l *locker) escapes(load *ssa.UnOp) {
	if _, ok := load.Type().Underlying().(*types.Chan); !ok {
		return
	}
	for _, ref := range *load.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Send:
			if ref.Chan == load {
				continue
			}
		case *ssa.UnOp, *ssa.Select, *ssa.BinOp, *ssa.DebugRef:
			continue
		case ssa.CallInstruction:
			if _, builtin := ref.Common().Value.(*ssa.Builtin); builtin {
				continue
			}
		}
		l.escaped[l.paths.Content(load.X).Class()] = true
	}
}
