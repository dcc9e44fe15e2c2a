package goroutineleak

import (
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// neverServed reports channels that are made and received from, and that nothing ever sends on or closes, so far as
// abandonedReceivers does not: where others may receive from them, too, and where a select has other cases.
func (w *world) neverServed(class *skeleton.Class) {
	if class.Escapes&skeleton.ToSend != 0 || class.Global || len(class.Makes) == 0 {
		return
	}
	if slices.ContainsFunc(class.Ops, func(op skeleton.ClassOp) bool { return op.Does(skeleton.Send) || op.Kind == skeleton.Close }) {
		return
	}
	receives := slices.DeleteFunc(opsOf(class, skeleton.Recv), func(op skeleton.ClassOp) bool { return !w.exits.Reachable(op.Instr) })
	plain := slices.IndexFunc(receives, func(op skeleton.ClassOp) bool { return !isSelect(op) && !endsProcess(op.Fn) })
	switch {
	case plain >= 0:
		if !class.Closed() {
			w.add(w.unserved(class, receives[plain]))
		}
	case len(receives) > 0:
		w.unservedCase(class, receives)
	case class.Returned && len(class.Fields) == 1:
		w.unservedOutside(class)
	}
}

// unservedCase reports a case of a select that is never taken: it looks like a way out, and is none. Channels of values are
// left alone: what only tests send is a hook.
func (w *world) unservedCase(class *skeleton.Class, receives []skeleton.ClassOp) {
	if !isSignal(class.Makes[0].Type()) {
		return
	}
	op := receives[0]
	if i := slices.IndexFunc(receives, func(op skeleton.ClassOp) bool { return isSelect(op) && !op.Default }); i > 0 {
		op = receives[i] // rather where somebody waits than where somebody asks
	}
	sel, ok := op.Instr.(*ssa.Select)
	if !ok || sel.Blocking && (len(sel.States) < 2 || w.dead(sel)) || endsProcess(op.Fn) || !sel.Blocking && !class.Kept {
		return
	}
	at := pass.Place{Pos: sel.States[op.Case].Pos}
	name := w.caseName(op)
	d := pass.Diagnostic{
		Rule: blockedSelect, Severity: rule.Warning, Pos: at.Pos, Op: "select", Object: name,
		Message: fmt.Sprintf("this case is never taken: nothing ever sends on %s or closes it, so that the select waits for its other cases alone; close %s where the wait should end", name, name),
	}
	if !sel.Blocking {
		d.Message = fmt.Sprintf("this case is never taken: nothing ever sends on %s or closes it, so that the answer is always the same; close %s when it is to be another", name, name)
	}
	d.Steps = append(w.makeSteps(class, name), pass.Step{Place: at, Op: "select", Object: name, Message: "waits here for what never comes"})
	for _, other := range receives {
		if isSelect(other) && other.Instr != op.Instr {
			d.Steps = append(d.Steps, pass.Step{Place: pass.Place{Pos: other.Cases[other.Case].Pos}, Op: "select", Object: name, Message: "and here"})
		}
	}
	w.add(finding{Diagnostic: d, blocked: at.Pos, rank: shown})
}

// caseName is how the sources call the channel of a case.
func (w *world) caseName(op skeleton.ClassOp) string {
	name := "the channel"
	inspect(op.Fn, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			if n.OpPos == op.Cases[op.Case].Pos {
				name = exprString(n.X)
			}
		case *ast.SendStmt:
			if n.Arrow == op.Cases[op.Case].Pos {
				name = exprString(n.Chan)
			}
		}
	})
	return name
}

// makeSteps says where the channels of a class are made.
func (w *world) makeSteps(class *skeleton.Class, name string) []pass.Step {
	var steps []pass.Step
	for _, mk := range class.Makes {
		if fn := mk.Parent(); fn != nil {
			steps = append(steps, pass.Step{Place: w.nodeAt(fn, mk.Pos()), Op: "make", Object: name, Message: name + " is made here"})
		}
	}
	return steps
}

// unservedOutside reports a channel of a field that is handed out to receive from, and on which nobody can ever send.
func (w *world) unservedOutside(class *skeleton.Class) {
	mk := class.Makes[0]
	if mk.Parent() == nil {
		return
	}
	name := class.Fields[0].Name()
	steps := w.makeSteps(class, name)
	for _, fn := range w.fns {
		if w.classes.Callable(fn) && w.seenOutside(fn) && returnsField(fn, class.Fields[0]) {
			steps = append(steps, pass.Step{Place: pass.Place{Pos: fn.Pos()}, Op: "return", Object: name, Message: funcName(fn) + " hands it out"})
			at := steps[0].Place
			w.add(finding{Diagnostic: pass.Diagnostic{
				Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "receive", Object: name,
				Message: fmt.Sprintf("who receives from the channel that %s returns waits for ever: nothing ever sends on %s or closes it; close %s where the wait should end",
					funcName(fn), name, name),
				Steps: steps,
			}, blocked: at.Pos, rank: shown})
			return
		}
	}
}

// seenOutside reports whether other packages can get at what a function is a method of: by its name, as the result of an
// exported function, or as a value of an interface. What the package itself receives is judged where it does.
func (w *world) seenOutside(fn *ssa.Function) bool {
	recv := fn.Signature.Recv()
	if recv == nil {
		return true
	}
	named := irutil.NamedOf(recv.Type())
	if named == nil || named.Obj().Exported() {
		return true
	}
	for _, in := range w.fns {
		if obj := in.Object(); obj != nil && obj.Exported() {
			for v := range in.Signature.Results().Variables() {
				if irutil.NamedOf(v.Type()) == named {
					return true
				}
			}
		}
		for _, b := range in.Blocks {
			for _, instr := range b.Instrs {
				if made, ok := instr.(*ssa.MakeInterface); ok && irutil.NamedOf(made.X.Type()) == named {
					return true
				}
			}
		}
	}
	return false
}
