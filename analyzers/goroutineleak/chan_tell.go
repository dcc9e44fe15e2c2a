package goroutineleak

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// senderFinding says that a sender is abandoned.
func (w *world) senderFinding(l local, op skeleton.ClassOp, t thread, left []departure, sends int) finding {
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
	advice := "send in a select with ctx.Done() or another channel that is closed when the receiver leaves"
	if sends == 1 && t.start != nil {
		advice = fmt.Sprintf("make %s with capacity 1, so that the send needs no receiver", name)
		d.Fix = w.capacityFix(l)
	} else if l.cap == 0 && sends < many {
		advice = fmt.Sprintf("make %s with capacity %d, so that no send needs a receiver", name, sends)
	}
	d.Message = fmt.Sprintf("%s blocks for ever sending on %s: %s; %s", who, name, why, advice)
	return finding{Diagnostic: d, blocked: at.Pos, rank: shown, at: op.Instr, start: startedBy(t), sends: op.Instr, left: exitOfAll(l.owner, left)}
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
