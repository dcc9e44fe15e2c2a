package goroutineleak

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// edge returns how often a branch serves, or -1 where it is not taken.
func (s *search) edge(b *ssa.BasicBlock, succ int, known facts) int {
	br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return 0
	}
	if truth, ok := s.w.decide(known, br.Cond); ok && truth != (succ == 0) {
		return -1
	}
	if s.bounds(b, succ, br.Cond) || s.optional(b, succ, br.Cond) || s.offers && s.noted(br.Cond) {
		return s.need
	}
	cond, positive := br.Cond, succ == 0
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, positive = not.X, !positive
	}
	if s.countedDown(cond, positive) || s.flagged(cond, positive) {
		return s.need
	}
	switch cond := cond.(type) {
	case *ssa.Extract:
		// v, ok := <-ch: what is closed was served.
		if cond.Index != 1 || positive {
			break
		}
		switch t := cond.Tuple.(type) {
		case *ssa.UnOp:
			class := s.w.classes.Of(t.X)
			if class == s.class {
				return s.need
			}
			if !s.repeated && s.onlyLater(class, skeleton.Close) {
				return -1
			}
		case *ssa.Select:
			if i := chosen(b, t); i >= 0 && s.w.classes.Of(t.States[i].Chan) == s.class {
				return s.need
			}
		}
	case *ssa.BinOp:
		if n, ok := s.nilEdge(cond, positive); ok {
			return n
		}
		if s.failed(cond, positive) {
			return -1
		}
		if sel, i, ok := selectCase(cond); ok && positive && i < len(sel.States) {
			return s.caseEdge(sel, i)
		}
	}
	return 0
}

// nilEdge decides a comparison of the channel with nil: it was made.
func (s *search) nilEdge(cond *ssa.BinOp, positive bool) (int, bool) {
	k, ok := cond.Y.(*ssa.Const)
	if !ok || !k.IsNil() || s.w.classes.Of(cond.X) != s.class {
		return 0, false
	}
	if positive == (cond.Op == token.EQL) {
		return -1, true
	}
	return 0, true
}

// failed reports whether a branch is the one where the call that gave the channel failed, which gives none then.
func (s *search) failed(cond *ssa.BinOp, positive bool) bool {
	k, ok := cond.Y.(*ssa.Const)
	if !ok || !k.IsNil() || positive == (cond.Op == token.EQL) {
		return false
	}
	err, ok := cond.X.(*ssa.Extract)
	call, isCall := s.begin.(*ssa.Call)
	if !ok || !isCall || err.Tuple != call {
		return false
	}
	sites, all := s.w.classes.Runs(call)
	if !all || len(sites) == 0 || !irutil.IsError(err.Type()) {
		return false
	}
	for _, site := range sites {
		for _, b := range site.Fn.Blocks {
			ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
			if !ok || err.Index >= len(ret.Results) || irutil.IsNil(ret.Results[err.Index]) {
				continue
			}
			// An error, or nobody knows: with it, no channel is given.
			for i, v := range ret.Results {
				if i != err.Index && s.w.classes.Of(v) == s.class && !irutil.IsNil(v) {
					return false
				}
			}
		}
	}
	return true
}

// caseEdge returns how often a case of a select serves, or -1 where it cannot be ready while the other waits.
func (s *search) caseEdge(sel *ssa.Select, i int) int {
	for _, op := range s.w.ops[sel] {
		if op.Case != i {
			continue
		}
		if op.class == s.class {
			return s.serves(op.ClassOp)
		}
		done := op.ClassOp
		switch {
		case done.Does(skeleton.Recv) && !s.repeated && s.onlyLater(op.class, skeleton.Send, skeleton.Close):
			return -1
		case done.Does(skeleton.Send) && !s.repeated && s.onlyLater(op.class, skeleton.Recv):
			return -1
		}
	}
	if st := sel.States[i]; st.Send == nil && (s.lasts != nil && s.lasts(st.Chan) || s.w.neverDone(st.Chan, s)) {
		return -1
	}
	return 0
}

// bounds reports whether a branch is the ordinary end of a loop that serves, after as many rounds as there is work, or its
// being left out where there is none.
func (s *search) bounds(b *ssa.BasicBlock, succ int, cond ssa.Value) bool {
	if !counts(cond) {
		return false
	}
	if bin, ok := cond.(*ssa.BinOp); ok {
		if _, _, sel := selectCase(bin); sel {
			return false
		}
	}
	for _, l := range s.w.loopsOf(b.Parent()) {
		if l.body[b.Succs[succ]] || !l.body[b.Succs[1-succ]] || !s.servesIn(l) {
			continue
		}
		return true
	}
	return false
}

// noted reports whether a condition asks a variable that is assigned where the service is done: "closed" or the like.
func (s *search) noted(cond ssa.Value) bool {
	bin, ok := cond.(*ssa.BinOp)
	if ok {
		if _, _, sel := selectCase(bin); sel || irutil.IsError(bin.X.Type()) {
			return false
		}
		cond = bin.X
	}
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond = not.X
	}
	switch v := cond.(type) {
	case *ssa.Phi:
		for i := range v.Edges {
			if s.after(v.Block().Preds[i]) {
				return true
			}
		}
	case *ssa.UnOp:
		if v.Op != token.MUL || v.X.Referrers() == nil {
			return false
		}
		for _, use := range *v.X.Referrers() {
			if st, ok := use.(*ssa.Store); ok && st.Addr == v.X && st.Parent() == v.Parent() && s.after(st.Block()) {
				return true
			}
		}
	}
	return false
}

// after reports whether a block, or one that leads to it and nowhere else, serves.
func (s *search) after(b *ssa.BasicBlock) bool {
	for range 8 {
		if s.servesHere(b) {
			return true
		}
		if len(b.Preds) != 1 || len(b.Preds[0].Succs) != 1 {
			return false
		}
		b = b.Preds[0]
	}
	return false
}

// optional reports whether a branch leaves out a service that is done "if need be", and goes on where the other branch does:
// whoever wrote the condition knows when it is needed. An error is no such condition.
func (s *search) optional(b *ssa.BasicBlock, succ int, cond ssa.Value) bool {
	if bin, ok := cond.(*ssa.BinOp); ok {
		if _, _, sel := selectCase(bin); sel || irutil.IsError(bin.X.Type()) {
			return false
		}
	}
	to, other := b.Succs[succ], b.Succs[1-succ]
	if len(other.Preds) != 1 || other.Dominates(to) || !s.servesWithin(other) {
		return false
	}
	seen := map[*ssa.BasicBlock]bool{b: true}
	todo := []*ssa.BasicBlock{other}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if x == to {
			return true
		}
		if !seen[x] {
			seen[x] = true
			todo = append(todo, x.Succs...)
		}
	}
	return false
}

// servesWithin reports whether a block, or one that it dominates, serves.
func (s *search) servesWithin(top *ssa.BasicBlock) bool {
	for _, b := range top.Parent().Blocks {
		if top.Dominates(b) && s.servesHere(b) {
			return true
		}
	}
	return false
}

// servesIn reports whether a loop serves.
func (s *search) servesIn(l *loop) bool {
	for b := range l.body {
		if s.servesHere(b) {
			return true
		}
	}
	return false
}

// servesHere reports whether a block serves, or calls what does.
func (s *search) servesHere(b *ssa.BasicBlock) bool {
	for _, instr := range b.Instrs {
		for _, op := range s.w.ops[instr] {
			if op.class == s.class && s.serves(op.ClassOp) > 0 {
				return true
			}
		}
		if call, ok := instr.(*ssa.Call); ok {
			sites, _ := s.w.classes.Runs(call)
			if slices.ContainsFunc(sites, func(site skeleton.Site) bool { return site.How != skeleton.Started && s.relevant[site.Fn] }) {
				return true
			}
		}
	}
	return false
}

// selectCase recognises the comparison that follows a select: the case with the number was chosen.
func selectCase(cond *ssa.BinOp) (sel *ssa.Select, i int, ok bool) {
	e, isExtract := cond.X.(*ssa.Extract)
	if !isExtract || e.Index != 0 || cond.Op != token.EQL {
		return nil, 0, false
	}
	sel, ok = e.Tuple.(*ssa.Select)
	if !ok {
		return nil, 0, false
	}
	n, ok := intConst(cond.Y)
	return sel, int(n), ok
}

// chosen returns which case of the select was chosen where b is reached, or -1.
func chosen(b *ssa.BasicBlock, sel *ssa.Select) int {
	for d := b; d != nil; d = d.Idom() {
		if len(d.Preds) != 1 {
			continue
		}
		p := d.Preds[0]
		br, ok := p.Instrs[len(p.Instrs)-1].(*ssa.If)
		if !ok || p.Succs[0] != d {
			continue
		}
		if cond, ok := br.Cond.(*ssa.BinOp); ok {
			if of, i, ok := selectCase(cond); ok && of == sel && i < len(sel.States) {
				return i
			}
		}
	}
	return -1
}
