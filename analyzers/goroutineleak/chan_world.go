package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A world is what the rules about channels and WaitGroups know of a package.
type world struct {
	*checker
	classes *skeleton.Classes
	ops     map[ssa.Instruction][]classOp
	loops   map[*ssa.Function][]*loop
	reach   map[*ssa.BasicBlock]map[*ssa.BasicBlock]bool
	run     map[*ssa.Function]map[*ssa.Function]bool
}

// A classOp is an operation with the class of its object.
type classOp struct {
	skeleton.ClassOp
	class *skeleton.Class
}

func newWorld(c *checker) *world {
	w := &world{
		checker: c,
		classes: skeleton.NewClasses(c.Pkg, c.fns),
		ops:     make(map[ssa.Instruction][]classOp),
		loops:   make(map[*ssa.Function][]*loop),
		reach:   make(map[*ssa.BasicBlock]map[*ssa.BasicBlock]bool),
		run:     make(map[*ssa.Function]map[*ssa.Function]bool),
	}
	for _, class := range w.classes.All() {
		for _, op := range class.Ops {
			w.ops[op.Instr] = append(w.ops[op.Instr], classOp{op, class})
		}
	}
	return w
}

func (w *world) opOf(instr ssa.Instruction) skeleton.Op { return skeleton.OpOf(instr) }

// reaches reports whether b can run after a within one run of their function.
func (w *world) reaches(a, b ssa.Instruction) bool {
	from, to := a.Block(), b.Block()
	if from == to && slices.Index(from.Instrs, a) < slices.Index(from.Instrs, b) {
		return true
	}
	after := w.reach[from]
	if after == nil {
		after = make(map[*ssa.BasicBlock]bool)
		todo := slices.Clone(from.Succs)
		for len(todo) > 0 {
			x := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if !after[x] {
				after[x] = true
				todo = append(todo, x.Succs...)
			}
		}
		w.reach[from] = after
	}
	return after[to]
}

// A thread is a goroutine, or the part of one that is run by the function that owns a channel.
type thread struct {
	// root is the function that begins the thread: what is started, or the owner.
	root *ssa.Function
	// start is the instruction that starts it, or nil for the owner's.
	start ssa.CallInstruction
	in    *ssa.Function // the function of start
}

// threads finds the threads that run fn, up to the owner of an object: the function that makes it. ok is false where fn
// may also be run by others.
func (w *world) threads(fn, owner *ssa.Function) (list []thread, ok bool) {
	type rung struct {
		fn *ssa.Function
		// param is the parameter of fn that stands for is: only those count that give it.
		param *ssa.Parameter
		is    *ssa.Function
	}
	seen := make(map[rung]bool)
	ok = true
	var climb func(at rung)
	climb = func(at rung) {
		if seen[at] || !ok {
			return
		}
		seen[at] = true
		if at.fn == owner {
			list = append(list, thread{root: at.fn})
			return
		}
		sites, all := w.classes.RunBy(at.fn)
		if !all || len(seen) > 64 {
			ok = false
			return
		}
		for _, site := range sites {
			if at.param != nil {
				if other := given(site.Instr, at.param); other != nil && other != at.is {
					continue
				}
			}
			if site.How == skeleton.Started {
				t := thread{root: at.fn, start: site.Instr, in: site.In}
				if !slices.Contains(list, t) {
					list = append(list, t)
				}
				continue
			}
			next := rung{fn: site.In}
			if p := calledParam(site.Instr); p != nil && p.Parent() == site.In {
				next.param, next.is = p, at.fn
			}
			climb(next)
		}
	}
	climb(rung{fn: fn})
	return list, ok
}

// runBy returns the functions that the root of a thread runs, with itself.
func (w *world) runBy(root *ssa.Function) map[*ssa.Function]bool {
	if run, known := w.run[root]; known {
		return run
	}
	run := map[*ssa.Function]bool{root: true}
	todo := []*ssa.Function{root}
	for len(todo) > 0 {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok {
					continue
				}
				sites, _ := w.classes.Runs(call)
				for _, site := range sites {
					if site.How != skeleton.Started && !run[site.Fn] {
						run[site.Fn] = true
						todo = append(todo, site.Fn)
					}
				}
			}
		}
	}
	w.run[root] = run
	return run
}

// lift finds the instruction of the owner from which a thread is started, and how many there may be of it after one run
// of outer. ok is false where the owner does not start it, or in several places.
func (w *world) lift(t thread, owner *ssa.Function, outer *ssa.BasicBlock) (at ssa.Instruction, n int, ok bool) {
	n = 1
	instr, fn := ssa.Instruction(t.start), t.in
	for range 8 {
		if fn == owner {
			return instr, min(many, n*w.trips(instr.Block(), outer)), true
		}
		n = min(many, n*w.trips(instr.Block(), nil))
		sites, all := w.classes.RunBy(fn)
		if !all || len(sites) != 1 {
			return nil, 0, false
		}
		instr, fn = sites[0].Instr, sites[0].In
	}
	return nil, 0, false
}

// relevantTo returns the functions that contain an operation for which serves is true, or that call one, up to owner.
func (w *world) relevantTo(class *skeleton.Class, owner *ssa.Function, serves func(skeleton.ClassOp) int) map[*ssa.Function]bool {
	relevant := make(map[*ssa.Function]bool)
	var climb func(fn *ssa.Function)
	climb = func(fn *ssa.Function) {
		if relevant[fn] {
			return
		}
		relevant[fn] = true
		if fn == owner {
			return
		}
		sites, _ := w.classes.RunBy(fn)
		for _, site := range sites {
			if site.How != skeleton.Started {
				climb(site.In)
			}
		}
	}
	for _, op := range class.Ops {
		if serves(op) > 0 {
			climb(op.Fn)
		}
	}
	return relevant
}

// endsProcess reports whether the process ends with the function.
func endsProcess(fn *ssa.Function) bool {
	return fn.Pkg != nil && fn.Pkg.Pkg.Name() == "main" && fn.Name() == "main" && fn.Signature.Recv() == nil && fn.Parent() == nil
}
