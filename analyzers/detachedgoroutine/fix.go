package detachedgoroutine

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// fix is the change that removes the finding, or nil where it takes a decision.
func (c *checker) fix(f found) *pass.Fix {
	if f.start.at != nil || len(f.calls) > 0 {
		return nil
	}
	start, ok := c.source.At(f.start.pos).(*ast.GoStmt)
	if !ok {
		return nil
	}
	switch {
	case f.kind == works:
		return c.withoutCancel(f, start)
	case f.kind == touches && classOf(f.param.Type()) == ginContext:
		return c.copyContext(f, start)
	}
	return nil
}

// withoutCancel detaches the context that the goroutine uses. It then has no bound any more, which is for the user to
// decide: the fix is not safe.
func (c *checker) withoutCancel(f found, start *ast.GoStmt) *pass.Fix {
	file := c.File(start.Pos())
	if file == nil || version.Compare(c.Pkg.GoVersion(), "go1.21") < 0 && c.Pkg.GoVersion() != "" {
		return nil
	}
	call := c.source.CallAt(f.hops[0].pos)
	if call == nil || f.hops[0].arg < 0 {
		return nil
	}
	arg := c.source.ArgumentOf(call, f.hops[0].arg)
	qualifier := c.importName(file, "context", start.Pos())
	if arg == nil || qualifier == "" || classOf(c.TypesInfo.TypeOf(arg)) != reqContext {
		return nil
	}
	message := "Detach the context from the request"
	if lit, ok := start.Call.Fun.(*ast.FuncLit); ok {
		id, ok := arg.(*ast.Ident)
		if !ok {
			return wrap(message, arg, qualifier+".WithoutCancel(", ")")
		}
		obj := c.TypesInfo.Uses[id]
		if obj == nil || obj.Pos() > lit.Pos() && obj.Pos() < lit.End() {
			return nil
		}
		text := "\n" + id.Name + " := " + qualifier + ".WithoutCancel(" + id.Name + ")"
		if c.Fset.Position(lit.Body.Lbrace).Line == c.Fset.Position(lit.Body.Rbrace).Line {
			text += "\n"
		}
		if shadowed(c.TypesInfo, lit, id.Name) {
			return nil
		}
		return &pass.Fix{Message: message, Edits: []analysis.TextEdit{{Pos: lit.Body.Lbrace + 1, End: lit.Body.Lbrace + 1, NewText: []byte(text)}}}
	}
	return wrap(message, arg, qualifier+".WithoutCancel(", ")")
}

func wrap(message string, e ast.Expr, before, after string) *pass.Fix {
	return &pass.Fix{Message: message, Edits: []analysis.TextEdit{
		{Pos: e.Pos(), End: e.Pos(), NewText: []byte(before)},
		{Pos: e.End(), End: e.End(), NewText: []byte(after)},
	}}
}

// shadowed reports whether a function literal has a parameter of the name, or declares it at the top of its body.
func shadowed(info *types.Info, lit *ast.FuncLit, name string) bool {
	scope := info.Scopes[lit.Type]
	return scope == nil || scope.Lookup(name) != nil
}

// importName returns what the file calls an imported package at pos, or "".
func (c *checker) importName(file *ast.File, path string, pos token.Pos) string {
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != path {
			continue
		}
		name := path
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if scope := c.Pkg.Scope().Innermost(pos); scope != nil {
			if _, obj := scope.LookupParent(name, pos); obj != nil {
				if _, ok := obj.(*types.PkgName); ok {
					return name
				}
			}
		}
	}
	return ""
}

// copyContext gives the goroutine a copy of gin's context. The copy has no response, so only goroutines that read from the
// context are changed.
func (c *checker) copyContext(f found, start *ast.GoStmt) *pass.Fix {
	message := "Give the goroutine a copy of the context"
	lit, ok := start.Call.Fun.(*ast.FuncLit)
	if !ok {
		// What a named function does with the context is not looked at.
		arg := c.source.ArgumentOf(start.Call, f.hops[0].arg)
		if id, ok := arg.(*ast.Ident); !ok || classOf(c.TypesInfo.TypeOf(id)) != ginContext || len(f.hops) == 0 || f.hops[0].arg < 0 {
			return nil
		}
		return wrap(message, arg, "", ".Copy()")
	}
	id, ok := c.captures(lit)
	if !ok || shadowed(c.TypesInfo, lit, id.Name) || !hasDeclaredType(c, f.param, id) {
		return nil
	}
	text := c.typeText(f.param)
	if text == "" {
		return nil
	}
	param, arg := id.Name+" "+text, id.Name+".Copy()"
	if n := len(lit.Type.Params.List); n > 0 {
		param = ", " + param
	}
	if len(start.Call.Args) > 0 {
		arg = ", " + arg
	}
	if variadic(lit) {
		return nil
	}
	return &pass.Fix{Message: message, Safe: c.readsOnly(lit, id), Edits: []analysis.TextEdit{
		{Pos: lit.Type.Params.Closing, End: lit.Type.Params.Closing, NewText: []byte(param)},
		{Pos: start.Call.Rparen, End: start.Call.Rparen, NewText: []byte(arg)},
	}}
}

func variadic(lit *ast.FuncLit) bool {
	list := lit.Type.Params.List
	if len(list) == 0 {
		return false
	}
	_, ok := list[len(list)-1].Type.(*ast.Ellipsis)
	return ok
}

func hasDeclaredType(c *checker, p *ssa.Parameter, id *ast.Ident) bool {
	obj := c.TypesInfo.Uses[id]
	return obj != nil && obj == p.Object()
}

// captures returns the one variable of gin's context that a function literal captures.
func (c *checker) captures(lit *ast.FuncLit) (*ast.Ident, bool) {
	var first *ast.Ident
	one := true
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := c.TypesInfo.Uses[id].(*types.Var)
		if !ok || v.IsField() || classOf(v.Type()) != ginContext || v.Pos() > lit.Pos() && v.Pos() < lit.End() {
			return true
		}
		if first == nil {
			first = id
		} else if c.TypesInfo.Uses[first] != v {
			one = false
		}
		return true
	})
	return first, first != nil && one
}

// typeText is the type of a handler's parameter as the source has it.
func (c *checker) typeText(p *ssa.Parameter) string {
	var list *ast.FieldList
	switch fn := p.Parent().Syntax().(type) {
	case *ast.FuncDecl:
		list = fn.Type.Params
	case *ast.FuncLit:
		list = fn.Type.Params
	default:
		return ""
	}
	for _, field := range list.List {
		for _, name := range field.Names {
			if c.TypesInfo.Defs[name] == p.Object() {
				return types.ExprString(field.Type)
			}
		}
	}
	return ""
}

// readers are the methods and fields of gin's context that work on a copy as on the original.
var readers = []string{
	"Param", "Query", "DefaultQuery", "GetQuery", "QueryArray", "GetHeader", "ClientIP", "RemoteIP", "FullPath", "HandlerName", "ContentType",
	"Get", "MustGet", "GetString", "GetBool", "GetInt", "GetInt64", "GetUint", "GetUint64", "GetFloat64", "GetTime", "GetDuration", "Value", "Keys", "Params",
}

// readsOnly reports whether a function literal does nothing with gin's context but read values from it.
func (c *checker) readsOnly(lit *ast.FuncLit, id *ast.Ident) bool {
	obj := c.TypesInfo.Uses[id]
	uses, read := 0, 0
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && c.TypesInfo.Uses[x] == obj && slices.Contains(readers, n.Sel.Name) {
				read++
			}
		case *ast.Ident:
			if c.TypesInfo.Uses[n] == obj {
				uses++
			}
		}
		return true
	})
	return uses == read
}
