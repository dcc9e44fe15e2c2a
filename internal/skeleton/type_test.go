package skeleton

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// TestRecursiveTypesHaveOneLayout checks that the slots of a struct do not depend on which of the types that refer to
// each other is asked for first.
func TestRecursiveTypesHaveOneLayout(t *testing.T) {
	const src = `package p

type shared struct {
	parent *shared
	subs   []*suite
	name   string
	signal chan bool
}

type suite struct {
	shared
	state int
	next  map[string]chan suite
}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.Default()}
	pkg, err := conf.Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range []string{"shared", "suite"} {
		t.Run(first, func(t *testing.T) {
			var table typeTable
			table.of(pkg.Scope().Lookup(first).Type())
			suite := table.of(pkg.Scope().Lookup("suite").Type())
			if suite.Slots != 6 || suite.Parts[0].Slots != 4 || suite.Where[1] != 4 || suite.Scalar(3).Shape != Chan {
				t.Errorf("suite has %d slots at %v, its shared %d; slot 3 is of shape %d", suite.Slots, suite.Where, suite.Parts[0].Slots, suite.Scalar(3).Shape)
			}
			subs := suite.Parts[0].Parts[1]
			if subs.Elem.Elem != suite {
				t.Error("the elements of subs are of another type than suite")
			}
		})
	}
}
