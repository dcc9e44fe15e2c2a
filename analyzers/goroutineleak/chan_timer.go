package goroutineleak

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// timersWithoutChannel reports receives from the C of a timer that time.AfterFunc made: it is nil.
func (w *world) timersWithoutChannel() {
	for _, fn := range w.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				op := skeleton.OpOf(instr)
				if op.Kind != skeleton.Recv || !w.exits.Reachable(instr) {
					continue
				}
				load, ok := op.Object.(*ssa.UnOp)
				if !ok {
					continue
				}
				field, ok := load.X.(*ssa.FieldAddr)
				if !ok || !isTimer(field.X.Type()) || behindNilTest(instr, field) || freshTimer(instr) {
					continue
				}
				o := timerOrigin{w: w, seen: make(map[ssa.Value]bool)}
				o.visit(field.X)
				if o.other || o.made == nil {
					continue
				}
				cop := skeleton.ClassOp{Op: op, Fn: fn, Case: -1}
				at, name := placeOf(cop), nameOf(cop, "its channel")
				w.add(finding{Diagnostic: pass.Diagnostic{
					Rule: abandonedReceiver, Pos: at.Pos, End: at.End, Op: "receive", Object: name,
					Message: fmt.Sprintf("the receive from %s waits for ever: the timer is one of time.AfterFunc, whose channel is nil; there is nothing to drain, so leave the receive out", name),
					Steps: []pass.Step{
						{Place: w.nodeAt(o.made.Parent(), o.made.Pos()), Op: "make", Object: name, Message: "the timer is made here, without a channel"},
						{Place: at, Op: "receive", Object: name, Message: "waits here for ever"},
					},
				}, blocked: at.Pos, rank: shown})
			}
		}
	}
}

func isTimer(t types.Type) bool {
	return irutil.IsNamed(irutil.PointerTo(t.Underlying()), "time", "Timer")
}

// A timerOrigin collects where a timer may come from.
type timerOrigin struct {
	w     *world
	seen  map[ssa.Value]bool
	made  *ssa.Call // a call of time.AfterFunc
	other bool      // or something else
}

func (o *timerOrigin) visit(v ssa.Value) {
	if o.seen[v] || o.other {
		return
	}
	o.seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		// nil: the receive panics or is not reached.
	case *ssa.Call:
		if skeleton.OpOf(v).Kind == skeleton.AfterFunc {
			o.made = v
			return
		}
		o.other = true
	case *ssa.Phi:
		for _, e := range v.Edges {
			o.visit(e)
		}
	case *ssa.UnOp:
		if stored := onlyStore(v.X, 0); stored != nil {
			o.visit(stored)
			return
		}
		o.other = true
	case *ssa.Parameter:
		sites, all := o.w.classes.RunBy(v.Parent())
		if !all || len(sites) == 0 {
			o.other = true
		}
		for _, site := range sites {
			args := skeleton.CalleeOf(site.Instr.Common()).Args
			for i, p := range v.Parent().Params {
				if p != v {
					continue
				}
				if i >= len(args) || len(args) != len(v.Parent().Params) {
					o.other = true
					return
				}
				o.visit(args[i])
			}
		}
	default:
		o.other = true
	}
}

// behindNilTest reports whether an instruction is reached only where the channel in a field was seen not to be nil.
func behindNilTest(instr ssa.Instruction, field *ssa.FieldAddr) bool {
	for b := instr.Block(); b.Idom() != nil; b = b.Idom() {
		dom := b.Idom()
		branch, ok := dom.Instrs[len(dom.Instrs)-1].(*ssa.If)
		if !ok || len(b.Preds) != 1 {
			continue
		}
		cond, ok := branch.Cond.(*ssa.BinOp)
		if !ok || cond.Op != token.NEQ && cond.Op != token.EQL {
			continue
		}
		nonNil := dom.Succs[0]
		if cond.Op == token.EQL {
			nonNil = dom.Succs[1]
		}
		if b != nonNil {
			continue
		}
		for _, v := range []ssa.Value{cond.X, cond.Y} {
			if load, ok := v.(*ssa.UnOp); ok {
				if f, ok := load.X.(*ssa.FieldAddr); ok && f.Field == field.Field && types.Identical(f.X.Type(), field.X.Type()) {
					return true
				}
			}
		}
	}
	return false
}
