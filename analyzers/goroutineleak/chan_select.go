package goroutineleak

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// deadSelects reports selects none of whose cases can ever be ready.
func (w *world) deadSelects() {
	for _, fn := range w.fns {
		if endsProcess(fn) {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				sel, ok := instr.(*ssa.Select)
				// A select without cases is meant to wait for ever.
				if !ok || !sel.Blocking || len(sel.States) == 0 || !w.exits.Reachable(sel) {
					continue
				}
				if w.dead(sel) {
					w.add(w.deadSelect(fn, sel))
				}
			}
		}
	}
}

// dead reports whether no case of a select can ever be ready.
func (w *world) dead(sel *ssa.Select) bool {
	for i, st := range sel.States {
		if k, ok := st.Chan.(*ssa.Const); ok && k.IsNil() {
			continue
		}
		class := w.classes.Of(st.Chan)
		if class == nil || !class.Closed() || class.Global || class.Kept && len(class.Makes) == 0 {
			return false
		}
		for _, op := range class.Ops {
			if op.Instr == ssa.Instruction(sel) && op.Case == i {
				continue
			}
			if st.Send != nil && op.Does(skeleton.Recv) || op.Kind == skeleton.Close || st.Send == nil && op.Does(skeleton.Send) {
				return false
			}
		}
		if st.Send != nil {
			for _, mk := range class.Makes {
				if mk, ok := mk.(*ssa.MakeChan); ok {
					if n, known := intConst(mk.Size); !known || n > 0 {
						return false
					}
				}
			}
		}
	}
	return true
}

func (w *world) deadSelect(fn *ssa.Function, sel *ssa.Select) finding {
	at := pass.Place{Pos: sel.Pos(), End: sel.Pos() + token.Pos(len("select"))}
	d := pass.Diagnostic{
		Rule: blockedSelect, Pos: at.Pos, End: at.End, Op: "select", Object: "select",
		Message: "the select waits for ever: none of its cases can be ready, because nothing else in the package uses their channels; " +
			"close one of them where the wait should end, or add a case such as <-ctx.Done()",
	}
	for _, st := range sel.States {
		name := "the channel"
		inspect(fn, func(n ast.Node) {
			switch n := n.(type) {
			case *ast.UnaryExpr:
				if n.OpPos == st.Pos {
					name = exprString(n.X)
				}
			case *ast.SendStmt:
				if n.Arrow == st.Pos {
					name = exprString(n.Chan)
				}
			}
		})
		what := fmt.Sprintf("nothing sends on %s or closes it", name)
		if st.Send != nil {
			what = "nothing receives from " + name
		}
		d.Steps = append(d.Steps, pass.Step{Place: pass.Place{Pos: st.Pos}, Op: "select", Object: name, Message: what})
	}
	return finding{Diagnostic: d, blocked: sel.Pos(), rank: shown}
}
