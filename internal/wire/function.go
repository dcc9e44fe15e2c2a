package wire

import (
	"go/ast"
	"go/token"
)

// FunctionName returns the name of the function declaration around pos: F, (*T).M or T.M, without type parameters. It
// is empty outside functions.
func FunctionName(file *ast.File, pos token.Pos) string {
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || pos < fn.Pos() || pos > fn.End() {
			continue
		}
		if fn.Recv == nil || len(fn.Recv.List) == 0 {
			return fn.Name.Name
		}
		recv, pointer := fn.Recv.List[0].Type, false
		for {
			switch t := recv.(type) {
			case *ast.ParenExpr:
				recv = t.X
				continue
			case *ast.StarExpr:
				recv, pointer = t.X, true
				continue
			case *ast.IndexExpr:
				recv = t.X
				continue
			case *ast.IndexListExpr:
				recv = t.X
				continue
			}
			break
		}
		id, ok := recv.(*ast.Ident)
		if !ok {
			return fn.Name.Name
		}
		if pointer {
			return "(*" + id.Name + ")." + fn.Name.Name
		}
		return id.Name + "." + fn.Name.Name
	}
	return ""
}
