package clientdeadline

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
)

// sources finds the syntax behind instructions.
type sources struct {
	*source.Index

	pass *pass.Pass
}

// text returns the function of the call at pos as written: "s.client.Get".
func (s *sources) text(pos token.Pos) string {
	if call := s.CallAt(pos); call != nil {
		return exprText(call.Fun)
	}
	return ""
}

// exprText writes a chain of names as the source does. Unlike source.Text it leaves out what stands between them, arguments
// above all: the text is a part of a finding's identity, which is not to change with them.
func exprText(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x := exprText(e.X); x != "" {
			return x + "." + e.Sel.Name
		}
		return e.Sel.Name
	case *ast.StarExpr:
		return exprText(e.X)
	case *ast.UnaryExpr:
		return exprText(e.X)
	case *ast.CompositeLit:
		if e.Type != nil {
			return exprText(e.Type) + "{...}"
		}
	case *ast.CallExpr:
		if f := exprText(e.Fun); f != "" {
			return f + "(...)"
		}
	case *ast.IndexExpr:
		if x := exprText(e.X); x != "" {
			return x + "[...]"
		}
	}
	return ""
}

// contextInScope reports whether the function around pos has a context, or a request that carries one, as a parameter.
// What its deadline should be is then not ours to guess.
func (s *sources) contextInScope(pos token.Pos) bool {
	scope := s.pass.Pkg.Scope().Innermost(pos)
	for ; scope != nil && scope != s.pass.Pkg.Scope(); scope = scope.Parent() {
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if !ok || v.Pos() > pos {
				continue
			}
			switch types.TypeString(v.Type(), nil) {
			case "context.Context", "*net/http.Request":
				return true
			}
		}
	}
	return false
}
