package goroutineleak

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// roundsByArithmetic reports whether a receive is in a loop whose rounds are computed by a division, such as one for each
// part that a list was cut into, or as the lesser of two numbers: whether as many values are sent is more arithmetic than
// the explorer does.
func roundsByArithmetic(s explore.Stuck) bool {
	beyond := func(v ssa.Value) bool {
		switch v := v.(type) {
		case *ssa.BinOp:
			return v.Op == token.QUO || v.Op == token.REM
		case *ssa.Call:
			b, ok := v.Call.Value.(*ssa.Builtin)
			return ok && b.Name() == "min"
		}
		return false
	}
	return s.Kind == skeleton.Recv && slices.ContainsFunc(loopsAround(s.At), func(l *loop) bool {
		return slices.ContainsFunc(comparedAway(l), func(cond *ssa.BinOp) bool { return cond.Op == token.LSS && computed(cond.Y, 0, beyond) })
	})
}

// roundsByList reports whether a receive is in a loop that counts what came, and each sender is started in a round over
// a list that a function makes of a number, such as rand.Perm: that it has as many elements is not known here.
func (c *checker) roundsByList(s explore.Stuck) bool {
	if s.Kind != skeleton.Recv || c.world == nil {
		return false
	}
	counts := slices.ContainsFunc(loopsAround(s.At), func(l *loop) bool {
		return slices.ContainsFunc(comparedAway(l), func(cond *ssa.BinOp) bool { return irutil.IsInteger(cond.X.Type()) })
	})
	return counts && slices.ContainsFunc(c.world.ops[s.At], func(op classOp) bool {
		sends := opsOf(op.class, skeleton.Send)
		return len(sends) > 0 && !slices.ContainsFunc(sends, func(send skeleton.ClassOp) bool { return !startedByList(send.Fn) })
	})
}

// startedByList reports whether a function literal is started in rounds over a list that a function makes of a number.
func startedByList(fn *ssa.Function) bool {
	if fn.Parent() == nil {
		return false
	}
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			start, ok := instr.(*ssa.Go)
			if ok && start.Call.StaticCallee() == fn && slices.ContainsFunc(loopsAround(start), func(l *loop) bool {
				return slices.ContainsFunc(comparedAway(l), func(cond *ssa.BinOp) bool { return cond.Op == token.LSS && lenOfMade(cond.Y) })
			}) {
				return true
			}
		}
	}
	return false
}

// lenOfMade reports whether a number is the length of what a call makes of another number.
func lenOfMade(v ssa.Value) bool {
	if !isLen(v) {
		return false
	}
	list, ok := v.(*ssa.Call).Call.Args[0].(*ssa.Call)
	return ok && slices.ContainsFunc(list.Call.Args, func(arg ssa.Value) bool { return irutil.IsInteger(arg.Type()) })
}

// loopsAround returns the loops that an instruction is in.
func loopsAround(at ssa.Instruction) []*loop {
	return slices.DeleteFunc(naturalLoops(at.Parent()), func(l *loop) bool { return !l.body[at.Block()] })
}

// comparedAway returns the comparisons by which a loop is left.
func comparedAway(l *loop) []*ssa.BinOp {
	var conds []*ssa.BinOp
	for _, b := range l.header.Parent().Blocks {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || !l.body[b] || l.body[b.Succs[0]] && l.body[b.Succs[1]] {
			continue
		}
		if cond, ok := branch.Cond.(*ssa.BinOp); ok {
			conds = append(conds, cond)
		}
	}
	return conds
}
