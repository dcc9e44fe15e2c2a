package goroutineleak

import (
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// endsLater reports whether whoever lets the other side leave, by a case of its select, does so after the operation: the
// only function that leads to the operation leads to the signal too, after which it does not come back to it.
func (w *world) endsLater(waits skeleton.ClassOp, sel *ssa.Select, signalCase int) bool {
	signal := w.classes.Of(sel.States[signalCase].Chan)
	if signal == nil || !signal.Closed() {
		return false
	}
	waited := w.leadsTo(waits)
	given := false
	for _, op := range signal.Ops {
		if !op.Does(skeleton.Close) && !op.Does(skeleton.Send) {
			continue
		}
		given = true
		later := false
		for fn, at := range w.leadsTo(op) {
			later = later || waited[fn] != nil && !w.reaches(at, waited[fn])
		}
		if !later {
			return false
		}
	}
	return given
}

// leadsTo finds the functions from which alone an operation is reached, with the instruction in each that leads there.
func (w *world) leadsTo(op skeleton.ClassOp) map[*ssa.Function]ssa.Instruction {
	out := map[*ssa.Function]ssa.Instruction{op.Fn: op.Instr}
	for fn := op.Fn; ; {
		sites, all := w.classes.RunBy(fn)
		if !all || len(sites) != 1 || sites[0].How != skeleton.Called || out[sites[0].In] != nil {
			return out
		}
		fn = sites[0].In
		out[fn] = sites[0].Instr
	}
}
