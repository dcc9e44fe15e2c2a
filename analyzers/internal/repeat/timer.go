package repeat

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// TimerOf returns the time.Timer or time.Ticker that a channel is of, or nil.
func TimerOf(ch ssa.Value) ssa.Value {
	load, ok := ch.(*ssa.UnOp)
	if !ok {
		return nil
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok || !irutil.IsNamed(irutil.Deref(addr.X.Type()), "time", "Timer", "Ticker") {
		return nil
	}
	return addr.X
}

// Waits reports whether an instruction waits for something to come: from a channel, or for time to pass.
func Waits(instr ssa.Instruction) bool {
	switch op := skeleton.OpOf(instr); op.Kind {
	case skeleton.Recv, skeleton.Sleep:
		return true
	case skeleton.Select:
		return !op.Default && slices.ContainsFunc(op.Cases, func(s *ssa.SelectState) bool { return s.Dir == types.RecvOnly })
	}
	return false
}
