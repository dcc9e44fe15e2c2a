package clientdeadline

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// addField is the fix that adds a duration to a composite literal, or nil where it cannot be written.
func (s *sources) addField(lit *ast.CompositeLit, field string, seconds int) *pass.Fix {
	file := s.pass.File(lit.Pos())
	if file == nil {
		return nil
	}
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
	name, imports := s.importTime(file, lit.Pos())
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
	call := s.call(lparen)
	if call == nil || len(call.Args) != 2 {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	file := s.pass.File(call.Pos())
	if !ok || file == nil {
		return nil
	}
	name, imports := s.importTime(file, call.Pos())
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

// importTime returns what package time is called at pos, and the edit that imports it if the file does not. The name is
// empty where something else has it.
func (s *sources) importTime(file *ast.File, pos token.Pos) (string, []analysis.TextEdit) {
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err != nil || path != "time" {
			continue
		}
		name := "time"
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if scope := s.pass.Pkg.Scope().Innermost(pos); scope != nil {
			if _, obj := scope.LookupParent(name, pos); obj != nil {
				if _, ok := obj.(*types.PkgName); ok {
					return name, nil
				}
			}
		}
		return "", nil
	}
	if scope := s.pass.Pkg.Scope().Innermost(pos); scope != nil {
		if _, obj := scope.LookupParent("time", pos); obj != nil {
			return "", nil
		}
	}
	for _, decl := range file.Decls {
		imports, ok := decl.(*ast.GenDecl)
		if !ok || imports.Tok != token.IMPORT || importsC(imports) {
			continue
		}
		if imports.Lparen.IsValid() {
			return "time", []analysis.TextEdit{{Pos: imports.Lparen + 1, End: imports.Lparen + 1, NewText: []byte("\n\t\"time\"")}}
		}
		return "time", []analysis.TextEdit{{Pos: imports.Pos(), End: imports.Pos(), NewText: []byte("import \"time\"\n\n")}}
	}
	return "", nil
}

// importsC reports whether an import declaration is cgo's, which must stay next to its comment.
func importsC(decl *ast.GenDecl) bool {
	for _, spec := range decl.Specs {
		if spec, ok := spec.(*ast.ImportSpec); ok && spec.Path.Value == `"C"` {
			return true
		}
	}
	return false
}
