package goroutineleak

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

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
