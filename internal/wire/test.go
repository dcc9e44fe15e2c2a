package wire

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// IsTest reports whether the file is there for tests: go test compiles it, or it imports a package that is of no use
// elsewhere, as helpers shared by the tests of several packages do.
func IsTest(fset *token.FileSet, file *ast.File) bool {
	if strings.HasSuffix(fset.PositionFor(file.FileStart, false).Filename, "_test.go") {
		return true
	}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && (path == "testing" || path == "net/http/httptest") {
			return true
		}
	}
	return false
}
