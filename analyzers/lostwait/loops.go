package lostwait

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// loopsOf returns the loops of a function, so far as they can be reached.
func (c *checker) loopsOf(fn *ssa.Function) []*irutil.Loop {
	if loops, ok := c.loops[fn]; ok {
		return loops
	}
	loops := irutil.Loops(fn, c.exits.Succs)
	c.loops[fn] = loops
	return loops
}

// around returns the loops around a block, the innermost first.
func (c *checker) around(b *ssa.BasicBlock) []*irutil.Loop {
	var all []*irutil.Loop
	for _, l := range c.loopsOf(b.Parent()) {
		if l.Has[b] {
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b *irutil.Loop) int { return len(a.Has) - len(b.Has) })
	return all
}

// exitsOf returns the ways out of a loop: their conditions.
func (c *checker) exitsOf(l *irutil.Loop) (conds []ssa.Value) {
	for _, b := range l.Head.Parent().Blocks {
		if !l.Has[b] {
			continue
		}
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for _, s := range b.Succs {
			if !l.Has[s] && slices.Contains(c.exits.Succs(b), s) {
				conds = append(conds, branch.Cond)
			}
		}
	}
	return conds
}

// counted reports whether a condition asks for a count or for the next element of a collection.
func (c *checker) counted(cond ssa.Value, l *irutil.Loop) bool { return c.countedBy(cond, l, 0) }

func (c *checker) countedBy(v ssa.Value, l *irutil.Loop, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := v.(type) {
	case *ssa.Next:
		return true
	case *ssa.Call:
		row, _ := c.rooted(v)
		return row != nil && !row.Waits
	case *ssa.Phi:
		return l.Has[v.Block()] && isCount(v.Type())
	case *ssa.BinOp:
		if !isCount(v.X.Type()) {
			return false
		}
		return c.countedBy(v.X, l, depth+1) || c.countedBy(v.Y, l, depth+1)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			cell, ok := v.X.(*ssa.Alloc)
			return ok && isCount(v.Type()) && cell.Comment != "complit"
		}
		return v.Op == token.NOT && c.countedBy(v.X, l, depth+1)
	case *ssa.Extract:
		_, next := v.Tuple.(*ssa.Next)
		return next
	case *ssa.Convert:
		return c.countedBy(v.X, l, depth+1)
	}
	return false
}

// isCount reports whether a value of the type may count rounds. A time does not: it grows with each round.
func isCount(t types.Type) bool { return irutil.IsInteger(t) && !isDuration(t) }

func isDuration(t types.Type) bool { return irutil.IsNamed(t, "time", "Duration") }

// rounds returns how often a loop goes round at most, where it counts from one constant to another; 0 where that is not
// known.
func (c *checker) rounds(l *irutil.Loop) int64 {
	conds := c.exitsOf(l)
	for _, cond := range conds {
		cmp, ok := cond.(*ssa.BinOp)
		if !ok {
			continue
		}
		for _, pair := range [...][2]ssa.Value{{cmp.X, cmp.Y}, {cmp.Y, cmp.X}} {
			limit, ok := integer(pair[1])
			if !ok {
				continue
			}
			if from, ok := counterFrom(pair[0], l); ok {
				if n := limit - from; n > 0 {
					return n + 1
				} else if n < 0 {
					return 1 - n
				}
			}
		}
	}
	return 0
}

// counterFrom returns where a variable of a loop that counts by one begins.
func counterFrom(v ssa.Value, l *irutil.Loop) (from int64, ok bool) {
	if sum, isSum := v.(*ssa.BinOp); isSum && (sum.Op == token.ADD || sum.Op == token.SUB) {
		v = sum.X
	}
	phi, isPhi := v.(*ssa.Phi)
	if !isPhi || !l.Has[phi.Block()] {
		return 0, false
	}
	for _, e := range phi.Edges {
		if k, isConst := integer(e); isConst {
			from, ok = k, true
			continue
		}
		step, isSum := e.(*ssa.BinOp)
		if !isSum || step.Op != token.ADD && step.Op != token.SUB {
			return 0, false
		}
	}
	return from, ok
}

func integer(v ssa.Value) (int64, bool) {
	k, ok := v.(*ssa.Const)
	if !ok || k.Value == nil || k.Value.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(k.Value)
}

// A verdict is what a condition is when a call has failed.
type verdict int

const (
	either verdict = iota
	yes
	no
	byCount // it asks for a count
)

// judge says what a condition is when a call has failed with an error of which nothing more is known. of tells the values
// that hold the error.
func (c *checker) judge(cond ssa.Value, l *irutil.Loop, of func(ssa.Value) bool) verdict {
	if c.counted(cond, l) {
		return byCount
	}
	err, isNil, ok := irutil.NilTest(cond, true)
	switch {
	case !ok || !of(err):
		return either
	case isNil:
		return no
	}
	return yes
}

// taken says whether a way is taken when a call has failed. Of a plain error it is known that it is of none of the kinds
// that are looked for.
func (c *checker) taken(way repeat.Way, l *irutil.Loop, of func(ssa.Value) bool, plain bool) verdict {
	if way.If == nil {
		return yes
	}
	v := c.judge(way.If.Cond, l, of)
	if v == either && plain {
		if kind, known := ofKind(way.If.Cond, of); known {
			if v = yes; kind {
				v = no
			}
		}
	}
	switch {
	case v == either, v == byCount:
		return v
	case way.Value == (v == yes):
		return yes
	}
	return no
}

// failures returns a test for the values that hold the error of a call, or nil if it has none.
func failures(call *ssa.Call) func(ssa.Value) bool {
	err := errorOf(call)
	if err == nil {
		return nil
	}
	cells := make(map[ssa.Value]bool)
	for _, use := range *err.Referrers() {
		if store, ok := use.(*ssa.Store); ok && store.Val == err {
			cells[store.Addr] = true
		}
	}
	return func(v ssa.Value) bool {
		switch v := v.(type) {
		case *ssa.Phi:
			return slices.Contains(v.Edges, err)
		case *ssa.UnOp:
			return v.Op == token.MUL && cells[v.X]
		}
		return v == err
	}
}

// errorOf returns the error that a call returns, or nil: it has none, or nobody looks at it.
func errorOf(call *ssa.Call) ssa.Value {
	results := call.Call.Signature().Results()
	n := results.Len()
	if n == 0 || !irutil.IsError(results.At(n-1).Type()) {
		return nil
	}
	if n == 1 {
		if len(*call.Referrers()) == 0 {
			return nil
		}
		return call
	}
	for _, use := range *call.Referrers() {
		if e, ok := use.(*ssa.Extract); ok && e.Index == n-1 {
			return e
		}
	}
	return nil
}
