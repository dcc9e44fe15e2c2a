package goroutineleak

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// oneSided reports sends on, or receives from, the channel of a field by somebody who waits for nothing else, where all
// those at the other end go away when the work ends.
func (w *world) oneSided(class *skeleton.Class) {
	if !class.Kept || class.Global || len(class.Fields) == 0 || len(class.Makes) == 0 || w.Pkg.Name() == "main" || len(opsOf(class, skeleton.Close)) > 0 {
		return
	}
	sends, receives := opsOf(class, skeleton.Send), opsOf(class, skeleton.Recv)
	if w.fills(class) {
		if left, ok := w.leavings(class, receives, skeleton.Recv); ok {
			w.forsaken(class, sends, left, abandonedSender)
		}
	}
	if left, ok := w.leavings(class, sends, skeleton.Send); ok {
		w.forsaken(class, receives, left, abandonedReceiver)
	}
}

// fills reports whether nothing but receives makes room in the channels of a class: they have no buffer, or they live as
// long as their owner, and everybody finds them in the owner's field.
func (w *world) fills(class *skeleton.Class) bool {
	buffered := false
	for _, v := range class.Makes {
		mk, ok := v.(*ssa.MakeChan)
		if !ok {
			return false
		}
		n, known := intConst(mk.Size)
		if !known || n == 1 {
			return false // room for the one value, most likely
		}
		buffered = buffered || n > 0
	}
	return !buffered || !slices.ContainsFunc(class.Ops, func(op skeleton.ClassOp) bool { return !ownField(channelOf(op)) || isSignal(channelOf(op).Type()) })
}

// withoutRoom reports whether the channels of a class have no buffer.
func (w *world) withoutRoom(class *skeleton.Class) bool {
	return class != nil && len(class.Makes) > 0 && !slices.ContainsFunc(class.Makes, func(v ssa.Value) bool {
		mk, ok := v.(*ssa.MakeChan)
		if !ok {
			return true
		}
		n, known := intConst(mk.Size)
		return !known || n > 0
	})
}

// ownField reports whether a channel was read from a field of the receiver of the method around.
func ownField(ch ssa.Value) bool {
	load, ok := ch.(*ssa.UnOp)
	if !ok {
		return false
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	base := addr.X
	if free, ok := base.(*ssa.UnOp); ok && free.Op == token.MUL {
		base = free.X
	}
	if free, ok := base.(*ssa.FreeVar); ok {
		base = skeleton.Bound(free)
		if cell, ok := base.(*ssa.Alloc); ok {
			base = skeleton.OnlyStored(cell)
		}
	}
	p, ok := base.(*ssa.Parameter)
	return ok && p.Parent().Signature.Recv() != nil && p == p.Parent().Params[0]
}

// forsaken reports the operations that wait for nothing but those who leave: the first, with the others beside it.
func (w *world) forsaken(class *skeleton.Class, ops []skeleton.ClassOp, left []leaving, r *rule.Rule) {
	ops = slices.DeleteFunc(slices.Clone(ops), func(op skeleton.ClassOp) bool {
		return op.Kind == skeleton.Select || !w.exits.Reachable(op.Instr) || w.expectsEnd(op.Instr) || w.asksFlag(op) ||
			slices.ContainsFunc(left, func(l leaving) bool { return w.runBy(l.op.Fn)[op.Fn] || w.endsTogether(op, l) })
	})
	if len(ops) == 0 {
		return
	}
	f := w.forsakenFinding(class, ops[0], left[0], r)
	for _, op := range ops[1:] {
		f.Related = append(f.Related, pass.Related{Place: placeOf(op), Message: "so does this one"})
	}
	w.add(f)
}

// asksFlag reports whether the function of an operation asks before it whether the work has ended: whoever ends it says so
// first, and means to be heard.
func (w *world) asksFlag(op skeleton.ClassOp) bool {
	for _, b := range op.Fn.Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if ok && w.reaches(br, op.Instr) && isFlag(br.Cond, 0) {
			return true
		}
	}
	return false
}

// isFlag reports whether a condition is a flag that others set: an atomic value, the state of a context, or a field.
func isFlag(cond ssa.Value, depth int) bool {
	if depth > 3 {
		return false
	}
	switch v := cond.(type) {
	case *ssa.UnOp:
		switch {
		case v.Op == token.NOT:
			return isFlag(v.X, depth+1)
		case v.Op == token.MUL && types.Identical(v.Type().Underlying(), types.Typ[types.Bool]):
			_, field := v.X.(*ssa.FieldAddr)
			return field
		}
	case *ssa.BinOp:
		return isFlag(v.X, depth+1) || isFlag(v.Y, depth+1)
	case *ssa.Call:
		op := skeleton.OpOf(v)
		switch op.Kind {
		case skeleton.AtomicLoad, skeleton.ContextErr:
			return true
		}
		// s.isClosed()
		if fn := op.Callee.Func; fn != nil && types.Identical(v.Type().Underlying(), types.Typ[types.Bool]) {
			for _, b := range fn.Blocks {
				if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && len(ret.Results) == 1 && isFlag(ret.Results[0], depth+1) {
					return true
				}
			}
		}
	}
	return false
}

func (w *world) forsakenFinding(class *skeleton.Class, op skeleton.ClassOp, l leaving, r *rule.Rule) finding {
	at, name := placeOf(op), nameOf(op, class.Fields[0].Name())
	does, other, kind := "sending on", "receives", "send"
	if op.Kind == skeleton.Recv {
		does, other, kind = "waiting for", "sends", "receive"
	}
	signal := l.op
	signal.Case = l.signal
	when := "another channel"
	if expr, _ := sourceOf(signal); expr != nil {
		when = exprString(expr)
	}
	who := funcName(l.op.Fn)
	return finding{Diagnostic: pass.Diagnostic{
		Rule: r, Pos: at.Pos, End: at.End, Op: kind, Object: class.Fields[0].Name(),
		Message: fmt.Sprintf("%s can stay for ever %s %s: %s, which %s, returns when %s is ready, and nobody else %s; wait for %s here, too, in a select",
			funcName(op.Fn), does, name, who, other, when, other, when),
		Steps: []pass.Step{
			{Place: placeOf(l.op), Goroutine: 2, Op: "select", Object: name, Message: who + " " + other + " here"},
			{Place: placeOf(signal), Goroutine: 2, Op: "return", Object: when, Message: "and leaves when " + when + " is ready"},
			{Place: at, Goroutine: 1, Op: kind, Object: name, Message: "waits here for ever then"},
		},
	}, blocked: at.Pos, rank: shown, at: op.Instr, sends: op.Instr, left: exit{l.op.Fn, way{sel: l.op.Instr.(*ssa.Select), selCase: l.signal}}}
}
