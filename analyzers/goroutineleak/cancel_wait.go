package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// contextWaiters finds the goroutines that wait for a context.
type contextWaiters struct {
	c    *checker
	seen map[ssa.Value]bool
}

// maxWaitDepth bounds the calls that a context is followed into.
const maxWaitDepth = 4

// starts returns the instructions in the value's function that start a goroutine which waits for the context, or for the
// channel that its Done returned, by themselves or in a function of the package that they call.
func (w contextWaiters) starts(ctx ssa.Value, depth int) []ssa.Instruction {
	if depth > maxWaitDepth || w.seen[ctx] || ctx.Referrers() == nil {
		return nil
	}
	w.seen[ctx] = true
	var all []ssa.Instruction
	for _, use := range *ctx.Referrers() {
		switch use := use.(type) {
		case *ssa.Phi, *ssa.ChangeInterface, *ssa.ChangeType:
			all = append(all, w.starts(use.(ssa.Value), depth)...)
		case *ssa.Store:
			if cell, ok := use.Addr.(*ssa.Alloc); ok && use.Val == ctx {
				all = append(all, w.cell(cell, cell.Referrers(), depth)...)
			} else if key, owner, ok := fieldOf(use.Addr); ok && use.Val == ctx {
				all = append(all, w.methods(key, owner)...)
			}
		case ssa.CallInstruction:
			callee := skeleton.CalleeOf(use.Common())
			op := skeleton.OpOf(use)
			switch op.Kind {
			case skeleton.ContextCancel, skeleton.ContextTimeout, skeleton.ContextValue:
				if v, ok := use.(*ssa.Call); ok {
					var derived ssa.Value = v
					if op.Kind != skeleton.ContextValue {
						derived = extract(v, 0)
					}
					if derived != nil {
						all = append(all, w.starts(derived, depth)...)
					}
				}
				continue
			case skeleton.ContextDone:
				if v := use.Value(); v != nil {
					all = append(all, w.starts(v, depth)...)
				}
				continue
			}
			if callee.Func == nil || len(callee.Func.Blocks) == 0 {
				continue
			}
			for i, arg := range callee.Args {
				if arg != ctx || i >= len(callee.Func.Params) {
					continue
				}
				p := callee.Func.Params[i]
				if _, starts := use.(*ssa.Go); starts {
					if w.waits(p, 0) {
						all = append(all, use)
					}
				} else if len(w.starts(p, depth+1)) > 0 {
					all = append(all, use)
				}
			}
		}
	}
	return all
}

// methods returns the go statements of methods of the object that has the context in a field, and that wait for it.
func (w contextWaiters) methods(key fieldKey, owner ssa.Value) []ssa.Instruction {
	if owner.Referrers() == nil {
		return nil
	}
	var s signal
	s = signal{
		context: func(ctx ssa.Value) bool {
			load, ok := ctx.(*ssa.UnOp)
			if !ok {
				return false
			}
			k, _, ok := fieldOf(load.X)
			return ok && k == key
		},
		enters: func(skeleton.Callee) (signal, bool) { return s, true },
		waits:  make(map[*ssa.Function]bool),
	}
	var all []ssa.Instruction
	for _, use := range *owner.Referrers() {
		start, ok := use.(*ssa.Go)
		if !ok {
			continue
		}
		callee := skeleton.CalleeOf(start.Common())
		if callee.Func != nil && len(callee.Args) > 0 && callee.Args[0] == owner && w.c.trapped(callee.Func, s, 0) {
			all = append(all, start)
		}
	}
	return all
}

// cell is starts for a variable that closures capture.
func (w contextWaiters) cell(cell ssa.Value, uses *[]ssa.Instruction, depth int) []ssa.Instruction {
	var all []ssa.Instruction
	for _, use := range *uses {
		switch use := use.(type) {
		case *ssa.UnOp:
			all = append(all, w.starts(use, depth)...)
		case *ssa.MakeClosure:
			fn := use.Fn.(*ssa.Function)
			for i, b := range use.Bindings {
				if b != cell || !w.freeWaits(fn.FreeVars[i], 0) {
					continue
				}
				for _, run := range *use.Referrers() {
					switch run := run.(type) {
					case *ssa.Go:
						all = append(all, run)
					case *ssa.Call:
						if k := skeleton.OpOf(run).Kind; k == skeleton.WaitGroupGo || k == skeleton.GroupGo {
							all = append(all, run)
						}
					}
				}
			}
		}
	}
	return all
}

// freeWaits is waits for the variable behind a free variable.
func (w contextWaiters) freeWaits(v *ssa.FreeVar, depth int) bool {
	return w.c.trapped(v.Parent(), w.signal(func(ctx ssa.Value) bool {
		load, ok := ctx.(*ssa.UnOp)
		return ok && load.X == v
	}), depth)
}

// waits reports whether a goroutine that runs the parameter's function can get to where only the context ends it.
func (w contextWaiters) waits(p *ssa.Parameter, depth int) bool {
	return w.c.trapped(p.Parent(), w.signal(func(ctx ssa.Value) bool { return ctx == p }), depth)
}

// signal is the end of the contexts, or of the channels, for which is reports true.
func (w contextWaiters) signal(is func(v ssa.Value) bool) signal {
	return signal{
		channel: is,
		context: is,
		enters: func(callee skeleton.Callee) (signal, bool) {
			i := slices.IndexFunc(callee.Args, is)
			if i < 0 || i >= len(callee.Func.Params) {
				return signal{}, false
			}
			p := callee.Func.Params[i]
			return w.signal(func(ctx ssa.Value) bool { return ctx == p }), true
		},
	}
}
