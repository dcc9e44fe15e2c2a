package serverdeadline

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// The wait for the next request has been without bound since Go 1.20, where only ReadHeaderTimeout is set.
func TestIdlesWithoutBound(t *testing.T) {
	tests := []struct {
		pkg, module string // Go versions
		want        bool
	}{
		{"go1.17", "", false},
		{"go1.19", "1.26", false}, // the package's own version counts
		{"go1.19.13", "", false},
		{"go1.20", "", true},
		{"go1.26.8", "1.19", true},
		{"", "1.19", false},
		{"", "1.20", true},
		{"", "", true}, // unknown: today's Go
	}
	for _, test := range tests {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", "package p", 0)
		if err != nil {
			t.Fatal(err)
		}
		conf := types.Config{GoVersion: test.pkg}
		pkg, err := conf.Check("p", fset, []*ast.File{file}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := &checker{pass: &pass.Pass{Pass: &analysis.Pass{Pkg: pkg, Module: &analysis.Module{GoVersion: test.module}}}}
		if got := c.idlesWithoutBound(); got != test.want {
			t.Errorf("package %q, module %q: %v, want %v", test.pkg, test.module, got, test.want)
		}
	}
}
