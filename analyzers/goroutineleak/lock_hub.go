package goroutineleak

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// hubs reports sends to the channels of subscribers with the lock held under which a subscriber is taken off the list.
// One that has stopped receiving, and does what the package offers for that, waits for the lock, and whoever holds it
// waits for him. Subscribers may be anybody: it takes no more than that they stop receiving before they sign off.
func (l *locker) hubs(w *lockWalk) {
	seen := make(map[ssa.Instruction]bool)
	for _, a := range w.acquired {
		if a.what.kind != skeleton.Send || a.what.next != nil || seen[a.instr] {
			continue
		}
		send := a.instr.(*ssa.Send)
		list := l.listOf(send.Chan)
		if list == nil || !l.othersReceive(send) || l.once(send, list) || l.keepsLatest(send) {
			continue
		}
		for _, h := range a.state.locks {
			if !l.meant(h) || !l.stable(h.path) || seen[a.instr] || h.path.Base() != list.Base() || h.path.Kind != skeleton.FieldStep {
				continue
			}
			if off, at := l.signsOff(w.fn, h, list); off != nil {
				seen[a.instr] = true
				l.reportHub(a, h, off, at)
			}
		}
	}
}

// once reports whether a channel has room for the value, and is taken off the list where it is sent.
func (l *locker) once(send *ssa.Send, list *skeleton.Path) bool {
	if l.world == nil || l.world.withoutRoom(l.world.classes.Of(send.Chan)) {
		return false
	}
	for _, b := range send.Parent().Blocks {
		if slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool { return l.removes(instr, list.Field) }) {
			return true
		}
	}
	return false
}

// listOf returns the path of the field with the map or slice of which a channel is an element, or a field of one, or nil.
func (l *locker) listOf(ch ssa.Value) *skeleton.Path {
	for p := l.paths.Of(ch); p != nil; p = p.Of {
		if p.Kind == skeleton.ElemStep {
			return listField(p.Of)
		}
		if p.Of != nil {
			continue
		}
		e, ok := p.Root.(*ssa.Extract)
		if !ok {
			return nil
		}
		next, ok := e.Tuple.(*ssa.Next)
		if !ok {
			return nil
		}
		if r, ok := next.Iter.(*ssa.Range); ok {
			return listField(l.paths.Of(r.X))
		}
	}
	return nil
}

// listField returns the path of the field that a map or slice was read from, or nil.
func listField(p *skeleton.Path) *skeleton.Path {
	if p != nil && p.Kind == skeleton.LoadStep && p.Of.Kind == skeleton.FieldStep {
		return p.Of
	}
	return nil
}

// othersReceive reports whether who receives what is sent is not seen.
func (l *locker) othersReceive(send *ssa.Send) bool {
	if l.world == nil {
		return false
	}
	class := l.world.classes.Of(send.Chan)
	return class != nil && !class.Closed()
}

// signsOff finds a method that others can call, in which the lock is asked for before something is taken off the list.
func (l *locker) signsOff(sender *ssa.Function, h holding, list *skeleton.Path) (*ssa.Function, ssa.Instruction) {
	for _, fn := range l.fns {
		walk := l.walks[fn]
		if walk == nil || walk.gone || fn == sender || fn.Parent() != nil || fn.Signature.Recv() == nil || !token.IsExported(fn.Name()) || l.IsTest(fn.Pos()) {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if !l.removes(instr, list.Field) {
					continue
				}
				for _, a := range walk.acquired {
					if a.what.kind == skeleton.Lock && a.what.next == nil && a.path.Class() == h.path.Class() && h.conflicts(a.what.write) && reaches(a.instr, instr) && l.fromOutside(a.path) {
						return fn, a.instr
					}
				}
			}
		}
	}
	return nil, nil
}

// fromOutside reports whether a lock belongs to what a method is called on.
func (l *locker) fromOutside(p *skeleton.Path) bool {
	_, ok := p.Base().(*ssa.Parameter)
	return ok && l.stable(p)
}

// removes reports whether an instruction takes an element out of the map or slice in a field.
func (l *locker) removes(instr ssa.Instruction, f *types.Var) bool {
	of := func(v ssa.Value) bool {
		p := listField(l.paths.Of(v))
		return p != nil && p.Field == f
	}
	switch i := instr.(type) {
	case *ssa.Call:
		b, ok := i.Call.Value.(*ssa.Builtin)
		return ok && b.Name() == "delete" && of(i.Call.Args[0])
	case *ssa.Store:
		if skeleton.AssignedField(i) != f {
			return false
		}
		call, ok := i.Val.(*ssa.Call)
		if !ok {
			return false
		}
		if b, ok := call.Call.Value.(*ssa.Builtin); ok {
			_, part := call.Call.Args[0].(*ssa.Slice) // append(s[:i], s[i+1:]...)
			return b.Name() == "append" && part
		}
		switch skeleton.CalleeOf(&call.Call).Name() {
		case "slices.Delete", "slices.DeleteFunc":
			return true
		}
	}
	return false
}

func (l *locker) reportHub(a acquisition, h holding, off *ssa.Function, at ssa.Instruction) {
	lockName, unlock := l.lockName(h)
	pos, end := l.opSpan(a.instr)
	name, who := "a subscriber's channel", funcName(off)
	if ops := l.world.ops[a.instr]; len(ops) > 0 {
		name = nameOf(ops[0].ClassOp, name)
	}
	l.add(finding{Diagnostic: pass.Diagnostic{
		Rule: lockedWait, Pos: pos, End: end, Op: "wait", Object: lockName,
		Message: fmt.Sprintf("the send on %s waits with %s held, and %s needs %s (line %d): a subscriber that has stopped receiving and calls %s waits for ever, and with it everybody else; call %s before the send, or send in a select that does not wait for ever",
			name, lockName, who, lockName, l.lineOf(at.Pos()), off.Name(), unlock),
		Steps: []pass.Step{
			{Place: l.place(h.at), Message: lockName + " is locked here", Op: "lock", Object: lockName, Goroutine: 1},
			{Place: l.opPlace(a.instr), Message: "the send waits here for a subscriber", Op: "send", Object: name, Goroutine: 1},
			{Place: l.place(at), Message: "the subscriber waits here for " + lockName, Op: "lock", Object: lockName, Goroutine: 2},
		},
	}, blocked: a.instr.Pos(), rank: shown})
}
