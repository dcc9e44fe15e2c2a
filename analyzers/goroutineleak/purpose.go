package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// onPurpose reports whether what blocks is meant to: the end of main, or of a command, where the process is kept alive.
func (c *checker) onPurpose(s explore.Stuck) bool {
	if !s.Root || len(s.Holds) > 0 || s.Kind == skeleton.Lock || s.Kind == skeleton.RLock {
		return false
	}
	if root := s.Stack[len(s.Stack)-1].Func.SSA; c.Pkg.Name() == "main" && !skeleton.OnlyStarted(root) {
		return true // main may call it
	}
	return c.keepsAlive(s.At)
}

// keepsAlive reports whether an instruction is how a command keeps its process alive.
func (c *checker) keepsAlive(instr ssa.Instruction) bool {
	return onlyReceived(instr) && c.program.InCommand(instr.Parent())
}

// onlyReceived reports whether an instruction receives from a channel that is made for nothing else: nobody was ever meant
// to send on it or to close it.
func onlyReceived(instr ssa.Instruction) bool {
	isRecv := func(instr ssa.Instruction) bool {
		op, ok := instr.(*ssa.UnOp)
		return ok && op.Op == token.ARROW
	}
	if !isRecv(instr) {
		return false
	}
	ch, ok := instr.(*ssa.UnOp).X.(*ssa.MakeChan)
	return ok && !slices.ContainsFunc(*ch.Referrers(), func(use ssa.Instruction) bool { return !isRecv(use) })
}

// roomForAll reports whether a send that found no room is on a channel whose capacity is computed such that the explorer
// does not know better than who computed it: it tries numbers that are not known one by one. Twice the length of a list is
// enough for two values of each element; and a list that a call returns cannot be longer than the one it was asked about, say.
func (c *checker) roomForAll(s explore.Stuck) bool {
	if s.Kind != skeleton.Send {
		return false
	}
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if ch, ok := instr.(*ssa.MakeChan); ok && ch.Pos() == s.Made {
					return isLen(ch.Size) && irutil.InCycle(s.At.Block()) || ofLen(ch.Size, 0) || roundsFor(s.At, ch.Size) || c.asksLen(s, ch)
				}
			}
		}
	}
	return false
}

// roundsFor reports whether an instruction is in a loop that has as many rounds as a number says that is not constant: what is
// read twice from one place is taken to be the same.
func roundsFor(instr ssa.Instruction, n ssa.Value) bool {
	if _, constant := n.(*ssa.Const); constant {
		return false
	}
	want := conditionKey(n, 0)
	return slices.ContainsFunc(loopsAround(instr), func(l *loop) bool {
		branch, ok := l.header.Instrs[len(l.header.Instrs)-1].(*ssa.If)
		if !ok {
			return false
		}
		cond, ok := branch.Cond.(*ssa.BinOp)
		return ok && cond.Op == token.LSS && conditionKey(cond.Y, 0) == want
	})
}

// maxArithmetic bounds how deep a computation is followed.
const maxArithmetic = 4

// ofLen reports whether a number is computed from the length of something, on all ways or on some.
func ofLen(v ssa.Value, depth int) bool {
	return !isLen(v) && computed(v, depth, isLen)
}

// computed reports whether a number is, or is computed from, one for which is is true.
func computed(v ssa.Value, depth int, is func(ssa.Value) bool) bool {
	if is(v) {
		return true
	}
	if depth > maxArithmetic {
		return false
	}
	from := func(x ssa.Value) bool { return computed(x, depth+1, is) }
	switch v := v.(type) {
	case *ssa.BinOp:
		return from(v.X) || from(v.Y)
	case *ssa.Convert:
		return from(v.X)
	case *ssa.Phi:
		return slices.ContainsFunc(v.Edges, from)
	case *ssa.Call:
		b, ok := v.Call.Value.(*ssa.Builtin)
		return ok && b.Name() == "max" && slices.ContainsFunc(v.Call.Args, from)
	}
	return false
}

// isLen reports whether a number is the length of something.
func isLen(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "len" && types.Identical(v.Type(), types.Typ[types.Int])
}
