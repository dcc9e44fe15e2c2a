package goroutineleak

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// releases finds what is started and never stopped on some path: coroutines of iter.Pull, contexts, and objects with a
// goroutine.
func (c *checker) releases() {
	c.prepareReleases()
	c.iterPulls()
	c.cancels()
	c.stops()
	c.pipes()
	c.provenPipes()
}

// releaseState is what the release rules know of a package.
type releaseState struct {
	reach     *reach
	taken     map[taken]bool
	releasers map[fieldKey]map[*ssa.Function]bool
}

func (c *checker) prepareReleases() {
	c.reach = newReach(c.fns)
	c.taken = make(map[taken]bool)
	c.releasers = make(map[fieldKey]map[*ssa.Function]bool)
}

// extract returns result i of a call, or nil if it is not used.
func extract(call *ssa.Call, i int) ssa.Value {
	for _, use := range *call.Referrers() {
		if e, ok := use.(*ssa.Extract); ok && e.Index == i {
			return e
		}
	}
	return nil
}

// targets returns the names that the results of the call are assigned to, as they are written: "ctx", "s.cancel", "_".
// It is empty where the results are not assigned.
func (c *checker) targets(call *ssa.Call) []string {
	assign := c.assignment(call)
	if assign == nil {
		return nil
	}
	var names []string
	for _, lhs := range assign.Lhs {
		names = append(names, types.ExprString(lhs))
	}
	return names
}

// assignment returns the statement that assigns the results of a call, and nothing else, or nil.
func (c *checker) assignment(call *ssa.Call) *ast.AssignStmt {
	file := c.File(call.Pos())
	if file == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(file, call.Pos(), call.Pos())
	for _, n := range path {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Rhs) != 1 {
				return nil
			}
			if made, ok := ast.Unparen(n.Rhs[0]).(*ast.CallExpr); !ok || made.Lparen != call.Pos() {
				return nil
			}
			return n
		case ast.Stmt, *ast.FuncLit:
			return nil
		}
	}
	return nil
}

// callExpr returns the call as it is written, or nil.
func (c *checker) callExpr(pos token.Pos) *ast.CallExpr {
	file := c.File(pos)
	if file == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(file, pos, pos)
	for _, n := range path {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
			return call
		}
	}
	return nil
}

// placeOf is the place of a call, or of another instruction.
func (c *checker) placeOf(instr ssa.Instruction) pass.Place {
	if call := c.callExpr(instr.Pos()); call != nil {
		return pass.At(call)
	}
	return pass.Place{Pos: c.exitPos(instr)}
}

// exitPos is where the function is left: a return without a position is the end of the body.
func (c *checker) exitPos(exit ssa.Instruction) token.Pos {
	if exit.Pos().IsValid() {
		return exit.Pos()
	}
	if body := bodyOf(exit.Parent()); body != nil {
		return body.Rbrace
	}
	return exit.Parent().Pos()
}

func bodyOf(fn *ssa.Function) *ast.BlockStmt {
	switch syntax := fn.Syntax().(type) {
	case *ast.FuncDecl:
		return syntax.Body
	case *ast.FuncLit:
		return syntax.Body
	}
	return nil
}

// mainFunction reports whether the end of the function is the end of the process.
func mainFunction(fn *ssa.Function) bool {
	return fn.Parent() == nil && fn.Name() == "main" && fn.Signature.Recv() == nil && fn.Pkg != nil && fn.Pkg.Pkg.Name() == "main"
}

// partOfMain reports whether the function is main, or only called by it: when it has returned, the process ends soon.
func partOfMain(fn *ssa.Function, contexts *ctxflow.Flow, depth int) bool {
	if mainFunction(fn) {
		return true
	}
	if depth > 2 || fn.Pkg == nil || fn.Pkg.Pkg.Name() != "main" || fn.Parent() != nil {
		return false
	}
	callers := contexts.Callers(fn)
	return len(callers) > 0 && !slices.ContainsFunc(callers, func(call ssa.CallInstruction) bool {
		_, plain := call.(*ssa.Call)
		return !plain || !partOfMain(call.Parent(), contexts, depth+1)
	})
}

// deferFix defers a call of the function right after it was assigned to a variable of the function's own.
func (c *checker) deferFix(call *ssa.Call, name string) *pass.Fix {
	assign := c.assignment(call)
	if assign == nil || !token.IsIdentifier(name) {
		return nil
	}
	file := c.File(call.Pos())
	path, _ := astutil.PathEnclosingInterval(file, assign.Pos(), assign.End())
	if len(path) < 2 {
		return nil
	}
	// A statement of its own, not one of an if's or a for's head; in a loop the deferred calls would pile up.
	if _, ok := path[1].(*ast.BlockStmt); !ok {
		return nil
	}
	for _, n := range path {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return nil
		case *ast.FuncDecl, *ast.FuncLit:
			return &pass.Fix{
				Message: "Defer " + name + "()",
				Edits:   []analysis.TextEdit{{Pos: assign.End(), End: assign.End(), NewText: []byte("\n" + c.indentation(assign.Pos()) + "defer " + name + "()")}},
			}
		}
	}
	return nil
}

// indentation is the tabs before a statement that begins its line.
func (c *checker) indentation(pos token.Pos) string {
	return strings.Repeat("\t", max(c.Fset.PositionFor(pos, false).Column-1, 0))
}
