package detachedgoroutine

import (
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A join says whether a function waits for a goroutine that it starts.
type join struct {
	any           bool      // it does, at least somewhere
	returns       token.Pos // a return that can be reached without waiting, or NoPos
	returnsBefore token.Pos // one that can be reached also without waiting for any context to end
}

// outlives reports whether a use in the goroutine can come after the return, such that it does harm.
func (j join) outlives(u use, watches bool) bool {
	switch u.kind {
	case works:
		// A goroutine whose result is waited for anywhere is cut off on purpose where it is not.
		return !j.any && j.returnsBefore.IsValid() && !watches && !u.looped
	case sends:
		return !j.any && j.returnsBefore.IsValid() && !watches
	case receives:
		// The receiving half of a connection ends with it.
		return !j.any && j.returnsBefore.IsValid() && !watches && !u.looped
	case calls:
		return j.returns.IsValid()
	}
	return j.ret(u.kind, watches).IsValid()
}

// ends reports whether a goroutine is made to end with the request. Its context must be watched where the context is what is
// used; for the rest any will do.
func (c *checker) ends(k kind, watches bool, spawned *ssa.Function) bool {
	switch k {
	case writes, reads, touches:
		return watches || spawned != nil && c.watching(spawned)
	}
	return watches
}

// watching reports whether a function, or one that it calls, waits for a context to end.
func (c *checker) watching(fn *ssa.Function) bool {
	if known, ok := c.watched[fn]; ok {
		return known
	}
	c.watched[fn] = false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if c.budget--; c.budget <= 0 {
				return true
			}
			var inner *ssa.Function
			switch instr := instr.(type) {
			case *ssa.MakeClosure:
				inner = instr.Fn.(*ssa.Function)
			case ssa.CallInstruction:
				op := skeleton.OpOfCall(instr.Common())
				if op.Kind == skeleton.ContextDone || op.Kind == skeleton.ContextAfterFunc {
					c.watched[fn] = true
					return true
				}
				inner = op.Callee.Func
			}
			if inner != nil && c.local[inner] && c.watching(inner) {
				c.watched[fn] = true
				return true
			}
		}
	}
	return false
}

// ret is the return that the goroutine can outlive.
func (j join) ret(k kind, watches bool) token.Pos {
	if k == works || k == sends || k == receives || watches {
		return j.returnsBefore
	}
	return j.returns
}

// joinOf says whether fn, after instr has started a goroutine, waits for one of the signals that the goroutine gives.
// spawned is the goroutine's function, if it is known.
func (c *checker) joinOf(fn *ssa.Function, instr ssa.Instruction, signals []root, spawned *ssa.Function) join {
	c.starting = instr
	w := &waiter{checker: c, fn: fn, spawned: spawned}
	w.roots = c.relayed(fn, instr, signals)
	for _, r := range w.roots {
		if r.escapes {
			return join{any: true}
		}
		// A variable of the function around: whoever waits for it may do so at any time.
		for outer := fn.Parent(); outer != nil; outer = outer.Parent() {
			if owner(r) == outer && c.joins(outer, []root{r}, spawned, 0) {
				return join{any: true}
			}
		}
	}
	var j join
	j.any = c.joins(fn, w.roots, spawned, 0)
	if j.any && w.deferred(instr) {
		return j
	}
	j.returns = w.returns(instr, j.any, false)
	j.returnsBefore = w.returns(instr, j.any, true)
	return j
}

func owner(r root) *ssa.Function {
	if r.base == nil {
		return nil
	}
	return r.base.Parent()
}

// relayed adds what other goroutines signal that fn starts and that wait for the signals: go func() { wg.Wait(); close(done) }().
func (c *checker) relayed(fn *ssa.Function, instr ssa.Instruction, signals []root) []root {
	all := slices.Clone(signals)
	for range 4 {
		before := len(all)
		for _, b := range fn.Blocks {
			for _, other := range b.Instrs {
				g, ok := other.(*ssa.Go)
				if !ok || other == instr {
					continue
				}
				callee := skeleton.CalleeOf(g.Common())
				if callee.Func == nil || !c.local[callee.Func] || !c.callJoins(g, all, nil, 0) {
					continue
				}
				for _, r := range c.signalsOfCall(callee) {
					if !slices.Contains(all, r) {
						all = append(all, r)
					}
				}
			}
		}
		if len(all) == before || len(all) > 32 {
			break
		}
	}
	return all
}

// joins reports whether fn, or a function that it calls, waits for one of the roots.
func (c *checker) joins(fn *ssa.Function, roots []root, except *ssa.Function, depth int) bool {
	if len(roots) == 0 || depth > 4 {
		return false
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if c.budget--; c.budget <= 0 {
				return true
			}
			if s, ok := instr.(*ssa.Select); ok && len(joinedStates(c, s, roots)) > 0 {
				return true
			}
			if c.joinsAt(instr, roots, except, depth) {
				return true
			}
			if mc, ok := instr.(*ssa.MakeClosure); ok && mc.Fn != except {
				if inner := mc.Fn.(*ssa.Function); !onlyStarted(mc) && c.joins(inner, roots, except, depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// onlyStarted reports whether a closure is used in go statements only.
func onlyStarted(mc *ssa.MakeClosure) bool {
	for _, use := range *mc.Referrers() {
		if _, ok := use.(*ssa.Go); !ok {
			return false
		}
	}
	return true
}

// joinsAt reports whether an instruction waits for one of the roots, on all ways out of it.
func (c *checker) joinsAt(instr ssa.Instruction, roots []root, except *ssa.Function, depth int) bool {
	op := skeleton.OpOf(instr)
	switch op.Kind {
	case skeleton.Recv, skeleton.WaitGroupWait, skeleton.GroupWait, skeleton.CondWait, skeleton.SemaphoreAcquire:
		return c.matches(op.Object, roots, false)
	case skeleton.Send:
		return c.matches(op.Object, roots, true)
	case skeleton.Select:
		return len(op.Cases) == 1 && !op.Default && len(joinedStates(c, instr.(*ssa.Select), roots)) == 1
	case skeleton.None, skeleton.PipeRead, skeleton.PipeWrite:
	default:
		return false
	}
	call, ok := instr.(ssa.CallInstruction)
	if _, started := instr.(*ssa.Go); !ok || started || instr == c.starting {
		return false
	}
	return c.callJoins(call, roots, except, depth)
}

// callJoins reports whether a function that is called waits for one of the roots, or may because it gets one and is not known.
func (c *checker) callJoins(call ssa.CallInstruction, roots []root, except *ssa.Function, depth int) bool {
	common := call.Common()
	if _, ok := common.Value.(*ssa.Builtin); ok {
		return false
	}
	callee := skeleton.CalleeOf(common)
	known := callee.Func != nil && c.local[callee.Func]
	if known && callee.Closure != nil && callee.Func != except && c.joins(callee.Func, roots, except, depth+1) {
		return true
	}
	if callee.Name() == "(*github.com/gin-gonic/gin.Context).Stream" {
		return false // returns when the client has gone, whatever its function waits for
	}
	for i, arg := range callee.Args {
		if mc, ok := arg.(*ssa.MakeClosure); ok && mc.Fn != except && c.joins(mc.Fn.(*ssa.Function), roots, except, depth+1) {
			return true
		}
		a := c.rootOf(arg)
		for _, r := range roots {
			rest, ok := strings.CutPrefix(r.path, a.path)
			if a.base == nil || a.base != r.base || !ok {
				continue
			}
			switch {
			case known && i < len(callee.Func.Params):
				if c.joins(callee.Func, []root{{base: callee.Func.Params[i], path: rest, handshake: r.handshake, object: r.object}}, except, depth+1) {
					return true
				}
			case !r.object && (rest == "" || !isParam(r.base)):
				if !startsSomething(callee) {
					return true
				}
			}
		}
	}
	return false
}

func isParam(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Parameter, *ssa.Global:
		return true
	}
	return false
}

// matches reports whether v is one of the roots, or a channel that a method of one gives.
func (c *checker) matches(v ssa.Value, roots []root, handshake bool) bool {
	is := c.rootOf(v)
	from := c.givenBy(is.base)
	return is.base != nil && slices.ContainsFunc(roots, func(r root) bool {
		if r.object {
			return !handshake && from.base != nil && r.base == from.base && r.path == from.path
		}
		return r.base == is.base && r.path == is.path && (r.handshake || !handshake)
	})
}

func joinedStates(c *checker, s *ssa.Select, roots []root) []int {
	var all []int
	for i, state := range s.States {
		if c.matches(state.Chan, roots, state.Dir == 1) {
			all = append(all, i)
		}
	}
	return all
}

// A waiter looks for ways through a function that do not wait.
type waiter struct {
	*checker
	fn      *ssa.Function
	roots   []root
	spawned *ssa.Function
}

// deferred reports whether a defer statement that is passed on every way to instr waits.
func (w *waiter) deferred(instr ssa.Instruction) bool {
	for _, b := range w.fn.Blocks {
		for i, d := range b.Instrs {
			if _, ok := d.(*ssa.Defer); !ok || !w.joinsAt(d, w.roots, w.spawned, 0) {
				continue
			}
			if b == instr.Block() && i < slices.Index(b.Instrs, instr) || b != instr.Block() && b.Dominates(instr.Block()) {
				return true
			}
		}
	}
	return false
}

// returns looks for a way from instr to a return that does not wait, and gives the first such return in the source. With
// before, a way that waits for any context to end is none. Where the function does wait somewhere, a branch on a flag is
// not taken: it may tell whether there is anything to wait for.
func (w *waiter) returns(instr ssa.Instruction, careful, before bool) token.Pos {
	type state struct {
		block *ssa.BasicBlock
		from  int
	}
	found := token.NoPos
	todo := []state{{instr.Block(), slices.Index(instr.Block().Instrs, instr) + 1}}
	seen := make(map[*ssa.BasicBlock]bool)
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		succs := s.block.Succs
	scan:
		for _, at := range s.block.Instrs[s.from:] {
			if w.budget--; w.budget <= 0 {
				return token.NoPos
			}
			if w.exits.Ends(at) || w.joinsAt(at, w.roots, w.spawned, 0) || before && w.waitsForContext(at) {
				succs = nil
				break
			}
			switch at := at.(type) {
			case *ssa.Return:
				if pos := w.returnPos(at); !found.IsValid() || pos < found {
					found = pos
				}
				break scan
			case *ssa.If:
				succs = w.branches(at, careful, before)
			}
		}
		for _, next := range succs {
			if !seen[next] {
				seen[next] = true
				todo = append(todo, state{next, 0})
			}
		}
	}
	return found
}

// waitsForContext reports whether an instruction does nothing but wait for a context to end.
func (w *waiter) waitsForContext(instr ssa.Instruction) bool {
	recv, ok := instr.(*ssa.UnOp)
	return ok && recv.Op == token.ARROW && isDone(recv.X)
}

// isDone reports whether a channel is the one of a context.
func isDone(ch ssa.Value) bool {
	switch v := ch.(type) {
	case *ssa.Call:
		return skeleton.OpOf(v).Kind == skeleton.ContextDone || strings.HasSuffix(skeleton.CalleeOf(v.Common()).Name(), ".Done")
	case *ssa.ChangeType:
		return isDone(v.X)
	case *ssa.UnOp:
		if cell, ok := v.X.(*ssa.Alloc); ok && v.Op == token.MUL {
			for _, use := range *cell.Referrers() {
				if s, ok := use.(*ssa.Store); ok && s.Addr == cell && isDone(s.Val) {
					return true
				}
			}
		}
	}
	return false
}

// branches returns the blocks that an if leads to without having waited.
func (w *waiter) branches(at *ssa.If, careful, before bool) []*ssa.BasicBlock {
	succs := at.Block().Succs
	if cmp, ok := at.Cond.(*ssa.BinOp); ok && cmp.Op == token.EQL {
		e, isCase := cmp.X.(*ssa.Extract)
		k, isConst := cmp.Y.(*ssa.Const)
		if isCase && isConst && e.Index == 0 {
			if s, ok := e.Tuple.(*ssa.Select); ok {
				i := int(k.Int64())
				if i >= 0 && i < len(s.States) && (slices.Contains(joinedStates(w.checker, s, w.roots), i) || before && isDone(s.States[i].Chan)) {
					return succs[1:]
				}
				return succs
			}
		}
	}
	if careful && isFlag(at.Cond) {
		return nil
	}
	return succs
}

// isFlag reports whether a condition reads a variable of the function's own.
func isFlag(cond ssa.Value) bool {
	switch v := cond.(type) {
	case *ssa.Phi:
		return true
	case *ssa.UnOp:
		return v.Op == token.MUL || v.Op == token.NOT && isFlag(v.X)
	case *ssa.BinOp:
		return isFlag(v.X) || isFlag(v.Y)
	case *ssa.Parameter:
		return true
	}
	return false
}
