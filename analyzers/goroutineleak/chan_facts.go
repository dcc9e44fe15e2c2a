package goroutineleak

import (
	"fmt"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// facts are the conditions that hold where a search begins, by what they compare: the same question is answered the same
// way later on.
type facts map[string]bool

// knownAt collects the branches that lead to b.
func (w *world) knownAt(b *ssa.BasicBlock) facts {
	known := make(facts)
	for d := b; d.Idom() != nil; d = d.Idom() {
		if len(d.Preds) != 1 {
			continue
		}
		p := d.Preds[0]
		br, ok := p.Instrs[len(p.Instrs)-1].(*ssa.If)
		if !ok || p.Succs[0] == p.Succs[1] {
			continue
		}
		if key, negated := w.question(br.Cond); key != "" {
			truth := p.Succs[0] == d
			if _, nearer := known[key]; !nearer {
				known[key] = truth != negated
			}
		}
	}
	return known
}

// decide answers a condition from what is known.
func (w *world) decide(known facts, cond ssa.Value) (truth, ok bool) {
	key, negated := w.question(cond)
	if key == "" {
		return false, false
	}
	truth, ok = known[key]
	return truth != negated, ok
}

// question writes down what a condition asks, such that two conditions with the same words ask the same, or "".
func (w *world) question(cond ssa.Value) (key string, negated bool) {
	switch c := cond.(type) {
	case *ssa.UnOp:
		if c.Op == token.NOT {
			key, negated = w.question(c.X)
			return key, !negated
		}
	case *ssa.BinOp:
		x, y := w.words(c.X, 0), w.words(c.Y, 0)
		if x == "" || y == "" {
			return "", false
		}
		switch c.Op {
		case token.EQL:
			return x + "==" + y, false
		case token.NEQ:
			return x + "==" + y, true
		case token.LSS:
			return x + "<" + y, false
		case token.GEQ:
			return x + "<" + y, true
		case token.GTR:
			return y + "<" + x, false
		case token.LEQ:
			return y + "<" + x, true
		}
		return "", false
	}
	return w.words(cond, 0), false
}

// words names a value by where it comes from. A field that is read twice is taken to be the same: a guess that can only
// make us silent.
func (w *world) words(v ssa.Value, depth int) string {
	if depth > 6 {
		return ""
	}
	switch v := v.(type) {
	case *ssa.Const:
		return v.String()
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Global, *ssa.Alloc:
		return fmt.Sprintf("%p", v)
	case *ssa.FieldAddr:
		if x := w.words(v.X, depth+1); x != "" {
			return fmt.Sprintf("%s.%d", x, v.Field)
		}
	case *ssa.Field:
		if x := w.words(v.X, depth+1); x != "" {
			return fmt.Sprintf("%s.%d", x, v.Field)
		}
	case *ssa.UnOp:
		if v.Op == token.MUL && !assigned(v.X) {
			if x := w.words(v.X, depth+1); x != "" {
				return "*" + x
			}
		}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			if x := w.words(v.Call.Args[0], depth+1); x != "" {
				return b.Name() + x
			}
		}
		// The same method of the same value, without arguments, is taken to answer the same.
		if fn := v.Call.StaticCallee(); fn != nil && len(v.Call.Args) <= 1 {
			var args []string
			for _, a := range v.Call.Args {
				x := w.words(a, depth+1)
				if x == "" {
					return ""
				}
				args = append(args, x)
			}
			if len(args) > 0 {
				return fn.String() + "(" + strings.Join(args, ",") + ")"
			}
		}
	}
	if i, ok := v.(ssa.Instruction); ok && i.Block() != nil && w.repeats(i.Block(), nil) {
		return "" // another one in each round
	}
	return fmt.Sprintf("%p", v)
}

// assigned reports whether a variable is assigned to after it was declared.
func assigned(addr ssa.Value) bool {
	limit := 0
	switch addr.(type) {
	case *ssa.Alloc:
		limit = 1
	case *ssa.FreeVar:
	default:
		return false
	}
	n := 0
	for _, use := range *addr.Referrers() {
		if st, ok := use.(*ssa.Store); ok && st.Addr == addr {
			n++
		}
	}
	return n > limit
}
