package goroutineleak

import (
	"go/token"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// sharedOut reports whether a receive waits for values of goroutines that share out the work: a loop that sends is left
// where a counter that all of them advance says so. How many rounds each of them has is not known, only how many all of
// them have together, so that nothing can rest on what one of them does.
func (c *checker) sharedOut(s explore.Stuck) bool {
	if s.Kind != skeleton.Recv || c.world == nil {
		return false
	}
	for _, op := range c.world.ops[s.At] {
		for _, send := range opsOf(op.class, skeleton.Send) {
			if slices.ContainsFunc(c.world.loopsOf(send.Fn), func(l *loop) bool { return l.body[send.Instr.Block()] && l.endsByShared() }) {
				return true
			}
		}
	}
	return false
}

// endsByShared reports whether a way out of the loop depends on a counter that the loop shares with others: the result of an
// atomic addition in it, or a captured variable that it also assigns.
func (l *loop) endsByShared() bool {
	shared := func(v ssa.Value) bool {
		switch v := v.(type) {
		case *ssa.Call:
			return skeleton.OpOf(v).Kind == skeleton.AtomicAdd
		case *ssa.UnOp:
			cell, captured := v.X.(*ssa.FreeVar)
			return captured && v.Op == token.MUL && l.assigns(cell)
		}
		return false
	}
	for b := range l.body {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || l.body[b.Succs[0]] && l.body[b.Succs[1]] {
			continue
		}
		if cond, ok := br.Cond.(*ssa.BinOp); ok && (computed(cond.X, 0, shared) || computed(cond.Y, 0, shared)) {
			return true
		}
	}
	return false
}

// assigns reports whether the loop assigns a variable.
func (l *loop) assigns(addr ssa.Value) bool {
	return slices.ContainsFunc(*addr.Referrers(), func(use ssa.Instruction) bool {
		st, ok := use.(*ssa.Store)
		return ok && st.Addr == addr && l.body[st.Block()]
	})
}

// lastSignal reports whether a receive is in a loop that looks at an atomic value, which whoever sends changes before it
// sends, without waiting, into a buffer of one: the last signal is kept, and what the value is by then is not known.
func (c *checker) lastSignal(s explore.Stuck) bool {
	if s.Kind != skeleton.Recv || c.world == nil {
		return false
	}
	w := c.world
	looks := func(class *skeleton.Class) bool {
		return slices.ContainsFunc(w.loopsOf(s.At.Parent()), func(l *loop) bool {
			br, ok := l.header.Instrs[len(l.header.Instrs)-1].(*ssa.If)
			if !ok || !l.body[s.At.Block()] || l.body[br.Block().Succs[0]] == l.body[br.Block().Succs[1]] {
				return false
			}
			cond, ok := br.Cond.(*ssa.BinOp)
			return ok && (computed(cond.X, 0, isAtomicLoad) || computed(cond.Y, 0, isAtomicLoad)) && c.keepsLast(class)
		})
	}
	return slices.ContainsFunc(w.ops[s.At], func(op classOp) bool { return looks(op.class) })
}

func isAtomicLoad(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	return ok && skeleton.OpOf(call).Kind == skeleton.AtomicLoad
}

// keepsLast reports whether a channel has room for one, and all that send change an atomic value first, and do not wait.
func (c *checker) keepsLast(class *skeleton.Class) bool {
	sends := opsOf(class, skeleton.Send)
	if len(sends) == 0 || !class.Closed() || slices.ContainsFunc(class.Makes, func(v ssa.Value) bool {
		mk, ok := v.(*ssa.MakeChan)
		return !ok || !hasRoom(mk)
	}) {
		return false
	}
	return !slices.ContainsFunc(sends, func(op skeleton.ClassOp) bool {
		return !isSelect(op) || !op.Default || !slices.ContainsFunc(op.Fn.Blocks, func(b *ssa.BasicBlock) bool {
			return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
				switch skeleton.OpOf(instr).Kind {
				case skeleton.AtomicStore, skeleton.AtomicAdd, skeleton.AtomicSwap:
					return c.world.before(instr, op.Instr)
				}
				return false
			})
		})
	})
}

// hasRoom reports whether a channel is made with a constant capacity that is not zero.
func hasRoom(mk *ssa.MakeChan) bool {
	n, known := intConst(mk.Size)
	return known && n > 0
}

// asksLen reports whether the one send of a goroutine is on a channel whose capacity is what a method of a value says that has
// no arguments, such as its length, and a goroutine is started for each element of that value.
func (c *checker) asksLen(s explore.Stuck, mk *ssa.MakeChan) bool {
	call, ok := mk.Size.(*ssa.Call)
	if !ok || c.world == nil || call.Call.IsInvoke() || len(call.Call.Args) != 1 || call.Call.StaticCallee() == nil || call.Call.StaticCallee().Signature.Recv() == nil {
		return false
	}
	of := conditionKey(call.Call.Args[0], 0)
	w := c.world
	sender := s.At.Parent()
	class := w.classes.Of(mk)
	if class == nil || sender.Parent() != mk.Parent() || slices.ContainsFunc(opsOf(class, skeleton.Send), func(op skeleton.ClassOp) bool { return op.Fn != sender }) {
		return false
	}
	l, ok := w.localOf(class)
	if !ok || w.newSendCount(l).of(sender) != 1 {
		return false
	}
	made := irutil.ClosureOf(sender)
	if made == nil {
		return false
	}
	around := loopsAround(made)
	return len(around) == 1 && around[0].ranges(of)
}

// ranges reports whether the loop is over the elements of a value.
func (l *loop) ranges(key string) bool {
	for b := range l.body {
		for _, instr := range b.Instrs {
			if next, ok := instr.(*ssa.Next); ok {
				if over, ok := next.Iter.(*ssa.Range); ok && conditionKey(over.X, 0) == key {
					return true
				}
			}
		}
	}
	br, ok := l.header.Instrs[len(l.header.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	cond, ok := br.Cond.(*ssa.BinOp)
	return ok && cond.Op == token.LSS && isLen(cond.Y) && conditionKey(cond.Y.(*ssa.Call).Call.Args[0], 0) == key
}

// longTimer is how long a timer must have to run that is certainly not due where it was just made.
const longTimer = int64(time.Minute)

// freshTimer reports whether a receive is reached only where a timer of time.AfterFunc that was just made, for a long time,
// could not be stopped any more, which does not happen.
func freshTimer(recv ssa.Instruction) bool {
	for b := recv.Block(); b.Idom() != nil; b = b.Idom() {
		br, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(b.Preds) != 1 {
			continue
		}
		cond, stopped := br.Cond, b == b.Idom().Succs[0]
		if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
			cond, stopped = not.X, !stopped
		}
		stop, ok := cond.(*ssa.Call)
		if !ok || stopped || skeleton.OpOf(stop).Kind != skeleton.TimerStop || len(stop.Call.Args) == 0 {
			continue
		}
		if made := madeBefore(stop); made != nil && skeleton.OpOf(made).Kind == skeleton.AfterFunc {
			n, known := intConst(made.Call.Args[0])
			return known && n >= longTimer
		}
	}
	return false
}

// madeBefore returns the call of the same block whose result a method is called on, directly or through a variable that it was
// put into last.
func madeBefore(method *ssa.Call) *ssa.Call {
	v := method.Call.Args[0]
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		key := conditionKey(load.X, 0)
		block := load.Block().Instrs
		for _, instr := range slices.Backward(block[:slices.Index(block, ssa.Instruction(load))]) {
			if st, ok := instr.(*ssa.Store); ok && conditionKey(st.Addr, 0) == key {
				v = st.Val
				break
			}
		}
	}
	made, ok := v.(*ssa.Call)
	if !ok || made.Block() != method.Block() {
		return nil
	}
	return made
}
