package goroutineleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A leaving is a select in which one side of a channel goes away: another case is ready when the work has ended, and stays
// ready, and behind it the function returns.
type leaving struct {
	op     skeleton.ClassOp // the operation on the channel, a case of the select
	signal int              // the other case
}

// leavings returns how those who do the operations go away when the work ends. ok is false where one of them does not.
func (w *world) leavings(class *skeleton.Class, ops []skeleton.ClassOp, kind skeleton.Kind) (list []leaving, ok bool) {
	s := &search{
		w: w, class: class, run: map[*ssa.Function]bool{}, memo: make(map[*ssa.Function]int), need: 1, repeated: true,
		serves: func(op skeleton.ClassOp) int {
			if op.Does(kind) {
				return 1
			}
			return 0
		},
	}
	s.relevant = w.relevantTo(class, nil, s.serves)
	for _, op := range ops {
		if op.Kind != skeleton.Select || op.Default {
			return nil, false
		}
		i := slices.IndexFunc(op.Cases, func(c *ssa.SelectState) bool { return w.lasting(op, c) })
		if i < 0 || i == op.Case || !s.returnsFrom(op.Instr.(*ssa.Select), i) {
			return nil, false
		}
		list = append(list, leaving{op, i})
	}
	return list, len(list) > 0
}

// lasting reports whether a case of a select is ready for good once it is: a context that is cancelled, or a channel that
// is closed.
func (w *world) lasting(op skeleton.ClassOp, c *ssa.SelectState) bool {
	if c.Dir != types.RecvOnly {
		return false
	}
	if call, ok := c.Chan.(*ssa.Call); ok {
		done := skeleton.OpOf(call)
		if done.Kind != skeleton.ContextDone {
			return false
		}
		if p, ok := done.Object.(*ssa.Parameter); ok {
			// The context of one call ends that call; that of a loop ends the work.
			return p.Parent() == op.Fn && w.repeats(op.Instr.Block(), nil)
		}
		return true
	}
	class := w.classes.Of(c.Chan)
	if class == nil {
		return false
	}
	if len(opsOf(class, skeleton.Close)) > 0 {
		return true
	}
	ch, ok := c.Chan.Type().Underlying().(*types.Chan)
	if !ok || class.Closed() || len(opsOf(class, skeleton.Send)) > 0 {
		return false
	}
	// What others give only to tell when it is over.
	elem, ok := ch.Elem().Underlying().(*types.Struct)
	return ok && elem.NumFields() == 0
}

// returnsFrom reports whether the function returns behind a case of a select without serving once more.
func (s *search) returnsFrom(sel *ssa.Select, i int) bool {
	var start *ssa.BasicBlock
	for _, b := range sel.Parent().Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if cond, ok := br.Cond.(*ssa.BinOp); ok {
			switch of, n, ok := selectCase(cond); {
			case !ok || of != sel:
			case n == i:
				start = b.Succs[0]
			case n == i-1 && i == len(sel.States)-1 && start == nil:
				start = b.Succs[1] // the last case is what remains
			}
		}
	}
	if start == nil {
		return false
	}
	seen := map[*ssa.BasicBlock]bool{start: true}
	todo := []*ssa.BasicBlock{start}
next:
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, instr := range b.Instrs {
			if instr == ssa.Instruction(sel) || s.w.exits.Ends(instr) || s.effect(instr) != 0 || s.selects(instr) {
				continue next
			}
			if _, ok := instr.(*ssa.Return); ok {
				return true
			}
		}
		for _, succ := range b.Succs {
			if !seen[succ] {
				seen[succ] = true
				todo = append(todo, succ)
			}
		}
	}
	return false
}

// selects reports whether an instruction is a select that may serve.
func (s *search) selects(instr ssa.Instruction) bool {
	return slices.ContainsFunc(s.w.ops[instr], func(op classOp) bool { return op.class == s.class && s.serves(op.ClassOp) > 0 })
}

// endsTogether reports whether who gives the signal has waited for the operation, or for its goroutine, before: it is
// given by that goroutine itself, or after a wait, or under a lock that the operation is done under, too.
func (w *world) endsTogether(op skeleton.ClassOp, l leaving) bool {
	class := w.classes.Of(l.op.Cases[l.signal].Chan)
	if class == nil {
		return false
	}
	if w.endsLater(op, l.op.Instr.(*ssa.Select), l.signal) {
		return true
	}
	own, known := w.threads(op.Fn, nil)
	locks := w.lockedBefore(op.Instr)
	for _, end := range opsOf(class, skeleton.Close) {
		enders, all := w.threads(end.Fn, nil)
		if known && all && !slices.ContainsFunc(enders, func(t thread) bool { return !slices.Contains(own, t) }) || w.waitsBefore(end) {
			return true
		}
		for f := range locks {
			if w.lockedBefore(end.Instr)[f] {
				return true
			}
		}
	}
	return false
}

// waitsBefore reports whether the function that closes a channel, or its only caller, waits for something before it.
func (w *world) waitsBefore(end skeleton.ClassOp) bool {
	fn, at := end.Fn, end.Instr
	for range 3 {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				op := skeleton.OpOf(instr)
				switch op.Kind {
				case skeleton.WaitGroupWait, skeleton.GroupWait, skeleton.Recv:
					if end.Deferred || w.reaches(instr, at) {
						return true
					}
				}
			}
		}
		sites, all := w.classes.RunBy(fn)
		if !all || len(sites) != 1 || sites[0].How == skeleton.Started {
			return false
		}
		fn, at = sites[0].In, sites[0].Instr
	}
	return false
}

// lockedBefore returns the fields with the locks that are taken before an instruction in its function.
func (w *world) lockedBefore(at ssa.Instruction) map[*types.Var]bool {
	fields := make(map[*types.Var]bool)
	for _, b := range at.Parent().Blocks {
		for _, instr := range b.Instrs {
			op := skeleton.OpOf(instr)
			if op.Kind != skeleton.Lock && op.Kind != skeleton.RLock || !w.reaches(instr, at) {
				continue
			}
			if key, _, ok := fieldOf(op.Object); ok {
				if f := key.variable(); f != nil {
					fields[f] = true
				}
			}
		}
	}
	return fields
}
