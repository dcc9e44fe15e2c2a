package endlessgoroutine

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// tickerStop returns a call that stops the ticker which the loop waits for, and nothing else, or nil. Who calls it means
// to end the loop; but Stop does not close the channel, so that the goroutine waits for ever.
func (c *checker) tickerStop(loop *trap) ssa.CallInstruction {
	ticker := waitsOnlyFor(loop)
	if ticker == nil {
		return nil
	}
	for _, stop := range c.index.stops {
		op := skeleton.OpOf(stop)
		if len(op.Callee.Args) == 0 || !sameTicker(ticker, op.Callee.Args[0]) || within(stop.Parent(), loop.fn) || !c.exports(stop) {
			continue
		}
		return stop
	}
	return nil
}

// within reports whether fn is outer or a closure in it.
func within(fn, outer *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// waitsOnlyFor returns the ticker or timer that every wait of the loop is for, or nil.
func waitsOnlyFor(loop *trap) ssa.Value {
	var ticker ssa.Value
	for _, b := range loop.blocks {
		for _, instr := range b.Instrs {
			op := skeleton.OpOf(instr)
			var chans []ssa.Value
			switch op.Kind {
			case skeleton.Recv:
				chans = append(chans, op.Object)
			case skeleton.Select:
				if op.Default {
					return nil
				}
				for _, s := range op.Cases {
					chans = append(chans, s.Chan)
				}
			case skeleton.Sleep:
				return nil
			}
			for _, ch := range chans {
				t := tickerOf(ch)
				if t == nil || ticker != nil && !sameTicker(ticker, t) {
					return nil
				}
				ticker = t
			}
		}
	}
	return ticker
}

// tickerOf returns the *time.Ticker that the channel belongs to, or nil.
func tickerOf(ch ssa.Value) ssa.Value {
	load, ok := origin(ch).(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok || !isTimerField(addr.X.Type(), addr.Field) || pointerTo(addr.X.Type()).Obj().Name() != "Ticker" {
		return nil
	}
	return addr.X
}

// sameTicker reports whether both are one variable: the same field of whatever object, or the same local variable. A
// variable that gets several tickers may be read anew each time, so that stopping one does not end the wait.
func sameTicker(a, b ssa.Value) bool {
	fa, fb := tickerField(a), tickerField(b)
	if fa != nil || fb != nil {
		return fa == fb
	}
	return origin(a) == origin(b)
}

// tickerField returns the field that a ticker was read from, or nil.
func tickerField(v ssa.Value) *types.Var {
	load, ok := origin(v).(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	return fieldOf(addr.X.Type(), addr.Field)
}
