package app

import (
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/cloudlint/cloudlint/internal/overlayfile"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// functions finds the functions around places, and the cases of select statements, in files, each of which it reads once.
type functions struct {
	fset    *token.FileSet
	files   map[string]*ast.File // nil where one cannot be read
	replace map[string]string    // of the overlay
}

// newFunctions reads files as they are under an overlay, which may be none. The driver has read it before and told of
// mistakes.
func newFunctions(overlay, dir string) *functions {
	replace, _ := overlayfile.Read(overlay, dir)
	return &functions{fset: token.NewFileSet(), files: make(map[string]*ast.File), replace: replace}
}

// tree returns the syntax of a file, nil where it cannot be read.
func (f *functions) tree(file string) *ast.File {
	tree, read := f.files[file]
	if !read {
		name := file
		if to, ok := f.replace[file]; ok {
			name = to
		}
		// What can be read of a file with mistakes is good enough.
		tree, _ = parser.ParseFile(f.fset, name, nil, parser.SkipObjectResolution)
		f.files[file] = tree
	}
	return tree
}

// at is what lint.Input.Function is.
func (f *functions) at(file string, line, column int) string {
	tree := f.tree(file)
	if tree == nil {
		return ""
	}
	tf := f.fset.File(tree.FileStart)
	if tf == nil || line < 1 || line > tf.LineCount() {
		return ""
	}
	return wire.FunctionName(tree, min(tf.LineStart(line)+token.Pos(max(column, 1)-1), tree.FileEnd))
}

// cases is what verify.Places.Cases is.
func (f *functions) cases(file string, line int) []int {
	tree := f.tree(file)
	if tree == nil {
		return nil
	}
	var lines []int
	ast.Inspect(tree, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectStmt)
		if !ok || f.fset.Position(s.Select).Line != line {
			return true
		}
		for _, c := range s.Body.List {
			if comm := c.(*ast.CommClause).Comm; comm != nil {
				for l := f.fset.Position(comm.Pos()).Line; l <= f.fset.Position(comm.End()).Line; l++ {
					lines = append(lines, l)
				}
			}
		}
		return true
	})
	return lines
}
