package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// neverDone reports whether the channel is the Done of a context that nobody cancels while the goroutine of the search
// waits: it has no parent that could be, and is cancelled only by that goroutine, afterwards.
func (w *world) neverDone(ch ssa.Value, s *search) bool {
	call, ok := ch.(*ssa.Call)
	if !ok {
		return false
	}
	op := skeleton.OpOf(call)
	return op.Kind == skeleton.ContextDone && w.neverCancelled(op.Object, s, 0)
}

func (w *world) neverCancelled(ctx ssa.Value, s *search, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := ctx.(type) {
	case *ssa.Parameter:
		return w.argumentsNeverCancelled(v, s, depth+1)
	case *ssa.UnOp:
		// A variable that is assigned once, or captured.
		if stored := onlyStore(v.X, 0); stored != nil {
			return w.neverCancelled(stored, s, depth+1)
		}
	case *ssa.MakeInterface:
		return w.neverCancelled(v.X, s, depth+1)
	case *ssa.ChangeInterface:
		return w.neverCancelled(v.X, s, depth+1)
	case *ssa.Call:
		op := skeleton.OpOf(v)
		switch op.Kind {
		case skeleton.ContextRoot, skeleton.ContextWithoutCancel:
			return true
		case skeleton.ContextValue:
			return w.neverCancelled(op.Object, s, depth+1)
		}
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		if !ok || v.Index != 0 {
			return false
		}
		op := skeleton.OpOf(call)
		if op.Kind != skeleton.ContextCancel || !w.neverCancelled(op.Object, s, depth+1) {
			return false
		}
		for _, use := range *call.Referrers() {
			if e, ok := use.(*ssa.Extract); ok && e.Index == 1 && !w.onlyCancelledBy(e, s, 0) {
				return false
			}
		}
		return true
	}
	return false
}

// argumentsNeverCancelled is neverCancelled for a parameter of a function whose callers are all seen.
func (w *world) argumentsNeverCancelled(p *ssa.Parameter, s *search, depth int) bool {
	sites, all := w.classes.RunBy(p.Parent())
	i := slices.Index(p.Parent().Params, p)
	if !all || len(sites) == 0 || i < 0 {
		return false
	}
	for _, site := range sites {
		callee := skeleton.CalleeOf(site.Instr.Common())
		if callee.Func != p.Parent() || i >= len(callee.Args) || !w.neverCancelled(callee.Args[i], s, depth) {
			return false
		}
	}
	return true
}

// onlyCancelledBy reports whether a cancel function is called only by the goroutine that waits, after its wait.
func (w *world) onlyCancelledBy(cancel ssa.Value, s *search, depth int) bool {
	for _, use := range *cancel.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case ssa.CallInstruction:
			fn := use.Parent()
			_, deferred := use.(*ssa.Defer)
			if use.Common().Value != cancel || !s.run[fn] || fn == s.waits.Fn && !deferred && w.reaches(use, s.waits.Instr) {
				return false
			}
		case *ssa.Store:
			alloc, ok := use.Addr.(*ssa.Alloc)
			if !ok || depth > 2 || !w.onlyLoadedBy(alloc, s, depth+1) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// onlyLoadedBy is onlyCancelledBy for a variable that holds the cancel function.
func (w *world) onlyLoadedBy(addr ssa.Value, s *search, depth int) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.Store:
		case *ssa.UnOp:
			if !w.onlyCancelledBy(use, s, depth) {
				return false
			}
		case *ssa.MakeClosure:
			for i, b := range use.Bindings {
				if b == addr && (depth > 4 || !w.onlyLoadedBy(use.Fn.(*ssa.Function).FreeVars[i], s, depth+1)) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// onlyStore returns the value of a variable that is assigned once, through closures, or nil.
func onlyStore(addr ssa.Value, depth int) ssa.Value {
	if depth > 4 {
		return nil
	}
	switch addr := addr.(type) {
	case *ssa.FreeVar:
		if cell := skeleton.Bound(addr); cell != nil {
			return onlyStore(cell, depth+1)
		}
	case *ssa.Alloc:
		return skeleton.OnlyStored(addr)
	}
	return nil
}
