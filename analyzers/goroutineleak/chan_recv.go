package goroutineleak

import (
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// abandonedReceivers reports receives that nobody serves.
func (w *world) abandonedReceivers(class *skeleton.Class) {
	sends, closes := opsOf(class, skeleton.Send), opsOf(class, skeleton.Close)
	providers := slices.Concat(sends, closes)
	for _, op := range class.Ops {
		if op.Kind != skeleton.Recv || !w.exits.Reachable(op.Instr) {
			continue
		}
		w.joinOfEndless(op, providers)
		ranges := w.ranges(op)
		if endsProcess(op.Fn) && (ranges || len(providers) > 0 || !w.goesOn(op.Instr)) {
			continue // what main waits for at its end it may want to wait for for ever
		}
		switch {
		case len(providers) == 0:
			if class.Global || class.Kept && len(class.Makes) == 0 || w.keepsAlive(op.Instr) {
				// Ways to write "for ever" that are seen in the wild; a hook that only tests make.
				continue
			}
			w.add(w.unserved(class, op))
		case ranges && len(closes) == 0 && class.Kept:
			if !w.loopNeverLeft(class, op) {
				w.fieldNeverClosed(class, op)
			}
		case ranges && len(closes) == 0:
			w.neverClosed(class, op)
		case !class.Kept:
			if l, ok := w.localOf(class); ok {
				w.receiverLeft(l, op, ranges, sends, closes)
			}
		}
	}
}

// ranges reports whether a receive is that of a loop over the channel.
func (w *world) ranges(op skeleton.ClassOp) bool {
	found := false
	if recv, ok := op.Instr.(*ssa.UnOp); ok && recv.CommaOk {
		inspect(op.Fn, func(n ast.Node) {
			if r, ok := n.(*ast.RangeStmt); ok && r.For == op.Instr.Pos() {
				found = true
			}
		})
	}
	return found
}

// unserved says that nobody ever sends on a channel or closes it.
func (w *world) unserved(class *skeleton.Class, op skeleton.ClassOp) finding {
	at, name := placeOf(op), nameOf(op, "the channel")
	why := fmt.Sprintf("nothing ever sends on %s or closes it", name)
	if len(class.Makes) == 0 {
		why = fmt.Sprintf("%s is never made, so that it is nil", name)
	}
	d := pass.Diagnostic{
		Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "receive", Object: name,
		Message: fmt.Sprintf("the receive from %s waits for ever: %s; close %s where the wait should end, or wait for a channel that is closed then", name, why, name),
	}
	for _, mk := range class.Makes {
		if fn := mk.Parent(); fn != nil {
			d.Steps = append(d.Steps, pass.Step{Place: w.nodeAt(fn, mk.Pos()), Op: "make", Object: name, Message: name + " is made here"})
		}
	}
	d.Steps = append(d.Steps, pass.Step{Place: at, Op: "receive", Object: name, Message: "waits here for ever"})
	return finding{Diagnostic: d, blocked: at.Pos, rank: shown}
}

// neverClosed reports a loop over a local channel that nobody closes: it waits for ever after the last value.
func (w *world) neverClosed(class *skeleton.Class, op skeleton.ClassOp) {
	l, ok := w.localOf(class)
	if !ok || w.otherExit(op) {
		return
	}
	threads, ok := w.threads(op.Fn, l.owner)
	if !ok || len(threads) != 1 {
		return
	}
	t := threads[0]
	providers, ok := w.allThreads(opsOf(class, skeleton.Send), l.owner)
	if !ok || slices.Contains(providers, t) {
		return
	}
	// As long as a sender goes on for ever, the loop has work.
	for _, p := range providers {
		if !w.ends(p.root) {
			return
		}
	}
	if endsProcess(l.owner) {
		return
	}
	at, name := placeOf(op), nameOf(op, "the channel")
	d := pass.Diagnostic{
		Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "range", Object: name,
		Message: fmt.Sprintf("the loop over %s never ends: nothing closes %s, so that it waits for ever after the last value; close %s when all is sent", name, name, name),
	}
	d.Steps = append(d.Steps, pass.Step{Place: w.nodeAt(l.mk.Parent(), l.mk.Pos()), Goroutine: 1, Op: "make", Object: name, Message: name + " is made here"})
	if t.start != nil {
		d.Steps = append(d.Steps, pass.Step{Place: w.startPlace(t), Goroutine: 1, Op: "go", Object: name, Message: "the receiver is started here"})
	}
	last := opsOf(class, skeleton.Send)[0]
	d.Steps = append(d.Steps,
		pass.Step{Place: placeOf(last), Goroutine: 1, Op: "send", Object: name, Message: "values are sent here, and no close follows"},
		pass.Step{Place: at, Goroutine: 2, Op: "range", Object: name, Message: "waits here for ever after the last value"})
	w.add(finding{Diagnostic: d, blocked: at.Pos, rank: shown, at: op.Instr, start: startedBy(t)})
}

// otherExit reports whether a loop over a channel can end in another way than by its close.
func (w *world) otherExit(op skeleton.ClassOp) bool {
	b := op.Instr.Block()
	for _, l := range w.loopsOf(op.Fn) {
		if l.header != b {
			continue
		}
		for body := range l.body {
			if body == b {
				continue
			}
			last := body.Instrs[len(body.Instrs)-1]
			if _, ok := last.(*ssa.Return); ok || slices.ContainsFunc(body.Succs, func(s *ssa.BasicBlock) bool { return !l.body[s] }) {
				return true
			}
		}
		return false
	}
	return true
}

// ends reports whether a function can return.
func (w *world) ends(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && w.exits.Reachable(ret) {
			return true
		}
	}
	return false
}

// receiverLeft reports a receive from a local channel that all its senders may leave.
func (w *world) receiverLeft(l local, op skeleton.ClassOp, ranges bool, sends, closes []skeleton.ClassOp) {
	if !ranges && w.repeats(op.Instr.Block(), outerOf(l, op.Fn)) && !w.oneForEach(l, op, sends, closes) {
		return // as many receives as sends, as far as we know
	}
	receivers, ok := w.threads(op.Fn, l.owner)
	if !ok || len(receivers) != 1 {
		return
	}
	r := receivers[0]
	serving := closes
	if !ranges {
		serving = slices.Concat(sends, closes)
	} else if w.otherExit(op) {
		return
	}
	providers, ok := w.allThreads(serving, l.owner)
	if !ok || slices.Contains(providers, r) {
		return
	}
	s := &search{
		w: w, class: l.class, waits: op, run: w.runBy(r.root), memo: make(map[*ssa.Function]int), need: 1, offers: true,
		serves: func(op skeleton.ClassOp) int {
			if op.Does(skeleton.Close) || !ranges && op.Does(skeleton.Send) {
				return 1
			}
			return 0
		},
	}
	s.relevant = w.relevantTo(l.class, l.owner, s.serves)
	var from ssa.Instruction
	if r.start != nil {
		var n int
		if from, n, ok = w.lift(r, l.owner, l.made.Block()); !ok || !w.exits.Reachable(from) {
			return
		}
		s.repeated = n > 1
		// What was sent before is there already.
		if slices.ContainsFunc(serving, func(op skeleton.ClassOp) bool { return op.Fn == l.owner && !op.Deferred && w.precedes(op, from) }) {
			return
		}
	}
	var left []departure
	for _, p := range providers {
		var x way
		if p.start == nil {
			if from == nil || endsProcess(l.owner) {
				return
			}
			x, ok = s.leaves(l.owner, from)
		} else {
			x, ok = s.during(p).leaves(p.root, nil)
		}
		if !ok {
			return
		}
		left = append(left, departure{p, x})
	}
	w.add(w.receiverFinding(l, op, r, left, ranges))
}

// oneForEach reports whether a loop of the owner receives exactly one value from each of the goroutines that another loop
// with as many rounds has started: one that sends nothing is missed.
func (w *world) oneForEach(l local, op skeleton.ClassOp, sends, closes []skeleton.ClassOp) bool {
	if op.Fn != l.owner || len(closes) > 0 {
		return false
	}
	threads, ok := w.allThreads(sends, l.owner)
	if !ok || len(threads) != 1 || threads[0].start == nil || w.newSendCount(l).of(threads[0].root) != 1 {
		return false
	}
	at, n, ok := w.lift(threads[0], l.owner, l.made.Block())
	if !ok || n < 2 {
		return false
	}
	receiving, starting := w.innermost(op.Instr.Block()), w.innermost(at.Block())
	if receiving == nil || starting == nil || receiving == starting {
		return false
	}
	bound := w.bound(receiving)
	return bound != "" && bound == w.bound(starting)
}

// outerOf returns the block that a repetition counts from: where the channel is made, in its function.
func outerOf(l local, fn *ssa.Function) *ssa.BasicBlock {
	if fn == l.owner {
		return l.made.Block()
	}
	return nil
}

// receiverFinding says that a receiver is abandoned.
func (w *world) receiverFinding(l local, op skeleton.ClassOp, r thread, left []departure, ranges bool) finding {
	at, name := placeOf(op), nameOf(op, "the channel")
	does, should := "sends or closes", "send on it or close it on every path, or close it with defer"
	if ranges {
		does, should = "closes", fmt.Sprintf("close it with defer close(%s)", name)
	}
	who := funcName(l.owner)
	d := pass.Diagnostic{Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "receive", Object: name}
	add := func(g int, place pass.Place, kind, message string) {
		d.Steps = append(d.Steps, pass.Step{Place: place, Goroutine: g, Op: kind, Object: name, Message: message})
	}
	add(1, w.nodeAt(l.mk.Parent(), l.mk.Pos()), "make", name+" is made here")
	if r.start != nil {
		who = "the goroutine"
		add(1, w.startPlace(r), "go", "the receiver is started here")
	}
	why := ""
	for _, x := range left {
		where, g := "the sender", 3
		if x.start == nil {
			where, g = funcName(l.owner), 1
		} else {
			add(1, w.startPlace(x.thread), "go", "the sender is started here")
		}
		how := w.describe(x.way)
		why = fmt.Sprintf("%s, which %s it, can %s without", where, does, how)
		add(g, w.wayPlace(x.way), "return", fmt.Sprintf("%s can %s here, and nothing %s %s", where, how, does, name))
	}
	add(2, at, "receive", fmt.Sprintf("waits for %s for ever", name))
	d.Message = fmt.Sprintf("%s waits for ever for %s: %s; %s", who, name, why, should)
	return finding{Diagnostic: d, blocked: at.Pos, rank: shown, at: op.Instr, start: startedBy(r)}
}
