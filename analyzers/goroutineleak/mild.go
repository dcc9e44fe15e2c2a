package goroutineleak

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A finding is milder than its rule where what stays is little: one goroutine of a part of the program that runs once, or
// one for each caller of an object that has come to its end.

// soften makes a finding about an abandoned sender, receiver or select a note where that is so, and says why.
func (c *checker) soften(f *finding) (why string) {
	switch f.Rule {
	case abandonedSender, abandonedReceiver, blockedSelect, stopHangs:
	default:
		return ""
	}
	if why = c.mild(f); why == "" {
		return ""
	}
	f.Severity = rule.Note
	return "; " + why + ", so this is advice"
}

// mild says why a finding is about little, or nothing.
func (c *checker) mild(f *finding) string {
	if f.start != nil && c.program.Once(f.start) && !c.stopsWork(f.at) {
		return "it is started once and stays until the process ends"
	}
	if f.at == nil || c.world == nil {
		return ""
	}
	for _, op := range c.world.ops[f.at] {
		if op.Case >= 0 {
			continue
		}
		if f.left.root != nil && c.program.Last(f.left.root) && !c.world.waitedFor(op.ClassOp) {
			return fmt.Sprintf("it happens only once %s has returned, and the process ends then", funcName(f.left.root))
		}
		if who := c.world.endsWithOwner(op.class, op.ClassOp); who != nil {
			return fmt.Sprintf("it happens only once %s has been told to end, to one goroutine for each call under way then", funcName(who))
		}
		if c.world.inWindow(op.class, op.ClassOp) {
			return "it happens only where the context ends between the look at it and the send"
		}
	}
	return ""
}

// stopsWork reports whether a goroutine that waits for ever would otherwise have gone on with its work, in a program that goes
// on, too: it sends in a loop what comes of it.
func (c *checker) stopsWork(at ssa.Instruction) bool {
	send, ok := at.(*ssa.Send)
	return ok && irutil.InCycle(send.Block()) && c.program.Serves()
}

// startOf returns the instruction that starts the goroutine which is stuck, or nil for the one that the exploration began
// with.
func (c *checker) startOf(s explore.Stuck) ssa.Instruction {
	if s.Root || !s.Started.IsValid() {
		return nil
	}
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(ssa.CallInstruction); ok && call.Pos() == s.Started {
					return call
				}
			}
		}
	}
	return nil
}

// startedBy is what starts a thread, or nil.
func startedBy(t thread) ssa.Instruction {
	if t.start == nil {
		return nil
	}
	return t.start
}

// alone reports whether nobody is stuck because of a goroutine that is: nobody waits for it, and it has no lock.
func alone(s explore.Stuck) bool {
	return !s.Root && len(s.Holds) == 0 && !slices.ContainsFunc(s.With, func(o explore.Stuck) bool { return o.Root })
}

// endsWithOwner reports whether those at the other end of a channel that an object holds go away only when the work of the
// object has been ended: they stand in a loop, and a signal that stays is all that makes them return. It returns one of them, or
// nil. Who is left at this end then is one for each caller, and had nothing more to expect.
func (w *world) endsWithOwner(class *skeleton.Class, op skeleton.ClassOp) *ssa.Function {
	if !class.Kept || class.Global || !class.Closed() || len(opsOf(class, skeleton.Close)) > 0 || w.waitedFor(op) || w.holdsLock(op.Instr) || w.startedInLoop(op.Fn) {
		return nil
	}
	other := skeleton.Recv
	if op.Does(skeleton.Recv) {
		other = skeleton.Send
	}
	if w.ofProcess(op.Fn) {
		return nil
	}
	var server *ssa.Function
	for _, serves := range opsOf(class, other) {
		if serves.Fn == op.Fn || !w.exits.Reachable(serves.Instr) {
			continue
		}
		if isSelect(serves) && serves.Default && w.Pkg.Name() == "main" && w.onlyToldToLeave(serves.Fn) {
			continue // it takes what is there before it leaves, in a program that ends with its parts
		}
		if !isSelect(serves) || serves.Default || !w.repeats(serves.Instr.Block(), nil) || !w.onlyToldToLeave(serves.Fn) {
			return nil
		}
		server = serves.Fn
	}
	return server
}

// onlyToldToLeave reports whether a function returns only behind a signal that stays, the end of a context or a closed
// channel, or behind one of the operating system.
func (w *world) onlyToldToLeave(fn *ssa.Function) bool {
	seen := map[*ssa.BasicBlock]bool{fn.Blocks[0]: true}
	todo := []*ssa.BasicBlock{fn.Blocks[0]}
next:
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, instr := range b.Instrs {
			if w.exits.Ends(instr) {
				continue next
			}
		}
		last := b.Instrs[len(b.Instrs)-1]
		if _, ok := last.(*ssa.Return); ok {
			return false
		}
		for i, succ := range b.Succs {
			if br, ok := last.(*ssa.If); ok && w.tellsToLeave(fn, br.Cond, i == 0, succ) {
				continue
			}
			if !seen[succ] {
				seen[succ] = true
				todo = append(todo, succ)
			}
		}
	}
	return true
}

// tellsToLeave reports whether a branch is taken because of a signal that stays.
func (w *world) tellsToLeave(fn *ssa.Function, cond ssa.Value, positive bool, branch *ssa.BasicBlock) bool {
	switch cond := cond.(type) {
	case *ssa.Extract:
		// v, ok := <-ch: the rule is about a channel that nobody closes.
		sel, ok := cond.Tuple.(*ssa.Select)
		return ok && cond.Index == 1 && !positive && !w.closable(sel)
	case *ssa.BinOp:
		if sel, i, ok := selectCase(cond); ok && i < len(sel.States) {
			isLast := i == len(sel.States)-2 && sel.Blocking
			op := skeleton.ClassOp{Op: skeleton.OpOf(sel), Fn: fn, Case: i}
			switch {
			case positive:
				return w.ended(op, sel.States[i]) || w.toldByValue(op, sel, i, branch)
			case isLast:
				return w.ended(op, sel.States[i+1]) // the last case is what remains
			}
			return false
		}
		call, ok := cond.X.(*ssa.Call)
		return ok && skeleton.OpOf(call).Kind == skeleton.ContextErr && positive == (cond.Op == token.NEQ)
	}
	return false
}

// ended reports whether a case of a select is ready because the work has been ended, or the process is asked to end.
func (w *world) ended(op skeleton.ClassOp, c *ssa.SelectState) bool {
	if w.lasting(op, c) {
		return true
	}
	return c.Dir == types.RecvOnly && ofSignals(c.Chan.Type())
}

// ofSignals reports whether a type is that of channels of os.Signal.
func ofSignals(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	return ok && irutil.IsNamed(ch.Elem(), "os", "Signal")
}

// closable reports whether a channel that a select receives from may be closed.
func (w *world) closable(sel *ssa.Select) bool {
	return slices.ContainsFunc(sel.States, func(st *ssa.SelectState) bool {
		if st.Dir != types.RecvOnly {
			return false
		}
		class := w.classes.Of(st.Chan)
		return class == nil || !class.Closed() || len(opsOf(class, skeleton.Close)) > 0
	})
}

// waitedFor reports whether somebody waits for the goroutine that does an operation: it is counted by a group.
func (w *world) waitedFor(op skeleton.ClassOp) bool {
	threads, _ := w.threads(op.Fn, nil)
	for _, t := range threads {
		if t.start == nil {
			continue
		}
		if _, plain := t.start.(*ssa.Go); !plain {
			return true
		}
		for fn := range w.runBy(t.root) {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					if skeleton.OpOf(instr).Kind == skeleton.WaitGroupDone {
						return true
					}
				}
			}
		}
	}
	return false
}

// startedInLoop reports whether a loop of the package starts goroutines that run a function: they are not one for each caller.
func (w *world) startedInLoop(fn *ssa.Function) bool {
	seen := map[*ssa.Function]bool{fn: true}
	todo := []*ssa.Function{fn}
	for len(todo) > 0 && len(seen) < 64 {
		sites, _ := w.classes.RunBy(todo[0])
		todo = todo[1:]
		for _, site := range sites {
			if site.How == skeleton.Started && w.repeats(site.Instr.Block(), nil) {
				return true
			}
			if !seen[site.In] {
				seen[site.In] = true
				todo = append(todo, site.In)
			}
		}
	}
	return false
}

// holdsLock reports whether a lock is taken before an instruction in its function, and not given back before it.
func (w *world) holdsLock(at ssa.Instruction) bool {
	for _, b := range at.Parent().Blocks {
		for _, instr := range b.Instrs {
			op := skeleton.OpOf(instr)
			if op.Kind != skeleton.Lock && op.Kind != skeleton.RLock || op.Deferred || !w.reaches(instr, at) {
				continue
			}
			if !w.givenBack(instr, op, at) {
				return true
			}
		}
	}
	return false
}

// givenBack reports whether a lock that was taken is given back on a way to an instruction.
func (w *world) givenBack(taken ssa.Instruction, lock skeleton.Op, at ssa.Instruction) bool {
	key, _, ok := fieldOf(lock.Object)
	for _, b := range at.Parent().Blocks {
		for _, instr := range b.Instrs {
			op := skeleton.OpOf(instr)
			if op.Kind != skeleton.Unlock && op.Kind != skeleton.RUnlock || op.Deferred || !w.reaches(taken, instr) || !w.reaches(instr, at) {
				continue
			}
			other, _, known := fieldOf(op.Object)
			if op.Object == lock.Object || ok && known && key.variable() != nil && key.variable() == other.variable() {
				return true
			}
		}
	}
	return false
}
