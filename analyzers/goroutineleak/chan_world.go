package goroutineleak

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
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
	seen := make(map[*ssa.Function]bool)
	ok = true
	var climb func(fn *ssa.Function)
	climb = func(fn *ssa.Function) {
		if seen[fn] || !ok {
			return
		}
		seen[fn] = true
		if fn == owner {
			list = append(list, thread{root: fn})
			return
		}
		sites, all := w.classes.RunBy(fn)
		if !all || len(seen) > 64 {
			ok = false
			return
		}
		for _, site := range sites {
			if site.How == skeleton.Started {
				t := thread{root: fn, start: site.Instr, in: site.In}
				if !slices.Contains(list, t) {
					list = append(list, t)
				}
				continue
			}
			climb(site.In)
		}
	}
	climb(fn)
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

// neverDone reports whether the channel is the Done of a context that nobody cancels while the goroutine of the search
// waits: it has no parent that could be, and is cancelled only by that goroutine, afterwards.
func (w *world) neverDone(ch ssa.Value, s *search) bool {
	call, ok := ch.(*ssa.Call)
	if !ok {
		return false
	}
	op := skeleton.OpOf(call)
	return op.Kind == skeleton.ContextDone && w.neverCancelled(op.Object, s, 0)
}

func (w *world) neverCancelled(ctx ssa.Value, s *search, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := ctx.(type) {
	case *ssa.UnOp:
		// A variable that is assigned once, or captured.
		if stored := onlyStore(v.X, 0); stored != nil {
			return w.neverCancelled(stored, s, depth+1)
		}
	case *ssa.MakeInterface:
		return w.neverCancelled(v.X, s, depth+1)
	case *ssa.ChangeInterface:
		return w.neverCancelled(v.X, s, depth+1)
	case *ssa.Call:
		op := skeleton.OpOf(v)
		switch op.Kind {
		case skeleton.ContextRoot, skeleton.ContextWithoutCancel:
			return true
		case skeleton.ContextValue:
			return w.neverCancelled(op.Object, s, depth+1)
		}
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		if !ok || v.Index != 0 {
			return false
		}
		op := skeleton.OpOf(call)
		if op.Kind != skeleton.ContextCancel || !w.neverCancelled(op.Object, s, depth+1) {
			return false
		}
		for _, use := range *call.Referrers() {
			if e, ok := use.(*ssa.Extract); ok && e.Index == 1 && !w.onlyCancelledBy(e, s, 0) {
				return false
			}
		}
		return true
	}
	return false
}

// onlyCancelledBy reports whether a cancel function is called only by the goroutine that waits, after its wait.
func (w *world) onlyCancelledBy(cancel ssa.Value, s *search, depth int) bool {
	for _, use := range *cancel.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case ssa.CallInstruction:
			fn := use.Parent()
			_, deferred := use.(*ssa.Defer)
			if use.Common().Value != cancel || !s.run[fn] || fn == s.waits.Fn && !deferred && w.reaches(use, s.waits.Instr) {
				return false
			}
		case *ssa.Store:
			alloc, ok := use.Addr.(*ssa.Alloc)
			if !ok || depth > 2 || !w.onlyLoadedBy(alloc, s, depth+1) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// onlyLoadedBy is onlyCancelledBy for a variable that holds the cancel function.
func (w *world) onlyLoadedBy(addr ssa.Value, s *search, depth int) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.Store:
		case *ssa.UnOp:
			if !w.onlyCancelledBy(use, s, depth) {
				return false
			}
		case *ssa.MakeClosure:
			for i, b := range use.Bindings {
				if b == addr && (depth > 4 || !w.onlyLoadedBy(use.Fn.(*ssa.Function).FreeVars[i], s, depth+1)) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// onlyStore returns the value of a variable that is assigned once, through closures, or nil.
func onlyStore(addr ssa.Value, depth int) ssa.Value {
	if depth > 4 {
		return nil
	}
	switch addr := addr.(type) {
	case *ssa.FreeVar:
		if cell := skeleton.Bound(addr); cell != nil {
			return onlyStore(cell, depth+1)
		}
	case *ssa.Alloc:
		return skeleton.OnlyStored(addr)
	}
	return nil
}

// endsProcess reports whether the process ends with the function.
func endsProcess(fn *ssa.Function) bool {
	return fn.Pkg != nil && fn.Pkg.Pkg.Name() == "main" && fn.Name() == "main" && fn.Signature.Recv() == nil && fn.Parent() == nil
}

// inspect visits the sources of a function.
func inspect(fn *ssa.Function, visit func(ast.Node)) {
	root := fn.Syntax()
	for root == nil && fn.Parent() != nil {
		fn = fn.Parent()
		root = fn.Syntax()
	}
	if root == nil {
		return
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if n != nil {
			visit(n)
		}
		return true
	})
}

// sourceOf returns the expression of the channel, or other object, of an operation, and the whole operation. Both are nil
// where the sources do not show them.
func sourceOf(op skeleton.ClassOp) (expr ast.Expr, whole ast.Node) {
	at := op.Instr.Pos()
	if op.Kind == skeleton.Select {
		at = op.Cases[op.Case].Pos
	}
	if call, ok := op.Instr.(ssa.CallInstruction); ok {
		at = call.Common().Pos()
	}
	inspect(op.Fn, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.SendStmt:
			if n.Arrow == at {
				expr, whole = n.Chan, n
			}
		case *ast.UnaryExpr:
			if n.OpPos == at && n.Op == token.ARROW {
				expr, whole = n.X, n
			}
		case *ast.RangeStmt:
			if n.For == at {
				expr, whole = n.X, n
			}
		case *ast.CallExpr:
			if n.Lparen != at {
				return
			}
			if op.Kind == skeleton.Close && len(n.Args) == 1 {
				expr, whole = n.Args[0], n
			} else if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
				expr, whole = sel.X, n
			}
		}
	})
	return expr, whole
}

// nameOf is how the sources call the channel, or other object, of an operation.
func nameOf(op skeleton.ClassOp, otherwise string) string {
	expr, _ := sourceOf(op)
	switch expr.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		return exprString(expr)
	}
	return otherwise
}

// placeOf is where an operation stands.
func placeOf(op skeleton.ClassOp) pass.Place {
	switch _, whole := sourceOf(op); whole := whole.(type) {
	case nil:
	case *ast.RangeStmt:
		return pass.Place{Pos: whole.Pos(), End: whole.X.End()}
	default:
		return pass.At(whole)
	}
	return pass.Place{Pos: op.Instr.Pos()}
}

func exprString(e ast.Expr) string { return types.ExprString(e) }
