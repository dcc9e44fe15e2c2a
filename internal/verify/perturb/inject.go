// Package perturb changes the schedules of tests: a run under another order of events shows leaks that the usual one hides.
// A portfolio of ways beats more runs of one: some bugs need one way, and are hidden by another.
//
// The ways that need code in the user's packages put calls before statements near operations on channels, locks and the
// like, on the same line, in copies of the files that are laid over them for the run. What they do is decided by a seed, so
// that a run can be had again, as far as the scheduler lets it.
package perturb

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"github.com/cloudlint/cloudlint/internal/verify/splice"
)

// inject returns a file with calls in it, and how many there are. The sites are numbered from first. The file must be one
// that the parser takes.
func inject(name string, src []byte, first int) (text []byte, sites int, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, 0, err
	}
	offsets := make(map[int]bool)
	at := func(p token.Pos) { offsets[fset.PositionFor(p, false).Offset] = true }
	list := func(stmts []ast.Stmt) {
		if !slices.ContainsFunc(stmts, synchronises) {
			return
		}
		for _, s := range stmts {
			switch s.(type) {
			case *ast.CaseClause, *ast.CommClause, *ast.DeferStmt, *ast.EmptyStmt:
				// The first two are no statements of their own; a deferred call happens elsewhere.
			default:
				at(s.Pos())
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		list(splice.Statements(n))
		switch n := n.(type) {
		case *ast.CommClause:
			if len(n.Body) > 0 {
				at(n.Body[0].Pos()) // after each choice of a select
			}
		case *ast.GoStmt:
			if lit, ok := n.Call.Fun.(*ast.FuncLit); ok && len(lit.Body.List) > 0 {
				at(lit.Body.List[0].Pos()) // where a goroutine begins
			}
		}
		return true
	})
	var calls []splice.Insertion
	for i, offset := range slices.Sorted(maps.Keys(offsets)) {
		calls = append(calls, splice.Insertion{Offset: offset, Text: fmt.Sprintf("%s(%d, %d, %d); ", function, first+i, first, len(offsets))})
	}
	return splice.Insert(src, calls), len(calls), nil
}

// methods are the names of methods that goroutines meet in. A name is enough here: a call too many only costs time.
var methods = map[string]bool{
	"Lock": true, "Unlock": true, "RLock": true, "RUnlock": true, "TryLock": true, "TryRLock": true, "Wait": true, "Done": true,
	"Add": true, "Go": true, "Signal": true, "Broadcast": true, "Do": true, "Load": true, "Store": true, "Swap": true,
	"CompareAndSwap": true, "Stop": true, "Close": true, "Cancel": true,
}

// synchronises reports whether a statement itself, apart from blocks and functions in it, has an operation by which
// goroutines meet.
func synchronises(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt, *ast.SendStmt, *ast.GoStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			switch fun := n.Fun.(type) {
			case *ast.Ident:
				found = found || fun.Name == "close" || fun.Name == "cancel"
			case *ast.SelectorExpr:
				found = found || methods[fun.Sel.Name]
			}
		case *ast.BlockStmt, *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}
