package goroutineleak

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// meansIt reports whether a function is meant to return with the lock held, or may be.
func (l *locker) meansIt(w *lockWalk, h holding, kept []lockExit) bool {
	for _, e := range kept {
		if l.returnsOwner(h.path, e) {
			return true
		}
	}
	if outOfContainer(h.path) {
		return true
	}
	if l.releasedFor[w.fn] || w.fn.Name() == "init" || isMain(w.fn) || w.waitsOwn(h) {
		return true
	}
	mixed := w.released[h.at]
	if h.by != nil && !mixed && !l.releasedFor[h.by] {
		return true // said of the function that takes it
	}
	if h.by != nil && !mixed && l.siblingReleases(w.fn, h) {
		return true
	}
	noted := mixed && w.noted(h, kept)
	if mixed && !noted && !w.told(kept) && !l.failsWithout(w.fn) {
		return false
	}
	// All ways out keep it, or the result tells: "locked, if there was no error". Then somebody releases it, or may.
	if l.unexplained(h, noted) {
		return true
	}
	return l.reachable(h, w.fn) && !l.pairedElsewhere(w, h)
}

// outOfContainer reports whether a lock came out of a container of anything, like a sync.Map: whoever releases it gets it there.
func outOfContainer(p *skeleton.Path) bool {
	for p.Of != nil {
		p = p.Of
	}
	return p.Root != nil && types.IsInterface(p.Root.Type()) && isResult(p.Root)
}

func isResult(v ssa.Value) bool {
	if e, ok := v.(*ssa.Extract); ok {
		v = e.Tuple
	}
	_, ok := v.(*ssa.Call)
	return ok
}

// waitsOwn reports whether a function waits, with a lock of its own that it keeps, for others to signal a Cond: whoever signals
// has had the lock, and the lock ends with the function.
func (w *lockWalk) waitsOwn(h holding) bool {
	if _, own := h.path.Base().(*ssa.Alloc); !own || w.released[h.at] || h.at.Parent() != w.fn {
		return false
	}
	for _, b := range w.fn.Blocks {
		for _, instr := range b.Instrs {
			if skeleton.OpOf(instr).Kind == skeleton.CondWait && reaches(h.at, instr) {
				return true
			}
		}
	}
	return false
}

// siblingReleases reports whether another method of the same type releases a lock of the class that it has not taken: one
// begins what the other ends, and whoever has the object calls both.
func (l *locker) siblingReleases(fn *ssa.Function, h holding) bool {
	recv := fn.Signature.Recv()
	if recv == nil || h.path.Class() == nil {
		return false
	}
	for _, other := range l.fns {
		if r := other.Signature.Recv(); other == fn || r == nil || !types.Identical(r.Type(), recv.Type()) {
			continue
		}
		for _, o := range l.lockSummary(other).outcomes {
			if slices.ContainsFunc(o.locks, func(g holding) bool { return g.couldRelease(h) && g.path.Class() == h.path.Class() }) {
				return true
			}
		}
	}
	return false
}

// pairedElsewhere reports whether a function does more with a lock that others can release than taking it for them: it
// works on, and all other functions of the package that take the lock release it.
func (l *locker) pairedElsewhere(w *lockWalk, h holding) bool {
	works := false
	for _, b := range w.fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case ssa.CallInstruction:
				works = works || l.lockOpOf(i).kind == noLock && reaches(h.at, i)
			case *ssa.Store, *ssa.UnOp, *ssa.Lookup, *ssa.MapUpdate, *ssa.Range:
				works = works || reaches(h.at, i)
			}
		}
	}
	others := 0
	for _, fn := range l.fns {
		if fn == w.fn || !l.relevant[fn] {
			continue
		}
		taken := false
		for _, a := range l.lockSummary(fn).acquires {
			taken = taken || a.kind == skeleton.Lock && a.next == nil && a.path.Class() == h.path.Class()
		}
		if !taken {
			continue
		}
		for _, o := range l.lockSummary(fn).outcomes {
			if slices.ContainsFunc(o.locks, func(g holding) bool { return g.path.Class() == h.path.Class() }) {
				return false
			}
		}
		others++
	}
	return works && others >= 2
}

// returnsOwner reports whether the caller gets the object that the lock belongs to, and did not have it before.
func (l *locker) returnsOwner(lock *skeleton.Path, e lockExit) bool {
	// The variable that is returned, where it is assigned several times.
	variable := func(v ssa.Value) ssa.Value {
		if load, ok := v.(*ssa.UnOp); ok {
			return l.paths.Of(load.X).Root
		}
		return nil
	}
	if owner := variable(lock.Base()); owner != nil && slices.ContainsFunc(e.ret.Results, func(v ssa.Value) bool { return variable(v) == owner }) {
		return true
	}
	for p := lock; p != nil; p = p.Of {
		if _, param := p.Root.(*ssa.Parameter); param {
			return false
		}
		for _, v := range e.ret.Results {
			if load, ok := v.(*ssa.UnOp); ok && load.X == p.Root && p.Root != nil && loads(lock) && l.releasedAlone(l.paths, lock) {
				return true // a copy of the struct that has a pointer to the lock
			}
			v = e.node.lastStored(v)
			if load, ok := v.(*ssa.UnOp); ok && load.X == p.Root && p.Root != nil || l.paths.Of(v) == p {
				return true // the owner, or a struct that has the lock
			}
		}
	}
	return false
}

// lastStored returns what was last assigned to a result, where package ssa keeps results in variables.
func (n *lockNode) lastStored(v ssa.Value) ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return v
	}
	if _, ok := load.X.(*ssa.Alloc); !ok {
		return v
	}
	for range maxLockChain {
		if n == nil {
			break
		}
		for _, instr := range slices.Backward(n.block.Instrs) {
			if s, ok := instr.(*ssa.Store); ok && s.Addr == load.X {
				return s.Val
			}
		}
		n = n.from
	}
	return v
}

// maxLockChain bounds the way back from the end of a function to the assignment of a result.
const maxLockChain = 64

func isMain(fn *ssa.Function) bool {
	return fn.Name() == "main" && fn.Pkg != nil && fn.Pkg.Pkg.Name() == "main" && fn.Parent() == nil
}

// told reports whether the function's results tell the caller on which ways out the lock is held: those that succeed.
func (w *lockWalk) told(kept []lockExit) bool {
	results := func(e lockExit) []lockResult {
		out := make([]lockResult, len(e.ret.Results))
		for i, v := range e.ret.Results {
			if value, is, ok := w.resultFact(v, e.facts); ok {
				out[i] = lockResult{value, is}
			}
		}
		return out
	}
	var with, without [][]lockResult
	for _, e := range w.exits {
		if slices.ContainsFunc(kept, func(k lockExit) bool { return k.ret == e.ret && k.node == e.node }) {
			with = append(with, results(e))
		} else {
			without = append(without, results(e))
		}
	}
	for _, a := range with {
		for _, b := range without {
			apart := false
			for i, x := range a {
				failed := x == lockResult{"false", true} || x == lockResult{"nil", false} && irutil.IsError(w.fn.Signature.Results().At(i).Type()) ||
					x == lockResult{"nil", true} && !irutil.IsError(w.fn.Signature.Results().At(i).Type())
				y := b[i]
				apart = apart || x.value != "" && y.value != "" && !failed && lockFact{value: x.value, is: x.is}.contradicts(lockFact{value: y.value, is: y.is})
			}
			if !apart {
				return false
			}
		}
	}
	return len(without) > 0
}

// noted reports whether each way out with the lock held, and no other, says so in a field beside the lock, for whoever
// is to release it: o.locked = true.
func (w *lockWalk) noted(h holding, kept []lockExit) bool {
	for _, e := range w.exits {
		with := slices.ContainsFunc(kept, func(k lockExit) bool { return k.ret == e.ret && k.node == e.node })
		if with != w.notes(h, e.node) {
			return false
		}
	}
	return true
}

// notes reports whether the way to the end of a node sets a field of the lock's owner to true.
func (w *lockWalk) notes(h holding, n *lockNode) bool {
	for range maxLockChain {
		if n == nil {
			break
		}
		for _, instr := range slices.Backward(n.block.Instrs) {
			if instr == h.at {
				return false
			}
			s, ok := instr.(*ssa.Store)
			if !ok {
				continue
			}
			k, known := s.Val.(*ssa.Const)
			_, field := s.Addr.(*ssa.FieldAddr)
			if known && field && k.Value != nil && k.Value.Kind() == constant.Bool && constant.BoolVal(k.Value) && w.paths.Of(s.Addr).Base() == h.path.Base() {
				return true
			}
		}
		n = n.from
	}
	return false
}

// unexplained reports whether some function releases a lock of the class without having taken it, and may be called by
// whom we do not know, or by anybody.
func (l *locker) unexplained(h holding, anybody bool) bool {
	class := h.path.Class()
	if class == nil {
		return true
	}
	for _, fn := range l.fns {
		for _, o := range l.lockSummary(fn).outcomes {
			for _, g := range o.locks {
				if g.couldRelease(h) && (g.path.Class() == class || g.path.Class() == nil) && (anybody || l.open(fn)) {
					return true
				}
			}
		}
	}
	return false
}

// open reports whether a function may be called by others than the static calls of this package.
func (l *locker) open(fn *ssa.Function) bool {
	if l.asValue[fn] || l.started[fn] {
		return true
	}
	if fn.Parent() != nil {
		return false
	}
	if len(l.callers[fn]) == 0 {
		return true
	}
	if fn.Signature.Recv() != nil && l.invoked[fn.Name()] {
		return true
	}
	return token.IsExported(fn.Name())
}

// reachable reports whether code of other packages can release a lock, and can have it taken by fn.
func (l *locker) reachable(h holding, fn *ssa.Function) bool {
	if !l.open(fn) || l.Pkg.Name() == "main" {
		return false
	}
	p := h.path
	for ; p.Of != nil; p = p.Of {
		if p.Kind == skeleton.FieldStep && !p.Field.Exported() {
			return false
		}
	}
	switch root := p.Root.(type) {
	case *ssa.Global:
		return token.IsExported(root.Name())
	case *ssa.Alloc:
		if p == h.path {
			return false
		}
	}
	named := irutil.NamedOf(p.Root.Type())
	return named == nil || named.Obj().Exported()
}
