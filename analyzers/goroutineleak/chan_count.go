package goroutineleak

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A sendCount counts sends on a channel, or other operations of one kind on one class.
type sendCount struct {
	w        *world
	class    *skeleton.Class
	kind     skeleton.Kind
	owner    *ssa.Function
	made     *ssa.BasicBlock        // in owner
	relevant map[*ssa.Function]bool // functions that send, or call one that does
	known    map[*ssa.Function]int
}

func (w *world) newSendCount(l local) *sendCount {
	return w.newCount(l.class, skeleton.Send, l.owner, l.made.Block())
}

func (w *world) newCount(class *skeleton.Class, kind skeleton.Kind, owner *ssa.Function, made *ssa.BasicBlock) *sendCount {
	relevant := w.relevantTo(class, owner, func(op skeleton.ClassOp) int {
		if op.Does(kind) {
			return 1
		}
		return 0
	})
	return &sendCount{w, class, kind, owner, made, relevant, make(map[*ssa.Function]int)}
}

// of returns how often one run of fn sends on the channel at most: a number, or many.
func (c *sendCount) of(fn *ssa.Function) int {
	if !c.relevant[fn] {
		return 0
	}
	if n, known := c.known[fn]; known {
		return n
	}
	c.known[fn] = many // a recursive call
	c.known[fn] = c.count(fn)
	return c.known[fn]
}

func (c *sendCount) count(fn *ssa.Function) int {
	w := c.w
	type event struct {
		instr ssa.Instruction
		n     int
	}
	var events []event
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			n := 0
			for _, op := range w.ops[instr] {
				if op.class == c.class && op.Does(c.kind) {
					n = max(n, 1)
				}
			}
			if call, ok := instr.(ssa.CallInstruction); ok && n == 0 {
				sites, _ := w.classes.Runs(call)
				for _, site := range sites {
					if site.How == skeleton.Started || site.How == skeleton.Deferred && replaces(site.Fn) && len(events) > 0 {
						continue
					}
					n = max(n, c.of(site.Fn))
				}
			}
			if n > 0 {
				outer := (*ssa.BasicBlock)(nil)
				if fn == c.owner {
					outer = c.made
				}
				events = append(events, event{instr, min(many, n*w.trips(b, outer))})
			}
		}
	}
	// The longest chain of events of which each can follow the one before. A send that is deferred comes last.
	best := make([]int, len(events))
	total := 0
	order := slices.Clone(events)
	slices.SortStableFunc(order, func(a, b event) int { return boolCompare(isDefer(a.instr), isDefer(b.instr)) })
	for i, e := range order {
		best[i] = e.n
		for j := range i {
			if isDefer(e.instr) || order[j].instr != e.instr && w.reaches(order[j].instr, e.instr) {
				if isDefer(e.instr) && replacesIn(w, e.instr) {
					continue
				}
				best[i] = max(best[i], min(many, best[j]+e.n))
			}
		}
		total = max(total, best[i])
	}
	return total
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func isDefer(instr ssa.Instruction) bool {
	_, ok := instr.(*ssa.Defer)
	return ok
}

func replacesIn(w *world, instr ssa.Instruction) bool {
	sites, _ := w.classes.Runs(instr.(ssa.CallInstruction))
	return slices.ContainsFunc(sites, func(site skeleton.Site) bool { return replaces(site.Fn) })
}

// replaces reports whether a deferred function sends in place of what comes before it: instead of what panicked, or where
// a flag says that it did not come so far.
func replaces(fn *ssa.Function) bool { return recovers(fn) || asksFlag(fn) }

// asksFlag reports whether a closure decides by a captured boolean.
func asksFlag(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		br, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cond := br.Cond
		if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
			cond = not.X
		}
		if load, ok := cond.(*ssa.UnOp); ok && load.Op == token.MUL {
			if _, captured := load.X.(*ssa.FreeVar); captured {
				return true
			}
		}
	}
	return false
}

// recovers reports whether a function calls recover.
func recovers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					return true
				}
			}
		}
	}
	return false
}
