package lostwait

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// receives reports a handler, or a method that ends its object and is given a context, that receives from a channel on
// which goroutines send, or which they close, only when something outside the program has answered that nothing bounds.
func (c *checker) receives(instr ssa.Instruction) {
	op := skeleton.OpOf(instr)
	if op.Kind != skeleton.Recv || isTime(op.Object) || !c.mustReturn(instr.Parent()) {
		return
	}
	at, ok := c.atHand(instr)
	if !ok {
		return
	}
	who := what(op.Object)
	if who == nil {
		return
	}
	signals, all := c.signalsOn(who)
	if !all || len(signals) == 0 {
		return
	}
	var first []ssa.CallInstruction
	for _, s := range signals {
		path := c.unbounded(s.Parent(), 0, func(call ssa.Instruction) bool { return before(call, s) })
		if path == nil || c.scope.Runs(s.Parent()) != scope.Started || c.endsWith(instr.Parent(), path[len(path)-1]) {
			return
		}
		if first == nil {
			first = path
		}
	}
	name := "the receive from " + nameOf(who)
	c.lost(place{instr.Parent(), c.placeOf(instr), name}, at, first)
}

// signalsOn returns the instructions that send on a channel, or close it: a variable that closures capture, or a field.
// all is false if there may be others.
func (c *checker) signalsOn(who any) (signals []ssa.Instruction, all bool) {
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.Alloc:
					if what(instr) == who && !onlyRead(instr) {
						return nil, false
					}
				case *ssa.FieldAddr:
					if what(instr) == who && !onlyRead(instr) {
						return nil, false
					}
				case *ssa.Store:
					if _, made := instr.Val.(*ssa.MakeChan); what(instr.Addr) == who && !made && !irutil.IsNil(instr.Val) {
						return nil, false
					}
				case *ssa.UnOp:
					if instr.Op != token.MUL || what(instr.X) != who {
						continue
					}
					for _, use := range *instr.Referrers() {
						signal, known := useOf(use, instr)
						if !known {
							return nil, false
						}
						if signal {
							signals = append(signals, use)
						}
					}
				}
			}
		}
	}
	return signals, true
}

// onlyRead reports whether a place in memory is read, written and captured, but its address goes nowhere.
func onlyRead(addr ssa.Value) bool {
	return !slices.ContainsFunc(*addr.Referrers(), func(use ssa.Instruction) bool {
		switch use := use.(type) {
		case *ssa.UnOp, *ssa.MakeClosure, *ssa.DebugRef:
			return false
		case *ssa.Store:
			return use.Addr != addr
		}
		return true
	})
}

// useOf says what a use of a channel is: one that gives a receiver something, or one that gives it nothing. known is false
// where the channel goes elsewhere.
func useOf(use ssa.Instruction, ch ssa.Value) (signal, known bool) {
	switch use := use.(type) {
	case *ssa.Send:
		return true, use.X != ch
	case *ssa.ChangeType:
		t, ok := use.Type().Underlying().(*types.Chan)
		return false, ok && t.Dir() == types.RecvOnly
	case *ssa.UnOp, *ssa.BinOp, *ssa.DebugRef:
		return false, true
	case *ssa.Select:
		return false, !slices.ContainsFunc(use.States, func(s *ssa.SelectState) bool { return s.Dir == types.SendOnly && s.Chan == ch || s.Send == ch })
	case ssa.CallInstruction:
		b, builtin := use.Common().Value.(*ssa.Builtin)
		return builtin && b.Name() == "close", builtin
	}
	return false, false
}

// before reports whether an instruction can run before another one of the same function, which may be deferred.
func before(first, then ssa.Instruction) bool {
	if _, deferred := then.(*ssa.Defer); deferred {
		return true
	}
	if first.Block() == then.Block() {
		return slices.Index(first.Block().Instrs, first) < slices.Index(then.Block().Instrs, then)
	}
	seen := make(map[*ssa.BasicBlock]bool)
	todo := []*ssa.BasicBlock{first.Block()}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, s := range b.Succs {
			if s == then.Block() {
				return true
			}
			if !seen[s] {
				seen[s] = true
				todo = append(todo, s)
			}
		}
	}
	return false
}

// endsWith reports whether a function that waits calls a method of the object by which the work waits: it may end that.
func (c *checker) endsWith(fn *ssa.Function, wait ssa.CallInstruction) bool {
	args := skeleton.CalleeOf(wait.Common()).Args
	if len(args) == 0 {
		return false
	}
	who := what(args[0])
	return who != nil && inBody(fn, func(instr ssa.Instruction) bool {
		call, ok := instr.(ssa.CallInstruction)
		if !ok {
			return false
		}
		args := skeleton.CalleeOf(call.Common()).Args
		return len(args) > 0 && what(args[0]) == who
	})
}

// nameOf is the name of the variable or field that what identifies.
func nameOf(who any) string {
	switch who := who.(type) {
	case types.Object:
		return who.Name()
	case *ssa.Alloc:
		return who.Comment
	}
	return "the channel"
}
