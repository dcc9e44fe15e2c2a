package goroutineleak

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// learn adds a fact if it can matter.
func (w *lockWalk) learn(fs lockFacts, f lockFact) lockFacts {
	if !w.tested[f.key] && !w.exportableKey(f.key) {
		return fs
	}
	return fs.with(f)
}

// findTested finds the values of which it matters what is known: those that are tested more than once, returned, or
// passed on.
func (w *lockWalk) findTested() {
	once := make(map[any]bool)
	test := func(key any) {
		if once[key] {
			w.tested[key] = true
		}
		once[key] = true
	}
	for _, b := range w.fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.If:
				test(w.keyOf(tested(i.Cond)))
			case *ssa.Return:
				for _, v := range i.Results {
					w.tested[w.keyOf(v)] = true
				}
			case *ssa.Phi:
				for _, v := range i.Edges {
					w.tested[w.keyOf(v)] = true
				}
			case *ssa.Store:
				w.tested[w.keyOf(i.Val)] = true
				if alloc, ok := i.Addr.(*ssa.Alloc); ok {
					w.tested[w.paths.Content(alloc)] = true
				}
			case ssa.CallInstruction:
				if !w.c.relevant[skeleton.CalleeOf(i.Common()).Func] {
					continue
				}
				for _, v := range i.Common().Args {
					w.tested[w.keyOf(v)] = true
				}
			}
		}
	}
}

// tested is the value that a condition is about.
func tested(cond ssa.Value) ssa.Value {
	switch v := cond.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			return tested(v.X)
		}
	case *ssa.BinOp:
		if x, _, _, ok := comparedTo(v); ok {
			return x
		}
	}
	return cond
}

// enter returns the facts after an edge from one block to another: what the phis become is known, and what the next
// round of a loop computes anew is not.
func (w *lockWalk) enter(from, to *ssa.BasicBlock, fs lockFacts) lockFacts {
	type assigned struct {
		key any
		f   lockFact
		ok  bool
	}
	var phis []assigned
	pred := 0
	for i, p := range to.Preds {
		if p == from {
			pred = i // the branches of an if that leads twice to the same block do not differ in phis that matter here
		}
	}
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		value, is, known := w.resultFact(phi.Edges[pred], fs)
		phis = append(phis, assigned{w.paths.Of(phi), lockFact{key: w.paths.Of(phi), value: value, is: is}, known})
	}
	if to.Dominates(from) {
		var kept lockFacts
		for _, f := range fs {
			if w.outlives(f.key, to) {
				kept = append(kept, f)
			}
		}
		fs = kept
	}
	for _, a := range phis {
		fs = fs.without(a.key)
		if a.ok {
			fs = fs.with(a.f)
		}
	}
	return fs
}

// outlives reports whether what is known by a key is the same in the next round of the loop with the header.
func (w *lockWalk) outlives(key any, header *ssa.BasicBlock) bool {
	switch k := key.(type) {
	case *skeleton.Path:
		if k.Kind == skeleton.LoadStep {
			// Assignments of local variables are all seen, those of others are not.
			alloc, ok := k.Of.Root.(*ssa.Alloc)
			return ok && k.Of.Of == nil && alloc.Parent() == w.fn && !madeInLoop(alloc, header)
		}
		same := true
		for p := k; p != nil; p = p.Of {
			same = same && p.Kind != skeleton.LoadStep
		}
		k.Values(func(v ssa.Value) { same = same && !madeInLoop(v, header) })
		return same
	case lockExpr:
		return w.outlives(k.x, header) && (k.y == nil || w.outlives(k.y, header))
	case lockConst:
		return true
	}
	return false
}

// madeInLoop reports whether a value is computed in the loop with the header.
func madeInLoop(v ssa.Value, header *ssa.BasicBlock) bool {
	instr, ok := v.(ssa.Instruction)
	return ok && instr.Parent() == header.Parent() && header.Dominates(instr.Block())
}
