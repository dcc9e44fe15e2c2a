package goroutineleak

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A loop is a natural loop of a function.
type loop struct {
	header *ssa.BasicBlock
	body   map[*ssa.BasicBlock]bool // with the header
}

// loopsOf returns the natural loops of fn.
func (w *world) loopsOf(fn *ssa.Function) []*loop {
	if list, known := w.loops[fn]; known {
		return list
	}
	list := naturalLoops(fn)
	w.loops[fn] = list
	return list
}

// naturalLoops finds the natural loops of a function.
func naturalLoops(fn *ssa.Function) []*loop {
	var list []*loop
	for _, l := range irutil.Loops(fn, nil) {
		list = append(list, &loop{header: l.Head, body: l.Has})
	}
	return list
}

// repeats reports whether b runs again within one run of outer, a block of the same function, or of the function where
// outer is nil.
func (w *world) repeats(b, outer *ssa.BasicBlock) bool {
	return slices.ContainsFunc(w.loopsOf(b.Parent()), func(l *loop) bool { return l.body[b] && (outer == nil || !l.body[outer]) })
}

// trips returns how often the loops around b, without those around outer, run b: a number if all of them count to a
// constant, else many.
func (w *world) trips(b, outer *ssa.BasicBlock) int {
	n := 1
	for _, l := range w.loopsOf(b.Parent()) {
		if l.body[b] && (outer == nil || !l.body[outer]) {
			k, known := l.constantTrips()
			if l.onceOnly(b) {
				k, known = 1, true
			}
			if !known || n*k >= many {
				return many
			}
			n *= k
		}
	}
	return n
}

// many is a number that no constant reaches.
const many = 1 << 20

// constantTrips recognises a loop that counts from a constant to a constant by one.
func (l *loop) constantTrips() (int, bool) {
	for b := range l.body {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || l.body[b.Succs[0]] == l.body[b.Succs[1]] {
			continue
		}
		cmp, ok := br.Cond.(*ssa.BinOp)
		if !ok || cmp.Op != token.LSS && cmp.Op != token.LEQ {
			return 0, false
		}
		limit, ok := intConst(cmp.Y)
		if !ok {
			return 0, false
		}
		x := cmp.X
		if inc, ok := x.(*ssa.BinOp); ok && inc.Op == token.ADD { // a range over an integer counts before it compares
			if step, ok := intConst(inc.Y); ok && step == 1 {
				x = inc.X
			}
		}
		phi, ok := x.(*ssa.Phi)
		if !ok || phi.Block() != l.header && phi != x {
			return 0, false
		}
		for i, e := range phi.Edges {
			if l.body[phi.Block().Preds[i]] {
				continue
			}
			first, ok := intConst(e)
			if !ok {
				return 0, false
			}
			n := limit - first
			if cmp.Op == token.LEQ {
				n++
			}
			if x != cmp.X && first < 0 {
				n = limit // range over an array or slice begins with -1
			}
			if n < 0 || n > many {
				return 0, false
			}
			return int(n), true
		}
		return 0, false
	}
	return 0, false
}

// bound names what limits a loop that counts: two loops with the same have as many rounds. It is empty for others.
func (w *world) bound(l *loop) string {
	for _, b := range l.header.Parent().Blocks {
		if !l.body[b] {
			continue
		}
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || l.body[b.Succs[0]] == l.body[b.Succs[1]] {
			continue
		}
		switch cond := br.Cond.(type) {
		case *ssa.BinOp:
			if cond.Op == token.LSS {
				return w.words(cond.Y, 0)
			}
		case *ssa.Extract:
			next, ok := cond.Tuple.(*ssa.Next)
			if !ok || cond.Index != 0 {
				continue
			}
			if over, ok := next.Iter.(*ssa.Range); ok {
				if x := w.words(over.X, 0); x != "" {
					return "len" + x
				}
			}
		}
	}
	return ""
}

// innermost returns the smallest loop around a block, or nil.
func (w *world) innermost(b *ssa.BasicBlock) *loop {
	var best *loop
	for _, l := range w.loopsOf(b.Parent()) {
		if l.body[b] && (best == nil || len(l.body) < len(best.body)) {
			best = l
		}
	}
	return best
}

func intConst(v ssa.Value) (int64, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(c.Value)
}

// counts reports whether a condition is about a number, or about the end of a map or string that is ranged over: what
// bounds a loop by the number of things to do.
func counts(cond ssa.Value) bool {
	switch c := cond.(type) {
	case *ssa.UnOp:
		return c.Op == token.NOT && counts(c.X)
	case *ssa.BinOp:
		b, ok := c.X.Type().Underlying().(*types.Basic)
		return ok && b.Info()&types.IsInteger != 0 && !received(c.X, 0) && !received(c.Y, 0)
	case *ssa.Extract:
		_, next := c.Tuple.(*ssa.Next)
		return next && c.Index == 0
	}
	return false
}

// received reports whether a value is, or is part of, one that came from a channel.
func received(v ssa.Value, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := v.(type) {
	case *ssa.UnOp:
		return v.Op == token.ARROW || received(v.X, depth+1)
	case *ssa.Extract:
		if _, sel := v.Tuple.(*ssa.Select); sel {
			return v.Index >= 2
		}
		return received(v.Tuple, depth+1)
	case *ssa.Field:
		return received(v.X, depth+1)
	case *ssa.FieldAddr:
		return received(v.X, depth+1)
	case *ssa.Index:
		return received(v.X, depth+1)
	case *ssa.IndexAddr:
		return received(v.X, depth+1)
	case *ssa.TypeAssert:
		return received(v.X, depth+1)
	case *ssa.Convert:
		return received(v.X, depth+1)
	case *ssa.ChangeType:
		return received(v.X, depth+1)
	case *ssa.Alloc:
		for _, use := range *v.Referrers() {
			if st, ok := use.(*ssa.Store); ok && st.Addr == v && received(st.Val, depth+1) {
				return true
			}
		}
	}
	return false
}
