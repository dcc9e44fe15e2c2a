package goroutineleak

import (
	"go/constant"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// leftOut reports whether a branch leaves out a loop whose rounds hand the duty on: that there is nothing to loop over is the
// exception that code does not provide for.
func (w *walker) leftOut(block, next *ssa.BasicBlock) bool {
	for _, l := range w.loops() {
		if l.header != block || l.body[next] {
			continue
		}
		if slices.ContainsFunc(w.path, func(b *ssa.BasicBlock) bool { return b != block && l.body[b] }) {
			return false // there was a round
		}
		for b := range l.body {
			for _, instr := range b.Instrs {
				if e := w.d.effects[instr]; e == transfers || e == transfersIfNil {
					return true
				}
			}
		}
	}
	return false
}

// loops are the loops of the function that has the duty.
func (w *walker) loops() []*loop {
	if w.natural == nil {
		fn := w.d.fn
		if w.d.acquire != nil {
			fn = w.d.acquire.Parent()
		}
		w.natural = naturalLoops(fn)
	}
	return w.natural
}

// noneThen returns a function that says whether an outcome of a condition means that a call has made no context: it is a
// result of the same call, and what it calls returns nil with it.
func noneThen(made maker) func(cond ssa.Value, outcome bool) bool {
	callee := made.Call.Call.StaticCallee()
	return func(cond ssa.Value, outcome bool) bool {
		e, ok := cond.(*ssa.Extract)
		if !ok || e.Tuple != made.Call || callee == nil {
			return false
		}
		none := false
		for _, b := range callee.Blocks {
			ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
			if !ok {
				continue
			}
			k, ok := ret.Results[e.Index].(*ssa.Const)
			if !ok || k.Value == nil || k.Value.Kind() != constant.Bool {
				return false
			}
			if constant.BoolVal(k.Value) != outcome {
				continue
			}
			if !irutil.IsNil(ret.Results[made.cancel]) {
				return false
			}
			none = true
		}
		return none
	}
}
