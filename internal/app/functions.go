package app

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// functions finds the functions around places in files, each of which it reads once.
type functions struct {
	fset    *token.FileSet
	files   map[string]*ast.File // nil where one cannot be read
	replace map[string]string    // of the overlay, absolute
}

// newFunctions reads files as they are under an overlay, which may be none. The driver has read it before and told of
// mistakes.
func newFunctions(overlay string) *functions {
	f := &functions{fset: token.NewFileSet(), files: make(map[string]*ast.File), replace: make(map[string]string)}
	var parsed struct{ Replace map[string]string }
	if data, err := os.ReadFile(overlay); err == nil && json.Unmarshal(data, &parsed) == nil {
		for from, to := range parsed.Replace {
			f.replace[filepath.Clean(from)] = to
		}
	}
	return f
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
