package outbound

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// longest bounds what is quoted of the source in a name.
const longest = 48

// written returns the function called as the user writes it, "db.QueryContext", or else "(*sql.DB).QueryContext".
func written(call *ssa.CallCommon, callee skeleton.Callee) string {
	if expr := source(call, callee); expr != nil {
		if s := types.ExprString(expr); len(s) <= longest {
			return s
		}
	}
	return short(callee.Object)
}

// source returns the expression that is called, or nil where the call has none.
func source(call *ssa.CallCommon, callee skeleton.Callee) ast.Expr {
	fn := within(call, callee)
	if fn == nil || fn.Syntax() == nil || !call.Pos().IsValid() {
		return nil
	}
	return callAt(fn.Syntax(), call.Pos())
}

// within returns the function that the call stands in, as far as its operands tell.
func within(call *ssa.CallCommon, callee skeleton.Callee) *ssa.Function {
	for _, v := range append([]ssa.Value{call.Value}, callee.Args...) {
		if _, isFunc := v.(*ssa.Function); !isFunc && v.Parent() != nil {
			return v.Parent()
		}
	}
	return nil
}

// callAt returns the function of the call whose parenthesis opens at pos.
func callAt(in ast.Node, pos token.Pos) (fun ast.Expr) {
	ast.Inspect(in, func(n ast.Node) bool {
		if n == nil || fun != nil || pos < n.Pos() || pos >= n.End() {
			return false
		}
		if c, ok := n.(*ast.CallExpr); ok && c.Lparen == pos {
			fun = ast.Unparen(c.Fun)
		}
		return true
	})
	return fun
}

// short is a name for a function that nobody writes: that of its package, without the path, or of its receiver's type.
func short(fn *types.Func) string {
	brief := func(p *types.Package) string { return p.Name() }
	recv := fn.Signature().Recv()
	if recv == nil {
		if fn.Pkg() == nil {
			return fn.Name()
		}
		return fn.Pkg().Name() + "." + fn.Name()
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return "(*" + types.TypeString(p.Elem(), brief) + ")." + fn.Name()
	}
	return types.TypeString(t, brief) + "." + fn.Name()
}
