package wire_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/wire"
)

func TestFunctionName(t *testing.T) {
	const src = `package p
type T[K any] struct{}
func F() { func() { _ = 1 }() }
func (t *T[K]) M() { _ = 2 }
func (T[K]) N() { _ = 3 }
func (*(T[K])) O() { _ = 4 }
var x = func() int { return 5 }
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			got = append(got, lit.Value+" "+wire.FunctionName(file, lit.Pos()))
		}
		return true
	})
	if diff := cmp.Diff([]string{"1 F", "2 (*T).M", "3 T.N", "4 (*T).O", "5 "}, got); diff != "" {
		t.Error(diff)
	}
}
