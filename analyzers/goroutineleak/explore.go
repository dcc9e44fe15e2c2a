package goroutineleak

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// explore executes the functions that own primitives, within bounds, and reports what is stuck in the end.
func (c *checker) explore() {
	prog := skeleton.NewProgram(c.ssa.Pkg, c.fns, c.exits.Ends)
	c.prog = prog
	for _, root := range prog.Roots(c.fns) {
		if c.tests != c.IsTest(root.Pos()) {
			continue // what the rest of the package does was looked at without its tests
		}
		if c.Pkg.Name() == "main" && root.Name() == "main" && root.Signature.Recv() == nil {
			continue // when it returns, the process ends; while it waits, its goroutines are the process's own
		}
		found, stats := explore.Root(prog, prog.Func(root), explore.DefaultBudget)
		if !stats.Finished {
			c.Exhausted()
		}
		var bounds []string
		for _, b := range stats.Bounds() {
			bounds = append(bounds, b.String())
		}
		c.Explored(stats.Steps, stats.Finished, bounds)
		for _, s := range c.asCalled(root, found) {
			c.stuck(s)
		}
	}
}

// ruleOf says which rule a goroutine that is stuck breaks. It is nil for a wait that no rule is about.
func (c *checker) ruleOf(s explore.Stuck) *rule.Rule {
	locks := s.Kind == skeleton.Lock || s.Kind == skeleton.RLock
	switch {
	case len(s.Holds) > 0 && !locks:
		return lockedWait
	case s.Kind == skeleton.Send, s.Kind == skeleton.PipeWrite:
		return abandonedSender
	case s.Kind == skeleton.Recv, s.Kind == skeleton.PipeRead:
		return abandonedReceiver
	case s.Kind == skeleton.Select:
		return blockedSelect
	case s.Kind == skeleton.WaitGroupWait, s.Kind == skeleton.GroupWait, s.Kind == skeleton.GroupGo:
		return waitGroup
	case s.Kind == skeleton.CondWait:
		return condition
	case s.Kind == skeleton.SemaphoreAcquire:
		return missingUnlock
	case !locks:
		return nil
	case s.Holder == s.Goroutine:
		return doubleLock
	case s.Kind == skeleton.RLock && s.Holder < 0:
		return readerWriterReader
	case len(s.With) > 0:
		return lockInversion
	}
	return missingUnlock
}

// stuck reports a goroutine that the explorer found to wait for ever.
func (c *checker) stuck(s explore.Stuck) {
	r := c.ruleOf(s)
	if r == nil || !s.Pos.IsValid() || c.onPurpose(s) || c.roomForAll(s) || roundsByArithmetic(s) || c.roundsByList(s) ||
		c.sharedOut(s) || c.lastSignal(s) || c.reentered(s) || c.doneByCallback(s) || c.countedApart(s) || c.leftToCaller(s) || s.NilObject && freshTimer(s.At) {
		return
	}
	if _, pipe := pipeEnd(s.Kind); pipe && r != lockedWait {
		c.stuckPipes = append(c.stuckPipes, s)
		return
	}
	pos, end, object := c.operation(s.Pos)
	object = c.objectOf(s, object)
	d := pass.Diagnostic{Rule: r, Pos: pos, End: end, Op: opName(s.Kind), Object: c.typeOfOperand(s.At, object)}
	what := fmt.Sprintf("%s blocks for ever", describeOp(s.Kind, object))
	why, advice := c.reason(s, object)
	d.Message = what + ": " + why
	if advice != "" {
		d.Message += "; " + advice
	}
	d.Steps, d.Schedule = c.steps(s, object), c.schedule(s)
	for _, other := range s.With {
		p, e, o := c.operation(other.Pos)
		if p.IsValid() {
			d.Related = append(d.Related, pass.Related{Place: pass.Place{Pos: p, End: e}, Message: describeOp(other.Kind, c.objectOf(other, o)) + " blocks too"})
		}
	}
	f := finding{Diagnostic: d, blocked: pos, rank: proven, sends: s.At}
	if alone(s) {
		f.at, f.start = s.At, c.startOf(s)
	}
	if s.OfContext && s.Made.IsValid() {
		// The cause is that nobody cancels: a rule that says so knows more.
		f.blocked, f.rank = s.Made, shown+1
	}
	c.add(f)
}

// operation is where the operation of an instruction stands, and the text of what it works on.
func (c *checker) operation(pos token.Pos) (start, end token.Pos, object string) {
	file := c.File(pos)
	if file == nil {
		return pos, token.NoPos, ""
	}
	nodes, _ := astutil.PathEnclosingInterval(file, pos, pos)
	for _, n := range nodes {
		switch n := n.(type) {
		case *ast.SendStmt:
			return n.Pos(), n.End(), exprText(n.Chan)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				return n.Pos(), n.End(), exprText(n.X)
			}
		case *ast.RangeStmt:
			return n.Pos(), n.X.End(), exprText(n.X)
		case *ast.SelectStmt:
			return n.Pos(), n.Pos() + 6, ""
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
				return n.Pos(), n.End(), exprText(sel.X)
			}
			return n.Pos(), n.End(), ""
		case *ast.BlockStmt, *ast.FuncLit:
			return pos, token.NoPos, ""
		}
	}
	return pos, token.NoPos, ""
}

func (c *checker) typeOfOperand(at ssa.Instruction, text string) string {
	if op := skeleton.OpOf(at); op.Object != nil {
		return types.TypeString(op.Object.Type(), types.RelativeTo(c.Pkg))
	}
	return text
}

// reason says why nobody releases the goroutine, and what to write instead.
func (c *checker) reason(s explore.Stuck, object string) (why, advice string) {
	who, left := "", false
	for _, st := range s.Steps {
		if st.What == "return" && st.Goroutine != s.Goroutine && (st.Goroutine == 0 || !left) {
			who, left = st.Func.Name, true
		}
	}
	switch s.Kind {
	case skeleton.Send:
		why = "nobody receives from " + object + " any more"
		if left {
			why = who + " can return without receiving from " + object
		}
		advice = "give the channel room for all values that can be left over, or select between the send and a signal that the receiver has gone"
	case skeleton.Recv:
		why = "nobody is left to send on " + object + " or to close it"
		if s.NilObject {
			why = object + " is nil here"
		}
		advice = "close the channel when nothing more comes, on every path (defer close)"
	case skeleton.Select:
		why = "none of its cases can become ready any more"
		advice = "add a case that becomes ready when the others cannot, such as <-ctx.Done()"
	case skeleton.WaitGroupWait:
		why = "its counter does not come back to zero on this path"
		if ret, ok := c.leftWithoutDone(s); ok {
			why = fmt.Sprintf("a goroutine returns at line %d without Done", c.Fset.Position(ret.Pos).Line)
		}
		advice = "call Done by defer at the start of each goroutine"
	case skeleton.GroupWait, skeleton.GroupGo:
		why = "one of its goroutines does not end"
	case skeleton.SemaphoreAcquire:
		why = "on a path, what was acquired is not given back"
		advice = "release by defer"
	case skeleton.CondWait:
		why = "nobody signals it any more"
		advice = "signal after each change of the condition"
	case skeleton.Lock, skeleton.RLock:
		switch {
		case s.Holder == s.Goroutine:
			why = "this goroutine holds the lock already"
			advice = "unlock before, or split off a function that expects the lock to be held"
		case s.Kind == skeleton.RLock && s.Holder < 0:
			why = "a writer waits for the reader that this goroutine already is, and keeps new readers out"
			advice = "take the read lock once"
		case len(s.With) > 0:
			why = "its holder waits for a lock that this goroutine has"
			advice = "take the locks in one order everywhere"
		default:
			why = "a path that took the lock does not give it back"
			advice = "unlock by defer"
		}
	}
	if len(s.Holds) > 0 && s.Kind != skeleton.Lock && s.Kind != skeleton.RLock {
		why = "this goroutine holds a lock that its partner needs before it gets there"
		advice = "unlock before waiting"
	}
	return why, advice
}

// steps tells how it comes to that, from the interleaving: where the goroutine was started, what its partners did last,
// and where it blocks.
func (c *checker) steps(s explore.Stuck, object string) []pass.Step {
	var out []pass.Step
	add := func(g int, pos token.Pos, at ssa.Instruction, op, obj, message string) {
		if !pos.IsValid() {
			return
		}
		p, e := pos, token.NoPos
		if at != nil {
			p, e, _ = c.operation(pos)
		}
		out = append(out, pass.Step{Place: pass.Place{Pos: p, End: e}, Goroutine: g + 1, Op: op, Object: obj, Message: message})
	}
	if !s.Root {
		out = append(out, pass.Step{Place: pass.Place{Pos: s.Started}, Goroutine: starterOf(s) + 1, Op: "go", Message: "started here"})
	}
	// The last thing that each other goroutine did.
	last := make(map[int]int)
	for i, st := range s.Steps {
		if st.Goroutine != s.Goroutine && st.What != "start" {
			last[st.Goroutine] = i
		}
	}
	counted := make(map[token.Pos]bool)
	for i, st := range s.Steps {
		if s.Kind == skeleton.WaitGroupWait && st.What == "op" && st.Kind == skeleton.WaitGroupAdd && !counted[st.Pos] {
			counted[st.Pos] = true
			add(st.Goroutine, st.Pos, st.At, "add", object, "something to wait for is counted here")
		}
		if st.Goroutine == s.Goroutine {
			if st.Kind == skeleton.Lock || st.Kind == skeleton.RLock {
				_, _, o := c.operation(st.Pos)
				if o == object && (s.Kind == skeleton.Lock || s.Kind == skeleton.RLock) && st.What == "op" {
					add(st.Goroutine, st.Pos, st.At, opName(st.Kind), o, o+" is locked here")
				}
			}
			continue
		}
		j := last[st.Goroutine]
		if i != j && !(i == j-1 && s.Steps[j].What == "return" && st.What == "case") {
			continue
		}
		switch st.What {
		case "case":
			out = append(out, pass.Step{Place: pass.Place{Pos: st.Pos}, Goroutine: st.Goroutine + 1, Op: "select", Message: "goes on here"})
		case "return":
			out = append(out, pass.Step{Place: pass.Place{Pos: st.Pos}, Goroutine: st.Goroutine + 1, Op: "return", Message: "returns here"})
		case "op":
			_, _, o := c.operation(st.Pos)
			add(st.Goroutine, st.Pos, st.At, opName(st.Kind), o, "the last that another goroutine does")
		}
	}
	out = slices.DeleteFunc(out, func(st pass.Step) bool { return !st.Pos.IsValid() })
	add(s.Goroutine, s.Pos, s.At, opName(s.Kind), object, "blocks here for ever")
	return out
}
