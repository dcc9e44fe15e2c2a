package goroutineleak

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// sendersBesideTheGroup reports selects that send to the goroutines of an errgroup, and ask the parent of the group's
// context instead of that context: when all of the goroutines have failed, the group's context ends, the parent does
// not, and nobody receives any more.
func (w *world) sendersBesideTheGroup(class *skeleton.Class) {
	l, ok := w.localOf(class)
	if !ok || l.cap == many || endsProcess(l.owner) {
		return
	}
	receivers, ok := w.allThreads(opsOf(class, skeleton.Recv), l.owner)
	if !ok {
		return
	}
	group := w.groupOf(receivers)
	if group == nil {
		return
	}
	for _, op := range opsOf(class, skeleton.Send) {
		sel, ok := op.Instr.(*ssa.Select)
		if !ok || !sel.Blocking || !w.exits.Reachable(sel) || !w.runsBeside(op.Fn, l.owner) {
			continue
		}
		var asked, done ssa.Value
		others := 0
		for i, st := range sel.States {
			if i == op.Case {
				continue
			}
			others++
			if ctx := doneOf(st.Chan); ctx != nil && w.above(ctx, group) {
				asked, done = ctx, st.Chan
			}
		}
		if asked == nil || others > 1 {
			continue
		}
		if left := w.allFail(l, op, receivers, asked); left != nil {
			w.add(w.besideFinding(op, group, done, left))
			return
		}
	}
}

// groupOf returns the call that makes the errgroup, with its context, in which all of the threads run, or nil.
func (w *world) groupOf(threads []thread) *ssa.Call {
	var group *ssa.Call
	for _, t := range threads {
		if t.start == nil {
			return nil
		}
		op := w.opOf(t.start)
		if op.Kind != skeleton.GroupGo {
			return nil
		}
		e, ok := settled(op.Object).(*ssa.Extract)
		if !ok {
			return nil
		}
		call, ok := e.Tuple.(*ssa.Call)
		if !ok || w.opOf(call).Kind != skeleton.GroupWithContext || group != nil && group != call {
			return nil
		}
		group = call
	}
	return group
}

// settled is the value behind variables that are assigned once, or captured.
func settled(v ssa.Value) ssa.Value {
	for range 8 {
		load, ok := v.(*ssa.UnOp)
		if !ok {
			break
		}
		stored := onlyStore(load.X, 0)
		if stored == nil {
			break
		}
		v = stored
	}
	return v
}

// doneOf returns the context whose Done channel it is, or nil.
func doneOf(ch ssa.Value) ssa.Value {
	call, ok := ch.(*ssa.Call)
	if !ok {
		return nil
	}
	if op := skeleton.OpOf(call); op.Kind == skeleton.ContextDone {
		return settled(op.Object)
	}
	return nil
}

// above reports whether a context is the group's parent, or one that the parent is derived from.
func (w *world) above(ctx ssa.Value, group *ssa.Call) bool {
	parent := settled(w.opOf(group).Object)
	for range 8 {
		if parent == ctx {
			return true
		}
		if e, ok := parent.(*ssa.Extract); ok {
			parent = e.Tuple
		}
		call, ok := parent.(*ssa.Call)
		if !ok {
			return false
		}
		switch op := w.opOf(call); op.Kind {
		case skeleton.ContextCancel, skeleton.ContextTimeout, skeleton.ContextValue:
			parent = settled(op.Object)
		default:
			return false
		}
	}
	return false
}

// runsBeside reports whether a function is run by the owner of a channel, perhaps by way of code that is not seen and
// that was given the function.
func (w *world) runsBeside(fn, owner *ssa.Function) bool {
	for range 8 {
		if fn == owner {
			return true
		}
		sites, all := w.classes.RunBy(fn)
		switch {
		case all && len(sites) == 1 && sites[0].How != skeleton.Started:
			fn = sites[0].In
		case !all && len(sites) == 0 && fn.Parent() != nil && handedOut(fn):
			fn = fn.Parent()
		default:
			return false
		}
	}
	return false
}

// handedOut reports whether a closure is only made to be an argument of calls.
func handedOut(fn *ssa.Function) bool {
	handed := false
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			mc, ok := instr.(*ssa.MakeClosure)
			if !ok || mc.Fn != fn {
				continue
			}
			for _, use := range *mc.Referrers() {
				call, ok := use.(*ssa.Call)
				if !ok || call.Call.Value == mc {
					return false
				}
				handed = true
			}
		}
	}
	return handed
}

// allFail returns how the receivers can all leave while the context that the sender asks goes on, or nil.
func (w *world) allFail(l local, op skeleton.ClassOp, receivers []thread, asked ssa.Value) []departure {
	s := &search{
		w: w, class: l.class, waits: op, run: w.runBy(l.owner), memo: make(map[*ssa.Function]int), need: many,
		serves: func(op skeleton.ClassOp) int {
			if op.Kind == skeleton.Close {
				return many
			}
			return 0
		},
		lasts: func(ch ssa.Value) bool { ctx := doneOf(ch); return ctx != nil && ctx == asked },
	}
	s.relevant = w.relevantTo(l.class, l.owner, s.serves)
	var left []departure
	for _, r := range receivers {
		x, ok := s.leaves(r.root, nil)
		ret, returns := x.exit.(*ssa.Return)
		if !ok || !returns || len(ret.Results) != 1 || irutil.IsNil(ret.Results[0]) {
			return nil
		}
		left = append(left, departure{r, x})
	}
	return left
}

func (w *world) besideFinding(op skeleton.ClassOp, group *ssa.Call, done ssa.Value, left []departure) finding {
	name := nameOf(op, "the channel")
	at := placeOf(op)
	own, asked := w.contextName(group), "the context"
	if call := w.callExpr(done.Pos()); call != nil {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			asked = types.ExprString(sel.X)
		}
	}
	d := pass.Diagnostic{
		Rule: abandonedSender, Pos: at.Pos, End: at.End, Op: "send", Object: name,
		Message: fmt.Sprintf("the send on %s waits until %s ends when the goroutines of the group, which receive, have all failed: that ends %s only; select on its Done instead", name, asked, own),
	}
	step := func(g int, place pass.Place, kind, message string) {
		d.Steps = append(d.Steps, pass.Step{Place: place, Goroutine: g, Op: kind, Object: name, Message: message})
	}
	step(1, w.nodeAt(group.Parent(), group.Pos()), "make", fmt.Sprintf("the group is made here; its first error ends %s", own))
	for _, x := range left {
		step(2, w.startPlace(x.thread), "go", "the receivers are started here")
		step(2, w.wayPlace(x.way), "return", fmt.Sprintf("each can %s here", w.describe(x.way)))
	}
	step(1, at, "send", fmt.Sprintf("sends on %s until %s ends", name, asked))
	return finding{Diagnostic: d, blocked: at.Pos, rank: shown}
}

// contextName returns what a group's context is called.
func (w *world) contextName(group *ssa.Call) string {
	own := "the group's context"
	inspect(group.Parent(), func(n ast.Node) {
		var names, values []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			names, values = n.Lhs, n.Rhs
		case *ast.ValueSpec:
			for _, name := range n.Names {
				names = append(names, name)
			}
			values = n.Values
		}
		if len(names) != 2 || len(values) != 1 {
			return
		}
		if call, ok := ast.Unparen(values[0]).(*ast.CallExpr); ok && call.Lparen == group.Pos() {
			if name, ok := names[1].(*ast.Ident); ok && name.Name != "_" {
				own = name.Name
			}
		}
	})
	return own
}
