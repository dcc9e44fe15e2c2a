package goroutineleak

import (
	"go/constant"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A web is what a local variable is at different places: phis, and what is assigned to it.
type web struct {
	leaves map[ssa.Value][]*ssa.BasicBlock // what is assigned, with the blocks that it comes from where it is a constant
	ups    []*ssa.BinOp                    // x + 1
	downs  []*ssa.BinOp                    // x - 1
	other  bool
}

// webOf follows a variable from one of its values.
func webOf(v ssa.Value) *web {
	w := &web{leaves: make(map[ssa.Value][]*ssa.BasicBlock)}
	seen := make(map[ssa.Value]bool)
	var visit func(v ssa.Value, from *ssa.BasicBlock)
	visit = func(v ssa.Value, from *ssa.BasicBlock) {
		if c, ok := v.(*ssa.Const); ok {
			w.leaves[c] = append(w.leaves[c], from)
			return
		}
		if seen[v] {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Phi:
			for i, e := range v.Edges {
				visit(e, v.Block().Preds[i])
			}
			return
		case *ssa.BinOp:
			if n, ok := intConst(v.Y); ok && n == 1 && (v.Op == token.ADD || v.Op == token.SUB) {
				if v.Op == token.ADD {
					w.ups = append(w.ups, v)
				} else {
					w.downs = append(w.downs, v)
				}
				visit(v.X, v.Block())
				return
			}
		}
		w.other = true
	}
	visit(v, nil)
	return w
}

// countedDown reports whether a branch is taken where a local counter is zero that counts the goroutines which were started
// and have not been received from yet: it goes up where the one that waits was started, and down only behind a receive. Where
// it is zero, all have been served.
func (s *search) countedDown(cond ssa.Value, positive bool) bool {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok || s.begin == nil {
		return false
	}
	if n, ok := intConst(cmp.Y); !ok || n != 0 {
		return false
	}
	switch cmp.Op {
	case token.EQL, token.LEQ:
	case token.NEQ, token.GTR:
		positive = !positive
	default:
		return false
	}
	if !positive {
		return false
	}
	count := webOf(cmp.X)
	if count.other || len(count.ups) != 1 || count.ups[0].Block() != s.begin.Block() {
		return false
	}
	for v := range count.leaves {
		if n, ok := intConst(v); !ok || n != 0 {
			return false
		}
	}
	return !slices.ContainsFunc(count.downs, func(down *ssa.BinOp) bool { return !s.w.behindReceive(down) })
}

// behindReceive reports whether an instruction runs only after a receive of its round of the loop.
func (w *world) behindReceive(instr ssa.Instruction) bool {
	for d := instr.Block(); d != nil; d = d.Idom() {
		for _, before := range d.Instrs {
			for _, op := range w.ops[before] {
				if op.Does(skeleton.Recv) && w.precedes(op.ClassOp, instr) && w.innermost(before.Block()) == w.innermost(instr.Block()) {
					return true
				}
			}
		}
	}
	return false
}

// flagged reports whether a branch is taken only where a local flag is set, which is set nowhere but where the one that waits
// is served.
func (s *search) flagged(cond ssa.Value, positive bool) bool {
	if _, ok := cond.(*ssa.Phi); !ok {
		return false
	}
	flag := webOf(cond)
	if flag.other || len(flag.leaves) < 2 {
		return false
	}
	for v, from := range flag.leaves {
		c, ok := v.(*ssa.Const)
		if !ok || c.Value == nil || c.Value.Kind() != constant.Bool {
			return false
		}
		if constant.BoolVal(c.Value) != positive {
			continue
		}
		for _, b := range from {
			if b == nil || !slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool { return s.effect(instr) >= s.need }) {
				return false
			}
		}
	}
	return true
}

// onceOnly reports whether a block runs in one round of a loop at most: where a variable that goes up by one in each round is
// seen to be a certain number.
func (l *loop) onceOnly(b *ssa.BasicBlock) bool {
	for ; b.Idom() != nil && l.body[b.Idom()]; b = b.Idom() {
		br, ok := b.Idom().Instrs[len(b.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(b.Preds) != 1 || b.Idom().Succs[0] != b {
			continue
		}
		cond, ok := br.Cond.(*ssa.BinOp)
		if !ok || cond.Op != token.EQL {
			continue
		}
		if _, constant := intConst(cond.Y); constant && l.counter(cond.X) {
			return true
		}
	}
	return false
}

// counter reports whether a value goes up by one in each round of the loop: a phi of its header, or one more than it.
func (l *loop) counter(v ssa.Value) bool {
	if inc, ok := v.(*ssa.BinOp); ok && inc.Op == token.ADD {
		if n, ok := intConst(inc.Y); !ok || n != 1 {
			return false
		}
		v = inc.X
	}
	phi, ok := v.(*ssa.Phi)
	if !ok || phi.Block() != l.header {
		return false
	}
	for i, e := range phi.Edges {
		if !l.body[phi.Block().Preds[i]] {
			continue
		}
		inc, ok := e.(*ssa.BinOp)
		if !ok || inc.Op != token.ADD || inc.X != ssa.Value(phi) {
			return false
		}
		if n, ok := intConst(inc.Y); !ok || n != 1 {
			return false
		}
	}
	return true
}

// oneAtATime reports whether a goroutine is started only by a case of a select whose channel is nil from then on, until what the
// goroutine sends was received: there is at most one of them whose value was not.
func (w *world) oneAtATime(class *skeleton.Class, start ssa.Instruction) bool {
	for d := start.Block(); d != nil && d.Idom() != nil; d = d.Idom() {
		br, ok := d.Idom().Instrs[len(d.Idom().Instrs)-1].(*ssa.If)
		if !ok || len(d.Preds) != 1 || d.Idom().Succs[0] != d {
			continue
		}
		cond, ok := br.Cond.(*ssa.BinOp)
		if !ok {
			continue
		}
		sel, k, ok := selectCase(cond)
		if !ok || k >= len(sel.States) || sel.States[k].Send != nil {
			continue
		}
		gate, ok := sel.States[k].Chan.(*ssa.Phi)
		if ok && sel.Block() == gate.Block() && w.opensOnReceive(class, gate, start) {
			return true
		}
	}
	return false
}

// opensOnReceive reports whether a channel variable at the head of a loop is nil after a start, and what it was, or anything,
// only behind a receive from the class.
func (w *world) opensOnReceive(class *skeleton.Class, gate *ssa.Phi, start ssa.Instruction) bool {
	closed := false
	for i, e := range gate.Edges {
		pred := gate.Block().Preds[i]
		switch {
		case !gate.Block().Dominates(pred):
		case start.Block().Dominates(pred):
			if !irutil.IsNil(e) {
				return false
			}
			closed = true
		case e == ssa.Value(gate):
			if reachesWithout(start.Block(), pred, gate.Block()) {
				return false
			}
		default:
			last := pred.Instrs[len(pred.Instrs)-1]
			if reachesWithout(start.Block(), pred, gate.Block()) || !slices.ContainsFunc(opsOf(class, skeleton.Recv), func(op skeleton.ClassOp) bool {
				return op.Fn == pred.Parent() && w.precedes(op, last)
			}) {
				return false
			}
		}
	}
	return closed
}

// reachesWithout reports whether one block leads to another without passing a third.
func reachesWithout(from, to, without *ssa.BasicBlock) bool {
	seen := map[*ssa.BasicBlock]bool{without: true}
	todo := []*ssa.BasicBlock{from}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if b == to {
			return true
		}
		if !seen[b] {
			seen[b] = true
			todo = append(todo, b.Succs...)
		}
	}
	return false
}
