package goroutineleak

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
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
		case r == t:
			continue // a goroutine does not receive from itself
		case r.start == nil:
			if from == nil {
				return false
			}
			var way way
			ok := false
			for _, trigger := range w.triggers(l, t, op, from) {
				if way, ok = s.leaves(l.owner, trigger); ok {
					break
				}
			}
			if !ok || started == 1 && w.sentinel(l, way) {
				return false
			}
			left = append(left, departure{r, way})
		default:
			way, ok := s.leaves(r.root, nil)
			if !ok || started == 1 && w.sentinel(l, way) {
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
	w.add(w.senderFinding(l, op, t, from, left, sends))
	return true
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
func (w *world) triggers(l local, t thread, send skeleton.ClassOp, start ssa.Instruction) []ssa.Instruction {
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
	_, ok := w.rangeOf(op)
	return ok
}

// precedes reports whether a receive has been done wherever instr runs.
func (w *world) precedes(op skeleton.ClassOp, instr ssa.Instruction) bool {
	if sel, ok := op.Instr.(*ssa.Select); ok {
		return sel.Block().Dominates(instr.Block()) && chosen(instr.Block(), sel) == op.Case
	}
	return op.Instr.Block().Dominates(instr.Block()) && w.reaches(op.Instr, instr)
}

// A sendCount counts sends on a channel, or other operations of one kind on one class.
type sendCount struct {
	w        *world
	class    *skeleton.Class
	kind     skeleton.Kind
	owner    *ssa.Function
	made     *ssa.BasicBlock        // in owner
	relevant map[*ssa.Function]bool // functions that send, or call one that does
	known    map[*ssa.Function]int
}

func (w *world) newSendCount(l local) *sendCount {
	return w.newCount(l.class, skeleton.Send, l.owner, l.made.Block())
}

func (w *world) newCount(class *skeleton.Class, kind skeleton.Kind, owner *ssa.Function, made *ssa.BasicBlock) *sendCount {
	relevant := w.relevantTo(class, owner, func(op skeleton.ClassOp) int {
		if op.Does(kind) {
			return 1
		}
		return 0
	})
	return &sendCount{w, class, kind, owner, made, relevant, make(map[*ssa.Function]int)}
}

// of returns how often one run of fn sends on the channel at most: a number, or many.
func (c *sendCount) of(fn *ssa.Function) int {
	if !c.relevant[fn] {
		return 0
	}
	if n, known := c.known[fn]; known {
		return n
	}
	c.known[fn] = many // a recursive call
	c.known[fn] = c.count(fn)
	return c.known[fn]
}

func (c *sendCount) count(fn *ssa.Function) int {
	w := c.w
	type event struct {
		instr ssa.Instruction
		n     int
	}
	var events []event
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			n := 0
			for _, op := range w.ops[instr] {
				if op.class == c.class && op.Does(c.kind) {
					n = max(n, 1)
				}
			}
			if call, ok := instr.(ssa.CallInstruction); ok && n == 0 {
				sites, _ := w.classes.Runs(call)
				for _, site := range sites {
					// What recovers sends instead of what panicked.
					if site.How == skeleton.Started || site.How == skeleton.Deferred && recovers(site.Fn) && len(events) > 0 {
						continue
					}
					n = max(n, c.of(site.Fn))
				}
			}
			if n > 0 {
				outer := (*ssa.BasicBlock)(nil)
				if fn == c.owner {
					outer = c.made
				}
				events = append(events, event{instr, min(many, n*w.trips(b, outer))})
			}
		}
	}
	// The longest chain of events of which each can follow the one before. A send that is deferred comes last.
	best := make([]int, len(events))
	total := 0
	order := slices.Clone(events)
	slices.SortStableFunc(order, func(a, b event) int { return boolCompare(isDefer(a.instr), isDefer(b.instr)) })
	for i, e := range order {
		best[i] = e.n
		for j := range i {
			if isDefer(e.instr) || order[j].instr != e.instr && w.reaches(order[j].instr, e.instr) {
				if isDefer(e.instr) && recoversIn(w, e.instr) {
					continue
				}
				best[i] = max(best[i], min(many, best[j]+e.n))
			}
		}
		total = max(total, best[i])
	}
	return total
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func isDefer(instr ssa.Instruction) bool {
	_, ok := instr.(*ssa.Defer)
	return ok
}

func recoversIn(w *world, instr ssa.Instruction) bool {
	sites, _ := w.classes.Runs(instr.(ssa.CallInstruction))
	return slices.ContainsFunc(sites, func(site skeleton.Site) bool { return recovers(site.Fn) })
}

// recovers reports whether a function calls recover.
func recovers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					return true
				}
			}
		}
	}
	return false
}

// senderFinding says that a sender is abandoned.
func (w *world) senderFinding(l local, op skeleton.ClassOp, t thread, from ssa.Instruction, left []departure, sends int) finding {
	name := nameOf(op, "the channel")
	at := placeOf(op)
	d := pass.Diagnostic{Rule: abandonedSender, Pos: at.Pos, End: at.End, Op: "send", Object: name}
	step := func(g int, place pass.Place, kind, message string) {
		d.Steps = append(d.Steps, pass.Step{Place: place, Goroutine: g, Op: kind, Object: name, Message: message})
	}
	step(1, w.nodeAt(l.mk.Parent(), l.mk.Pos()), "make", fmt.Sprintf("%s is made here%s", name, room(l.cap)))
	who := "the goroutine"
	if t.start != nil {
		step(1, w.startPlace(t), "go", "the sender is started here")
	} else {
		who = funcName(l.owner)
	}
	why := "nobody receives from it"
	for _, x := range left {
		where, g := "the receiver", 1
		if x.start != nil {
			g = 3
			step(g, w.startPlace(x.thread), "go", "the receiver is started here")
		} else {
			where = funcName(l.owner)
		}
		how := w.describe(x.way)
		if x.served > 0 {
			how += " after " + times(x.served)
		}
		why = fmt.Sprintf("%s, which receives, can %s", where, how)
		step(g, w.wayPlace(x.way), "return", fmt.Sprintf("%s can %s here", where, how))
	}
	step(2, at, "send", fmt.Sprintf("sends on %s for ever", name))
	advice := fmt.Sprintf("send in a select with ctx.Done() or another channel that is closed when the receiver leaves")
	if sends == 1 && t.start != nil {
		advice = fmt.Sprintf("make %s with capacity 1, so that the send needs no receiver", name)
		d.Fix = w.capacityFix(l)
	} else if l.cap == 0 && sends < many {
		advice = fmt.Sprintf("make %s with capacity %d, so that no send needs a receiver", name, sends)
	}
	d.Message = fmt.Sprintf("%s blocks for ever sending on %s: %s; %s", who, name, why, advice)
	return finding{Diagnostic: d, blocked: at.Pos, rank: shown}
}

func times(n int) string {
	if n == 1 {
		return "one receive"
	}
	return fmt.Sprintf("%d receives", n)
}

func room(n int) string {
	if n == 0 {
		return " without a buffer"
	}
	return fmt.Sprintf(" with room for %d", n)
}

// capacityFix gives the channel room for its one value.
func (w *world) capacityFix(l local) *pass.Fix {
	if l.cap != 0 {
		return nil
	}
	var fix *pass.Fix
	inspect(l.mk.Parent(), func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Lparen != l.mk.Pos() && call.Pos() != l.mk.Pos() {
			return
		}
		switch len(call.Args) {
		case 1:
			fix = &pass.Fix{Message: "give the channel room for the one value", Safe: true,
				Edits: []analysis.TextEdit{{Pos: call.Args[0].End(), End: call.Args[0].End(), NewText: []byte(", 1")}}}
		case 2:
			fix = &pass.Fix{Message: "give the channel room for the one value", Safe: true,
				Edits: []analysis.TextEdit{{Pos: call.Args[1].Pos(), End: call.Args[1].End(), NewText: []byte("1")}}}
		}
	})
	return fix
}

// nodeAt is the place of the innermost call or statement that stands at a position.
func (w *world) nodeAt(fn *ssa.Function, pos token.Pos) pass.Place {
	place := pass.Place{Pos: pos}
	inspect(fn, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
			place = pass.At(call)
		}
	})
	return place
}

// startPlace is where a thread is started.
func (w *world) startPlace(t thread) pass.Place {
	place := pass.Place{Pos: t.start.Pos()}
	inspect(t.in, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.GoStmt:
			if n.Go == t.start.Pos() {
				place = pass.Place{Pos: n.Pos(), End: n.Call.Fun.Pos()}
			}
		case *ast.CallExpr:
			if n.Lparen == t.start.Common().Pos() && place.End == token.NoPos {
				place = pass.Place{Pos: n.Pos(), End: n.Lparen}
			}
		}
	})
	return place
}

// wayPlace is where a way ends: the return, or the case that leads to it.
func (w *world) wayPlace(x way) pass.Place {
	if sel, i, ok := x.selected(); ok {
		return pass.Place{Pos: sel.States[i].Pos}
	}
	if x.exit.Pos().IsValid() {
		return pass.Place{Pos: x.exit.Pos()}
	}
	return pass.Place{Pos: endOf(x.exit.Parent())}
}

// endOf is the closing brace of a function.
func endOf(fn *ssa.Function) token.Pos {
	if n := fn.Syntax(); n != nil {
		return n.End() - 1
	}
	return fn.Pos()
}

// selected returns the case of a select that decided a way.
func (x way) selected() (sel *ssa.Select, i int, ok bool) {
	if x.from == nil || x.succ != 0 {
		return nil, 0, false
	}
	br, isIf := x.from.Instrs[len(x.from.Instrs)-1].(*ssa.If)
	if !isIf {
		return nil, 0, false
	}
	cond, isBin := br.Cond.(*ssa.BinOp)
	if !isBin {
		return nil, 0, false
	}
	sel, i, ok = selectCase(cond)
	return sel, i, ok && i < len(sel.States)
}

// describe says how a way leaves.
func (w *world) describe(x way) string {
	sel, i, ok := x.selected()
	if !ok {
		return "return"
	}
	var expr ast.Expr
	inspect(sel.Parent(), func(n ast.Node) {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			if n.OpPos == sel.States[i].Pos {
				expr = n.X
			}
		case *ast.SendStmt:
			if n.Arrow == sel.States[i].Pos {
				expr = n.Chan
			}
		}
	})
	if expr == nil {
		return "return"
	}
	return fmt.Sprintf("return when %s is ready first", types.ExprString(expr))
}
