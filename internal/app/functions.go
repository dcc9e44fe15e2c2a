package app

import (
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/cloudlint/cloudlint/internal/overlayfile"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// functions finds the functions around places in files, each of which it reads once.
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

// at is what lint.Input.Function is.
func (f *functions) at(file string, line, column int) string {
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
	if tree == nil {
		return ""
	}
	tf := f.fset.File(tree.FileStart)
	if tf == nil || line < 1 || line > tf.LineCount() {
		return ""
	}
	return wire.FunctionName(tree, min(tf.LineStart(line)+token.Pos(max(column, 1)-1), tree.FileEnd))
}
