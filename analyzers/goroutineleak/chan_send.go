package goroutineleak

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// abandonedSenders reports sends on a local channel that all its receivers may leave.
func (w *world) abandonedSenders(class *skeleton.Class) {
	l, ok := w.localOf(class)
	if !ok || l.cap == many || endsProcess(l.owner) {
		return // what main leaves behind ends with the process
	}
	receivers, ok := w.allThreads(opsOf(class, skeleton.Recv), l.owner)
	if !ok {
		return
	}
	// One finding for each goroutine, at the send that most likely is the one too many: one that can follow another.
	sends := slices.DeleteFunc(opsOf(class, skeleton.Send), func(op skeleton.ClassOp) bool {
		return isSelect(op) || !w.exits.Reachable(op.Instr) || w.expectsEnd(op.Instr)
	})
	follows := func(op skeleton.ClassOp) bool {
		return slices.ContainsFunc(sends, func(o skeleton.ClassOp) bool { return o.Fn == op.Fn && w.reaches(o.Instr, op.Instr) })
	}
	slices.SortStableFunc(sends, func(a, b skeleton.ClassOp) int {
		return cmp.Or(boolCompare(!w.reaches(a.Instr, a.Instr), !w.reaches(b.Instr, b.Instr)), boolCompare(!follows(a), !follows(b)))
	})
	reported := make(map[thread]bool)
	for _, op := range sends {
		senders, ok := w.threads(op.Fn, l.owner)
		if !ok {
			continue
		}
		for _, t := range senders {
			if reported[t] || w.abandonedSender(l, op, t, receivers) {
				reported[t] = true
				break
			}
		}
	}
}

// abandonedSender reports a send of a thread where all receivers may leave.
func (w *world) abandonedSender(l local, op skeleton.ClassOp, t thread, receivers []thread) bool {
	s := &search{
		w: w, class: l.class, waits: op, run: w.runBy(t.root), memo: make(map[*ssa.Function]int),
		serves: func(op skeleton.ClassOp) int {
			switch {
			case op.Does(skeleton.Recv):
				return 1
			case op.Kind == skeleton.Close:
				return many // the send panics
			}
			return 0
		},
	}
	s.relevant = w.relevantTo(l.class, l.owner, s.serves)
	from, started, sends := ssa.Instruction(nil), 1, w.newSendCount(l).of(t.root)
	if t.start != nil {
		var ok bool
		if from, started, ok = w.lift(t, l.owner, l.made.Block()); !ok || !w.exits.Reachable(from) {
			return false
		}
		if sends > 0 {
			sends = min(many, sends*started)
		}
	}
	s.repeated = started > 1
	room := l.cap
	if from != nil && started > 1 && room > 0 && w.newSendCount(l).of(t.root) <= room && w.oneAtATime(l.class, from) {
		return false
	}
	if sends <= room || sends == many && room > 1 {
		return false
	}
	s.need = min(sends-room, 2)
	if sends-room > 2 && sends < many {
		s.need = min(sends-room, 16)
	}
	var left []departure
	for _, r := range receivers {
		switch {
		case r == t && started > 1:
			return false // its siblings receive: a token that they hand on
		case r == t:
			continue // a goroutine does not receive from itself
		case r.start == nil:
			if from == nil {
				return false
			}
			var way way
			ok := false
			for _, trigger := range w.triggers(l, op, from) {
				if way, ok = s.leaves(l.owner, trigger); ok {
					break
				}
			}
			if !ok || started == 1 && w.sentinel(l, way) {
				return false
			}
			left = append(left, departure{r, way})
		default:
			way, ok := s.during(r).leaves(r.root, nil)
			if !ok || started == 1 && w.sentinel(l, way) || w.enough(l, r, way, sends) {
				return false
			}
			left = append(left, departure{r, way})
		}
	}
	if t.start == nil && len(receivers) == 0 {
		return false // nobody is there to receive: the explorer's, or a mistake that every run shows
	}
	if t.start == nil && len(left) == 0 {
		return false
	}
	w.add(w.senderFinding(l, op, t, left, sends))
	return true
}

// enough reports whether a receiver that always leaves after the same number of values is started often enough for all
// that are sent.
func (w *world) enough(l local, r thread, x way, sends int) bool {
	each := w.newCount(l.class, skeleton.Recv, l.owner, l.made.Block()).of(r.root)
	if x.served == 0 || each != x.served {
		return false
	}
	_, n, ok := w.lift(r, l.owner, l.made.Block())
	return !ok || n >= many || n*each >= sends
}

// sentinel reports whether a receiver leaves because it was sent a value that is sent to make it leave: a constant that the
// sender sends, and that the receiver compares with.
func (w *world) sentinel(l local, x way) bool {
	if x.from == nil {
		return false
	}
	br, ok := x.from.Instrs[len(x.from.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	var wanted string
	switch cond := br.Cond.(type) {
	case *ssa.BinOp:
		c, ok := cond.Y.(*ssa.Const)
		if !ok || !received(cond.X, 0) || (cond.Op == token.EQL) != (x.succ == 0) {
			return false
		}
		wanted = c.String()
	default:
		if !received(br.Cond, 0) {
			return false
		}
	}
	return slices.ContainsFunc(opsOf(l.class, skeleton.Send), func(op skeleton.ClassOp) bool {
		send, ok := op.Instr.(*ssa.Send)
		if !ok {
			return false
		}
		c, ok := send.X.(*ssa.Const)
		return ok && (wanted == "" || c.String() == wanted)
	})
}

// endings are the errors that say that something was ended on purpose. Who compares with one sends nothing then.
var endings = []string{
	"net/http.ErrServerClosed", "google.golang.org/grpc.ErrServerStopped", "net.ErrClosed", "context.Canceled", "io.ErrClosedPipe", "io.EOF",
}

// expectsEnd reports whether a send depends on a comparison with an error that says that all was ended on purpose: the
// receiver that leaves ends what the sender works on, and the sender then sends nothing.
func (w *world) expectsEnd(send ssa.Instruction) bool {
	for d := send.Block(); d != nil && d.Idom() != nil; d = d.Idom() {
		br, ok := d.Idom().Instrs[len(d.Idom().Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cond := br.Cond
		if not, ok := cond.(*ssa.UnOp); ok {
			cond = not.X
		}
		var args []ssa.Value
		switch cond := cond.(type) {
		case *ssa.BinOp:
			args = []ssa.Value{cond.X, cond.Y}
		case *ssa.Call:
			args = cond.Call.Args
		}
		for _, a := range args {
			load, ok := a.(*ssa.UnOp)
			if !ok {
				continue
			}
			if g, ok := load.X.(*ssa.Global); ok && g.Pkg != nil && slices.Contains(endings, g.Pkg.Pkg.Path()+"."+g.Name()) {
				return true
			}
		}
	}
	return false
}

// A departure is how a receiver or sender leaves.
type departure struct {
	thread
	way
}

// triggers returns the instructions of the owner from which on the send can be reached: what starts the goroutine, or what
// hands it the work without which it does not come so far.
func (w *world) triggers(l local, send skeleton.ClassOp, start ssa.Instruction) []ssa.Instruction {
	for _, b := range send.Fn.Blocks {
		for _, instr := range b.Instrs {
			for _, op := range w.ops[instr] {
				if op.class == l.class || !op.Does(skeleton.Recv) || !op.class.Closed() || !w.precedes(op.ClassOp, send.Instr) {
					continue
				}
				work := w.supplies(l, op)
				if len(work) > 0 {
					return work
				}
			}
		}
	}
	return []ssa.Instruction{start}
}

// supplies returns the instructions of the owner that hand out what a receive waits for, or start what does. It is empty
// where they are not known.
func (w *world) supplies(l local, op classOp) (list []ssa.Instruction) {
	for _, p := range op.class.Ops {
		if !p.Does(skeleton.Send) && (p.Kind != skeleton.Close || w.isRange(op.ClassOp)) {
			continue
		}
		if p.Fn == l.owner {
			if !p.Deferred {
				list = append(list, p.Instr)
			}
			continue
		}
		threads, ok := w.threads(p.Fn, l.owner)
		if !ok {
			return nil
		}
		for _, t := range threads {
			if t.start == nil {
				return nil
			}
			at, _, ok := w.lift(t, l.owner, nil)
			if !ok {
				return nil
			}
			list = append(list, at)
		}
	}
	return list
}

// isRange reports whether an operation is the receive of a loop over a channel.
func (w *world) isRange(op skeleton.ClassOp) bool {
	ok := w.ranges(op)
	return ok
}

// precedes reports whether a receive has been done wherever instr runs.
func (w *world) precedes(op skeleton.ClassOp, instr ssa.Instruction) bool {
	if sel, ok := op.Instr.(*ssa.Select); ok {
		return sel.Block().Dominates(instr.Block()) && chosen(instr.Block(), sel) == op.Case
	}
	return op.Instr.Block().Dominates(instr.Block()) && w.reaches(op.Instr, instr)
}
