package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// failsWithout reports whether a function defers one that gives a lock back only if an error is returned: who gets none
// has the lock.
func (l *locker) failsWithout(fn *ssa.Function) bool {
	results := namedErrors(fn)
	if len(results) == 0 {
		return false
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			mc, ok := d.Call.Value.(*ssa.MakeClosure)
			if !ok {
				continue
			}
			if f, ok := mc.Fn.(*ssa.Function); ok && unlocks(f) && asksResult(f, mc, results) {
				return true
			}
		}
	}
	return false
}

// namedErrors lists the variables of a function's error results.
func namedErrors(fn *ssa.Function) []ssa.Value {
	var list []ssa.Value
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for _, v := range ret.Results {
			if load, ok := v.(*ssa.UnOp); ok && irutil.IsError(v.Type()) && !slices.Contains(list, load.X) {
				list = append(list, load.X)
			}
		}
	}
	return list
}

func unlocks(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if k := skeleton.OpOf(instr).Kind; k == skeleton.Unlock || k == skeleton.RUnlock {
				return true
			}
		}
	}
	return false
}

// asksResult reports whether a closure decides by one of the variables that it captures.
func asksResult(fn *ssa.Function, mc *ssa.MakeClosure, variables []ssa.Value) bool {
	for _, b := range fn.Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cond, ok := br.Cond.(*ssa.BinOp)
		if !ok {
			continue
		}
		for _, v := range []ssa.Value{cond.X, cond.Y} {
			load, ok := v.(*ssa.UnOp)
			if !ok {
				continue
			}
			if i := slices.IndexFunc(fn.FreeVars, func(free *ssa.FreeVar) bool { return free == load.X }); i >= 0 && slices.Contains(variables, mc.Bindings[i]) {
				return true
			}
		}
	}
	return false
}
