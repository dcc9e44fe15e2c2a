package endlessgoroutine

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A trap is a loop that nothing leaves, so that the function never returns once it is reached.
type trap struct {
	always bool // every call gets there, unless it panics or ends the process: there is no return
	place  pass.Place
	text   string // the loop's head in the user's words: "for range ticker.C"
	in     string // the function that it is in
	fn     *ssa.Function
	blocks []*ssa.BasicBlock // of the loop; nil in another package
	why    string            // why nothing leaves it
}

// trapOf returns the endless loop that a call of fn gets into, itself or through a function that it calls, or nil.
func (c *checker) trapOf(fn *ssa.Function) *trap {
	if t, asked := c.traps[fn]; asked {
		return t
	}
	c.traps[fn] = nil // a recursive call is taken to return
	t := c.findTrap(fn)
	c.traps[fn] = t
	return t
}

// calleeTrap is trapOf for the callee of a call, which may be in another package.
func (c *checker) calleeTrap(callee skeleton.Callee) *trap {
	switch {
	case callee.Func != nil && len(callee.Func.Blocks) > 0:
		return c.trapOf(callee.Func)
	case callee.Object == nil || callee.Invoke:
		return nil
	}
	if s := c.imports.Of(callee.Object); s != nil && s.Loop != nil {
		return s.Loop.trap()
	}
	return nil
}

// findTrap looks for a loop that the entry reaches and no return is reached from.
//
// An error that ends the process is no way out: the goroutines pile up until then. Neither is a panic, unless the
// function recovers from it.
func (c *checker) findTrap(fn *ssa.Function) *trap {
	if len(fn.Blocks) == 0 {
		return nil
	}
	g := c.graphOf(fn)
	leaves := make(map[*ssa.BasicBlock]bool) // blocks that a return is reached from
	var todo []*ssa.BasicBlock
	for _, b := range fn.Blocks {
		if g.reached[b] && g.returns[b] {
			leaves[b] = true
			todo = append(todo, b)
		}
	}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range b.Preds {
			if g.reached[p] && !leaves[p] && slices.Contains(g.succs[p], b) {
				leaves[p] = true
				todo = append(todo, p)
			}
		}
	}
	for _, b := range fn.Blocks {
		if !g.reached[b] || leaves[b] {
			continue
		}
		if t := g.trapped[b]; t != nil {
			return t.from(!leaves[fn.Blocks[0]])
		}
	}
	stay := func(b *ssa.BasicBlock) []*ssa.BasicBlock {
		return slices.DeleteFunc(slices.Clone(g.succs[b]), func(s *ssa.BasicBlock) bool { return leaves[s] })
	}
	for _, b := range fn.Blocks {
		if !g.reached[b] || leaves[b] {
			continue
		}
		if loop := repeat.CycleOf(b, stay); loop != nil {
			t := &trap{fn: fn, blocks: loop, in: funcText(fn), why: "has no way out", always: !leaves[fn.Blocks[0]]}
			t.place, t.text = c.describeLoop(fn, loop)
			for _, ch := range g.dead {
				if name := channelText(ch); name != "" {
					t.why = "has no way out, because nobody closes " + name + " or sends to it"
					break
				}
			}
			return t
		}
	}
	if g.maybe != nil && fn.Parent() != nil {
		return g.maybe.from(false) // go func() { s.run() }()
	}
	return nil
}

// from is the trap as a caller of the function gets into it.
func (t *trap) from(always bool) *trap {
	of := *t
	of.always = always
	return &of
}

// A graph is a function's control flow without what cannot happen.
type graph struct {
	succs   map[*ssa.BasicBlock][]*ssa.BasicBlock
	reached map[*ssa.BasicBlock]bool
	returns map[*ssa.BasicBlock]bool  // the function, or its goroutine, ends there
	trapped map[*ssa.BasicBlock]*trap // a call there does not come back
	maybe   *trap                     // one that a call may get into
	dead    []ssa.Value               // channels of select cases that are never taken
}

func (c *checker) graphOf(fn *ssa.Function) *graph {
	g := &graph{
		succs:   make(map[*ssa.BasicBlock][]*ssa.BasicBlock),
		reached: make(map[*ssa.BasicBlock]bool),
		returns: make(map[*ssa.BasicBlock]bool),
		trapped: make(map[*ssa.BasicBlock]*trap),
	}
	recovers := recovers(fn)
	todo := []*ssa.BasicBlock{fn.Blocks[0]}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if g.reached[b] {
			continue
		}
		g.reached[b] = true
		if c.stopsIn(g, b, recovers) {
			continue
		}
		g.succs[b] = c.possible(g, b)
		todo = append(todo, g.succs[b]...)
	}
	return g
}

// stopsIn reports whether control does not reach the end of the block, or not beyond it, and notes why.
func (c *checker) stopsIn(g *graph, b *ssa.BasicBlock, recovers bool) bool {
	for _, instr := range b.Instrs {
		switch i := instr.(type) {
		case *ssa.Return:
			g.returns[b] = true
			return true
		case *ssa.Panic:
			g.returns[b] = recovers
			return true
		case *ssa.Select:
			if i.Blocking && len(i.States) == 0 {
				return true // select {}: somebody means it
			}
		case *ssa.Call:
			if c.exits.Ends(i) {
				g.returns[b] = skeleton.OpOf(i).Kind == skeleton.Goexit
				return true
			}
			if t := c.calleeTrap(skeleton.CalleeOf(&i.Call)); t != nil && t.always {
				g.trapped[b] = t
				return true
			} else if t != nil && g.maybe == nil {
				g.maybe = t
			}
		}
	}
	return false
}

// possible returns the successors that control can go on to: a constant decides, the channel of a ticker is never closed,
// so that a range over it does not end, and a case of a select whose channel never fires is never taken.
func (c *checker) possible(g *graph, b *ssa.BasicBlock) []*ssa.BasicBlock {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return b.Succs
	}
	if ch := c.deadCase(branch); ch != nil {
		g.dead = append(g.dead, ch)
		return b.Succs[1:]
	}
	switch cond := branch.Cond.(type) {
	case *ssa.Const:
		if cond.Value != nil && cond.Value.String() == "true" {
			return b.Succs[:1]
		}
		return b.Succs[1:]
	case *ssa.Extract:
		if recv, ok := cond.Tuple.(*ssa.UnOp); ok && recv.Op == token.ARROW && cond.Index == 1 && isTimeChannel(recv.X) {
			return b.Succs[:1]
		}
	}
	return b.Succs
}

// recovers reports whether the function defers a function of the package that recovers from panics.
func recovers(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			callee := skeleton.CalleeOf(&d.Call)
			if callee.Func == nil || len(callee.Func.Blocks) == 0 {
				if callee.Object != nil && callee.Object.Pkg() != nil && callee.Object.Pkg() != fn.Pkg.Pkg && !std(callee.Object.Pkg()) {
					return true // a library's: it may
				}
				continue
			}
			if callsRecover(callee.Func) {
				return true
			}
		}
	}
	return false
}

func callsRecover(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if builtin, ok := call.Call.Value.(*ssa.Builtin); ok && builtin.Name() == "recover" {
					return true
				}
			}
		}
	}
	return false
}

// describeLoop returns the place and the words of the statement that makes the loop.
func (c *checker) describeLoop(fn *ssa.Function, blocks []*ssa.BasicBlock) (pass.Place, string) {
	var first, last token.Pos
	for _, b := range blocks {
		for _, instr := range b.Instrs {
			if _, ok := instr.(*ssa.Phi); ok {
				continue // its position is where the variable is declared
			}
			if p := instr.Pos(); p.IsValid() {
				if !first.IsValid() || p < first {
					first = p
				}
				last = max(last, p)
			}
		}
	}
	var best ast.Stmt
	if syntax := fn.Syntax(); syntax != nil {
		ast.Inspect(syntax, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncLit); ok && n != syntax {
				return false
			}
			switch n := n.(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				// The innermost statement around all of the loop; one without any position is taken as it comes.
				if !first.IsValid() && best == nil || n.Pos() <= first && last < n.End() {
					best = n.(ast.Stmt)
				}
			}
			return true
		})
	}
	switch s := best.(type) {
	case *ast.RangeStmt:
		return pass.Place{Pos: s.For, End: s.X.End()}, "for range " + types.ExprString(s.X)
	case *ast.ForStmt:
		text := "for"
		if s.Cond != nil {
			text = "for " + types.ExprString(s.Cond)
		}
		return pass.Place{Pos: s.For, End: s.Body.Lbrace + 1}, text
	}
	return pass.Place{Pos: first}, "a loop"
}
