package fix

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ast/astutil"
)

// tidyImports mends what fixes that are right one by one do to the imports together: each added the same import at a
// place of its own, or each removed one of the last uses of a package. It removes the repeated import, and the import
// that was used before and is not any more.
func tidyImports(old, new []byte) ([]byte, error) {
	before, err := parser.ParseFile(token.NewFileSet(), "", old, 0)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	after, err := parser.ParseFile(fset, "", new, parser.ParseComments)
	if err != nil {
		return nil, err
	}

	type key struct{ name, path string }
	seen := make(map[key]bool)
	remove := make(map[*ast.ImportSpec]bool)
	for _, spec := range after.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		k := key{path: path}
		if spec.Name != nil {
			k.name = spec.Name.Name
		}
		if k.name == "_" || k.name == "." || path == "C" {
			continue
		}
		// UsesImport asks for the first import of the path, and guesses the name of a package from its path; where the
		// guess is wrong, the import was not used before either.
		if seen[k] || astutil.UsesImport(before, path) && !astutil.UsesImport(after, path) {
			remove[spec] = true
		}
		seen[k] = true
	}
	if len(remove) == 0 {
		return new, nil
	}

	// From the end, so that offsets stay valid.
	for _, decl := range slices.Backward(after.Decls) {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.IMPORT {
			continue
		}
		all := !slices.ContainsFunc(gen.Specs, func(s ast.Spec) bool { return !remove[s.(*ast.ImportSpec)] })
		if all {
			new = cut(new, fset, gen, gen.Doc, nil)
			continue
		}
		for _, s := range slices.Backward(gen.Specs) {
			if spec := s.(*ast.ImportSpec); remove[spec] {
				new = cut(new, fset, spec, spec.Doc, spec.Comment)
			}
		}
	}
	return new, nil
}

// cut removes a node and its comments from the text, with the rest of the line where that is blank.
func cut(text []byte, fset *token.FileSet, n ast.Node, doc, comment *ast.CommentGroup) []byte {
	offset := fset.File(n.Pos()).Offset
	start, end := offset(n.Pos()), offset(n.End())
	if doc != nil {
		start = offset(doc.Pos())
	}
	if comment != nil {
		end = offset(comment.End())
	}
	for start > 0 && (text[start-1] == ' ' || text[start-1] == '\t') {
		start--
	}
	for end < len(text) && (text[end] == ' ' || text[end] == '\t' || text[end] == ';' || text[end] == '\r') {
		end++
	}
	if end < len(text) && text[end] == '\n' && (start == 0 || text[start-1] == '\n') {
		end++
	}
	return slices.Concat(text[:start], text[end:])
}
