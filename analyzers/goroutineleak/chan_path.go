package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A search looks for a way through a function that leaves somebody waiting: from a place, or the function's entry, to
// where it ends, with fewer services on it than are needed.
type search struct {
	w     *world
	class *skeleton.Class
	// serves says what an operation on the class does for the one that waits: nothing, once, or for good.
	serves func(op skeleton.ClassOp) int
	// waits is the operation that waits for ever if there is a way.
	waits skeleton.ClassOp
	// run are the functions that run as part of the goroutine that waits.
	run map[*ssa.Function]bool
	// need is how often must be served; one less leaves somebody waiting.
	need int
	// relevant are the functions that serve, or call one that does.
	relevant map[*ssa.Function]bool
	// repeated is set where several goroutines like the one that waits run at a time.
	repeated bool
	// handsOn is set where what a goroutine starts, or gives to others, may serve in its place.
	handsOn bool
	// offers is set where a select with a default serves whoever waits already.
	offers bool
	// lasts reports of a channel to receive from that it is not ready while the one that waits does. It may be nil.
	lasts func(ch ssa.Value) bool
	// bound are the functions that parameters of the thread's root stand for.
	bound map[*ssa.Parameter]*ssa.Function
	// begin is where the way begins, after it, or nil for the entry.
	begin ssa.Instruction
	memo  map[*ssa.Function]int
	steps int
}

// maxSteps bounds one search: blocks visited.
const maxSteps = 20_000

// A way is how a function ends too early.
type way struct {
	exit ssa.Instruction // the return, or the call that ends the goroutine
	// edge is the branch that was taken last: the block that branches, and its successor.
	from *ssa.BasicBlock
	succ int
	// sel is the select of which the way takes a case last, with that case.
	sel     *ssa.Select
	selCase int
	// served counts the services on the way.
	served int
}

// A point of a search.
type point struct {
	block  *ssa.BasicBlock
	served int
}

// leaves looks for a way from after the instruction, or from the entry of fn where it is nil.
func (s *search) leaves(fn *ssa.Function, after ssa.Instruction) (way, bool) {
	start := fn.Blocks[0]
	from := 0
	if after != nil {
		start = after.Block()
		from = slices.Index(start.Instrs, after) + 1
		// What was deferred before serves at the end as well.
		for _, b := range fn.Blocks {
			if !b.Dominates(start) {
				continue
			}
			for i, instr := range b.Instrs {
				if b == start && i >= from {
					break
				}
				if d, ok := instr.(*ssa.Defer); ok && s.effect(d) > 0 {
					return way{}, false
				}
			}
		}
	}
	known := s.w.knownAt(start)
	possible := s.w.prog.Possible(fn)
	s.begin = after
	type item struct {
		point
		way
		from int
	}
	seen := map[point]bool{}
	todo := []item{{point: point{start, 0}, from: from}}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if s.steps++; s.steps > maxSteps {
			s.w.Exhausted()
			return way{}, false
		}
		served, dead := at.point.served, false
		for _, instr := range at.block.Instrs[at.from:] {
			switch op := s.w.opOf(instr); {
			case op.Kind == skeleton.Goexit && !op.Deferred && !op.Started:
				w := at.way
				w.exit, w.served = instr, served
				return w, true
			case s.w.exits.Ends(instr):
				dead = true
			default:
				n := s.effect(instr)
				if n < 0 {
					dead = true
				} else {
					served += n
				}
			}
			if served >= s.need {
				dead = true
			}
			if dead {
				break
			}
			if ret, ok := instr.(*ssa.Return); ok {
				w := at.way
				w.exit, w.served = ret, served
				return w, true
			}
		}
		if dead {
			continue
		}
		for i, next := range at.block.Succs {
			n := s.edge(at.block, i, known)
			if n < 0 || served+n >= s.need || possible != nil && !possible[next] {
				continue
			}
			p := point{next, served + n}
			if seen[p] {
				continue
			}
			seen[p] = true
			w := at.way
			if len(at.block.Succs) > 1 {
				w.from, w.succ = at.block, i
				if br, ok := at.block.Instrs[len(at.block.Instrs)-1].(*ssa.If); ok && i == 0 {
					if cond, ok := br.Cond.(*ssa.BinOp); ok {
						if sel, k, ok := selectCase(cond); ok {
							w.sel, w.selCase = sel, k
						}
					}
				}
			}
			todo = append(todo, item{point: p, way: w})
		}
	}
	return way{}, false
}

// least returns how often a call of fn serves at least, up to need.
func (s *search) least(fn *ssa.Function) int {
	if !s.relevant[fn] {
		return 0
	}
	if n, known := s.memo[fn]; known {
		return n
	}
	s.memo[fn] = s.need // a recursive call adds nothing to the way that avoids it
	inner := *s
	for n := range s.need {
		inner.need = n + 1
		inner.memo = s.memo
		if _, ok := inner.leaves(fn, nil); ok {
			s.steps = inner.steps
			s.memo[fn] = n
			return n
		}
	}
	s.steps = inner.steps
	return s.need
}

// effect returns how often an instruction serves, or -1 where it is not passed while the one that waits does.
func (s *search) effect(instr ssa.Instruction) int {
	for _, op := range s.w.ops[instr] {
		if op.class == s.class && (op.Kind != skeleton.Select || s.offers && op.Default) && !op.Started {
			if n := s.serves(op.ClassOp); n > 0 {
				return n
			}
		}
		if s.joins(op) {
			return -1
		}
	}
	if mc, ok := instr.(*ssa.MakeClosure); ok && s.handsOn && s.relevant[mc.Fn.(*ssa.Function)] && !onlyCalled(mc) {
		return s.need
	}
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return 0
	}
	sites, all := s.runs(call)
	if !all || len(sites) == 0 {
		return 0
	}
	served := s.need
	for _, site := range sites {
		if site.How == skeleton.Started {
			if s.handsOn && s.relevant[site.Fn] {
				return s.need
			}
			return 0
		}
		if site.How == skeleton.Deferred && s.relevant[site.Fn] {
			continue // what is deferred knows best on which ways out it must serve
		}
		served = min(served, s.least(site.Fn))
	}
	return served
}

// joins reports whether an operation waits for the goroutine that waits here.
func (s *search) joins(op classOp) bool {
	switch op.Kind {
	case skeleton.WaitGroupWait:
		return s.onlyLater(op.class, skeleton.WaitGroupDone)
	case skeleton.GroupWait:
		// The group's function that waits never returns, and Wait waits for it.
		return slices.ContainsFunc(op.class.Ops, func(o skeleton.ClassOp) bool {
			if o.Kind != skeleton.GroupGo && o.Kind != skeleton.GroupTryGo {
				return false
			}
			sites, _ := s.w.classes.Runs(o.Instr.(ssa.CallInstruction))
			return slices.ContainsFunc(sites, func(site skeleton.Site) bool { return s.run[site.Fn] })
		})
	case skeleton.Recv:
		return op.class != s.class && !s.repeated && s.onlyLater(op.class, skeleton.Send, skeleton.Close)
	case skeleton.Send:
		return op.class != s.class && !s.repeated && s.onlyLater(op.class, skeleton.Recv)
	}
	return false
}

// onlyLater reports whether all operations of the kinds on the class are done by the goroutine that waits, after its wait:
// they are not done while it waits.
func (s *search) onlyLater(class *skeleton.Class, kinds ...skeleton.Kind) bool {
	if class == nil || !class.Closed() {
		return false
	}
	n := 0
	for _, op := range class.Ops {
		if !slices.ContainsFunc(kinds, op.Does) {
			continue
		}
		n++
		if !s.run[op.Fn] {
			return false
		}
		if op.Fn == s.waits.Fn && !op.Deferred && s.w.reaches(op.Instr, s.waits.Instr) {
			return false
		}
	}
	return n > 0
}
