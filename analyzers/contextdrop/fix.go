package contextdrop

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// replaceRoot is the fix that passes the context at hand instead of a new root, or nil.
func (c *checker) replaceRoot(call *ssa.Call, have scope.Context) *pass.Fix {
	expr := c.source.Call(call)
	if expr == nil || !c.writable(have, expr.Pos()) || !c.importStays(expr.Pos()) {
		return nil
	}
	if name := skeleton.CalleeOf(call.Common()).Name(); name != "context.Background" && name != "context.TODO" {
		return nil // a function that adds values
	}
	return &pass.Fix{
		Message: "Pass " + have.Text,
		Edits:   []analysis.TextEdit{{Pos: expr.Pos(), End: expr.End(), NewText: []byte(have.Text)}},
	}
}

// callSibling is the fix that calls the variant with the context, whose first parameter it is, or nil.
func (c *checker) callSibling(call *ssa.Call, sibling *types.Func, have scope.Context) *pass.Fix {
	expr := c.source.Call(call)
	if expr == nil || !c.writable(have, expr.Pos()) {
		return nil
	}
	var id *ast.Ident
	switch fun := ast.Unparen(expr.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return nil
	}
	text := have.Text
	if len(expr.Args) > 0 {
		text += ", "
	}
	return &pass.Fix{
		Message: "Call " + sibling.Name() + " with " + have.Text,
		Edits: []analysis.TextEdit{
			{Pos: id.Pos(), End: id.End(), NewText: []byte(sibling.Name())},
			{Pos: expr.Lparen + 1, End: expr.Lparen + 1, NewText: []byte(text)},
		},
	}
}

// writable reports whether what the parameter is called means the parameter at pos.
func (c *checker) writable(have scope.Context, pos token.Pos) bool {
	inner := c.Pkg.Scope().Innermost(pos)
	if inner == nil {
		return false
	}
	_, obj := inner.LookupParent(have.Param.Name(), pos)
	return obj != nil && obj == have.Param.Object()
}

// importStays reports whether the file uses package context for anything but roots: without these the import would be
// left without a use.
func (c *checker) importStays(pos token.Pos) bool {
	file := c.File(pos)
	if file == nil {
		return false
	}
	stays := false
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || stays {
			return !stays
		}
		id, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		if pkg, ok := c.TypesInfo.Uses[id].(*types.PkgName); ok && pkg.Imported().Path() == "context" && sel.Sel.Name != "Background" && sel.Sel.Name != "TODO" {
			stays = true
		}
		return true
	})
	return stays
}
