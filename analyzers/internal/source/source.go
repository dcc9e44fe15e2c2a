// Package source finds the syntax behind instructions, and writes calls, functions and values as the user did, for
// messages and places.
package source

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// An Index finds the syntax of one package. It does no work before the first question.
type Index struct {
	pass  *pass.Pass
	calls map[token.Pos]ast.Node // *ast.CallExpr by its left parenthesis, *ast.GoStmt and *ast.DeferStmt by their keyword
}

// New returns the index of a package.
func New(p *pass.Pass) *Index { return &Index{pass: p} }

// At returns the call, go or defer statement at the position of an instruction, or nil.
func (x *Index) At(pos token.Pos) ast.Node {
	x.build()
	return x.calls[pos]
}

// CallAt returns the call that an instruction at a position makes, or nil.
func (x *Index) CallAt(pos token.Pos) *ast.CallExpr {
	switch s := x.At(pos).(type) {
	case *ast.CallExpr:
		return s
	case *ast.GoStmt:
		return s.Call
	case *ast.DeferStmt:
		return s.Call
	}
	return nil
}

// Call returns the syntax of a call, go or defer statement, or nil.
func (x *Index) Call(call ssa.CallInstruction) *ast.CallExpr {
	if e, ok := x.At(call.Common().Pos()).(*ast.CallExpr); ok {
		return e
	}
	return x.CallAt(call.Pos())
}

func (x *Index) build() {
	if x.calls != nil {
		return
	}
	x.calls = make(map[token.Pos]ast.Node)
	for _, file := range x.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				x.calls[n.Lparen] = n
			case *ast.GoStmt:
				x.calls[n.Go] = n
			case *ast.DeferStmt:
				x.calls[n.Defer] = n
			}
			return true
		})
	}
}

// Place is where a call stands, with its arguments.
func (x *Index) Place(call ssa.CallInstruction) pass.Place {
	if e := x.Call(call); e != nil {
		return pass.Place{Pos: e.Pos(), End: e.End()}
	}
	return pass.Place{Pos: call.Pos()}
}

// Span is where the call at a position stands, as Place.
func (x *Index) Span(pos token.Pos) pass.Place {
	if e := x.CallAt(pos); e != nil {
		return pass.Place{Pos: e.Pos(), End: e.End()}
	}
	return pass.Place{Pos: pos}
}

// Head is where a call, go or defer statement begins: up to its arguments, or the body of a function literal.
func (x *Index) Head(call ssa.CallInstruction) pass.Place {
	switch s := x.At(call.Pos()).(type) {
	case *ast.CallExpr:
		return pass.Place{Pos: s.Pos(), End: s.Lparen}
	case *ast.GoStmt:
		if lit, ok := s.Call.Fun.(*ast.FuncLit); ok {
			return pass.Place{Pos: s.Go, End: lit.Body.Lbrace}
		}
		return pass.Place{Pos: s.Go, End: s.Call.Lparen}
	case *ast.DeferStmt:
		return pass.Place{Pos: s.Defer, End: s.Call.Lparen}
	}
	return pass.Place{Pos: call.Pos()}
}

// Argument returns the expression of argument i of a call, counted as package ssa does (the receiver of a method call is
// the first, of a call through an interface too), or nil.
func (x *Index) Argument(call ssa.CallInstruction, i int) ast.Expr {
	if e := x.Call(call); e != nil {
		return x.ArgumentOf(e, i)
	}
	return nil
}

// ArgumentOf is Argument of a call that is known by its syntax.
func (x *Index) ArgumentOf(e *ast.CallExpr, i int) ast.Expr {
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok {
		if s := x.pass.TypesInfo.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			if i == 0 {
				return sel.X
			}
			i--
		}
	}
	if i < len(e.Args) {
		return e.Args[i]
	}
	return nil
}

// Callee is what a call calls as the source has it: "s.db.QueryContext".
func (x *Index) Callee(call ssa.CallInstruction) string {
	if e := x.Call(call); e != nil {
		if text := Text(e.Fun); text != "" {
			return text
		}
	}
	if common := call.Common(); common.IsInvoke() {
		return common.Method.Name()
	} else if fn := common.StaticCallee(); fn != nil {
		return FuncName(fn)
	}
	return "a function"
}

// maxText bounds the text of an expression in a message, in bytes.
const maxText = 60

// Text is an expression as the source has it, if it is short enough for a message; else its last name, or nothing.
func Text(e ast.Expr) string {
	e = ast.Unparen(e)
	if _, ok := e.(*ast.FuncLit); ok {
		return ""
	}
	text := types.ExprString(e)
	if len(text) <= maxText && !strings.Contains(text, "…") && !strings.Contains(text, "func(") && !strings.Contains(text, "\n") {
		return text
	}
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.IndexExpr:
		return Text(e.X)
	}
	return ""
}

// FuncName is a function as users know it: "F", "(*T).M", "T.M", a literal by the function around it.
func FuncName(fn *ssa.Function) string {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if obj, ok := fn.Object().(*types.Func); ok {
		return MethodName(obj)
	}
	if fn.Parent() != nil {
		return "the function literal in " + FuncName(irutil.Outermost(fn))
	}
	return fn.Name()
}

// MethodName is a declared function as users know it: "F", "(*T).M", "T.M".
func MethodName(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	if named := irutil.PointerTo(recv.Type()); named != nil {
		return "(*" + named.Obj().Name() + ")." + fn.Name()
	} else if named := irutil.NamedOf(recv.Type()); named != nil {
		return named.Obj().Name() + "." + fn.Name()
	}
	return fn.Name()
}
