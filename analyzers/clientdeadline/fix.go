package clientdeadline

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// addField is the fix that adds a duration to a composite literal, or nil where it cannot be written.
func (s *sources) addField(lit *ast.CompositeLit, field string, seconds int) *pass.Fix {
	if len(lit.Elts) > 0 {
		if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); !keyed {
			return nil
		}
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return nil
		}
		if key, ok := kv.Key.(*ast.Ident); ok && key.Name == field {
			return nil // a zero is somebody's decision
		}
	}
	name, imports := s.Import("time", lit.Pos())
	if name == "" {
		return nil
	}
	text := fmt.Sprintf("%s: %d * %s.Second", field, seconds, name)
	at := lit.Lbrace + 1
	switch {
	case len(lit.Elts) == 0:
	case s.line(lit.Lbrace) == s.line(lit.Elts[0].Pos()):
		text += ", "
	default:
		text = "\n" + text + ","
	}
	return &pass.Fix{
		Message: fmt.Sprintf("Set %s to %d seconds", field, seconds),
		Edits:   append(imports, analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)}),
	}
}

// dialTimeout is the fix that replaces net.Dial by net.DialTimeout.
func (s *sources) dialTimeout(lparen token.Pos) *pass.Fix {
	call := s.CallAt(lparen)
	if call == nil || len(call.Args) != 2 {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	name, imports := s.Import("time", call.Pos())
	if name == "" {
		return nil
	}
	end := call.Args[1].End()
	return &pass.Fix{
		Message: "Dial with a timeout of 10 seconds",
		Edits: append(imports,
			analysis.TextEdit{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte("DialTimeout")},
			analysis.TextEdit{Pos: end, End: end, NewText: fmt.Appendf(nil, ", 10*%s.Second", name)}),
	}
}

func (s *sources) line(pos token.Pos) int { return s.pass.Fset.Position(pos).Line }
