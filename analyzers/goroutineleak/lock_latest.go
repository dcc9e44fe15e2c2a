package goroutineleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// keepsLatest reports whether a send never waits because the channel has room for one value, and whoever sends takes out what
// is left over first, without waiting, with a lock held that all who send hold: what is in the channel is the latest value.
func (l *locker) keepsLatest(send *ssa.Send) bool {
	if l.world == nil {
		return false
	}
	class := l.world.classes.Of(send.Chan)
	if class == nil || class.Global || len(class.Makes) == 0 || !l.drained(send) {
		return false
	}
	for _, v := range class.Makes {
		if mk, ok := v.(*ssa.MakeChan); !ok || !hasRoom(mk) || class.Escapes&skeleton.ToSend != 0 && !givenToReceive(mk) {
			return false
		}
	}
	var common []any
	for i, op := range opsOf(class, skeleton.Send) {
		if op.Kind == skeleton.Select && op.Default {
			continue
		}
		other, ok := op.Instr.(*ssa.Send)
		if !ok {
			return false
		}
		if _, fresh := other.Chan.(*ssa.MakeChan); fresh {
			continue // the first value, before others have the channel
		}
		if !l.drained(other) {
			return false
		}
		held := l.heldAt(other)
		if i == 0 || common == nil {
			common = held
		}
		common = slices.DeleteFunc(slices.Clone(common), func(c any) bool { return !slices.Contains(held, c) })
		if len(common) == 0 {
			return false
		}
	}
	return len(common) > 0
}

// givenToReceive reports whether a channel is put into a list, and given to nobody else but to receive from.
func givenToReceive(mk *ssa.MakeChan) bool {
	return !slices.ContainsFunc(*mk.Referrers(), func(use ssa.Instruction) bool {
		switch use := use.(type) {
		case *ssa.Send, *ssa.MapUpdate, *ssa.Select, *ssa.DebugRef:
			return false
		case *ssa.ChangeType:
			t, ok := use.Type().Underlying().(*types.Chan)
			return !ok || t.Dir() != types.RecvOnly
		}
		return true
	})
}

// heldAt are the classes of the locks that are held for writing where a send is.
func (l *locker) heldAt(send *ssa.Send) (held []any) {
	w := l.walks[send.Parent()]
	if w == nil || w.gone {
		return nil
	}
	first := true
	for _, a := range w.acquired {
		if a.instr != ssa.Instruction(send) {
			continue
		}
		var here []any
		for _, h := range a.state.locks {
			if c := h.path.Class(); c != nil && h.held() && h.write > 0 {
				here = append(here, c)
			}
		}
		if first {
			held, first = here, false
		}
		held = slices.DeleteFunc(held, func(c any) bool { return !slices.Contains(here, c) })
	}
	return held
}

// drained reports whether a value is taken out of the channel, if there is one, on each way to a send, and none is put in.
func (l *locker) drained(send *ssa.Send) bool {
	for d := send.Block(); d != nil; d = d.Idom() {
		for _, instr := range d.Instrs {
			sel, ok := instr.(*ssa.Select)
			if !ok || sel.Blocking || len(sel.States) != 1 || sel.States[0].Send != nil || sel.States[0].Chan != send.Chan {
				continue
			}
			again := d != send.Block() && slices.ContainsFunc(send.Block().Succs, func(s *ssa.BasicBlock) bool { return reachesWithout(s, send.Block(), d) })
			if d == send.Block() && slices.Index(d.Instrs, instr) > slices.Index(d.Instrs, ssa.Instruction(send)) {
				continue
			}
			return !again && !slices.ContainsFunc(send.Parent().Blocks, func(b *ssa.BasicBlock) bool {
				return slices.ContainsFunc(b.Instrs, func(other ssa.Instruction) bool {
					o, ok := other.(*ssa.Send)
					return ok && o != send && reachesWithout(d, b, send.Block())
				})
			})
		}
	}
	return false
}
