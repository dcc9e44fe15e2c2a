package analyzers_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// Analyzers are linked into golangci-lint, nogo and others' vet tools: they bring none of the command's world.
func TestAnalyzersAreLean(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	forbidden := []string{
		"github.com/spf13/", "github.com/sirupsen/", "go.yaml.in/", "gopkg.in/yaml", "k8s.io/", "sigs.k8s.io/",
		"github.com/cloudlint/cloudlint/internal/driver", "github.com/cloudlint/cloudlint/internal/render",
		"github.com/cloudlint/cloudlint/internal/config", "github.com/cloudlint/cloudlint/internal/app",
		"net/http", "golang.org/x/tools/go/packages", "github.com/google/go-cmp",
		"github.com/golangci/", "github.com/cloudlint/cloudlint/plugin",
	}
	for _, pkg := range strings.Fields(string(out)) {
		for _, prefix := range forbidden {
			if pkg == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(pkg, prefix) {
				t.Errorf("analyzers depend on %s", pkg)
			}
		}
	}
}

// Analyzers run inside other programs: no init, no output, no panics of their own, no files, no environment, no clock,
// and no state outside a pass. Under go vet one line on standard output spoils a whole run.
func TestAnalyzersBehave(t *testing.T) {
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 2 {
		t.Fatalf("only %d packages", len(pkgs))
	}
	for _, pkg := range pkgs {
		if len(pkg.Errors) > 0 {
			t.Fatal(pkg.Errors)
		}
		for _, file := range pkg.Syntax {
			for _, v := range violations(pkg.Fset, pkg.TypesInfo, file) {
				t.Error(v)
			}
		}
	}
}

// forbidden says which functions and variables of other packages analyzers do not use. A package without names is
// forbidden whole.
func forbidden(obj types.Object) bool {
	if obj.Pkg() == nil {
		return obj == types.Universe.Lookup("print") || obj == types.Universe.Lookup("println") || obj == types.Universe.Lookup("panic")
	}
	if _, isPackage := obj.(*types.PkgName); isPackage || obj.Parent() != obj.Pkg().Scope() {
		return false
	}
	names, listed := map[string][]string{
		"fmt":           {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
		"log":           {},
		"log/slog":      {},
		"math/rand":     {},
		"math/rand/v2":  {},
		"net":           {"Dial", "DialTimeout", "Listen", "LookupHost", "LookupAddr", "ResolveTCPAddr"},
		"os":            {},
		"os/exec":       {},
		"path/filepath": {"Walk", "WalkDir", "Glob", "Abs", "EvalSymlinks"},
		"time":          {"Now", "Since", "Sleep", "After", "Tick", "NewTimer"},
	}[obj.Pkg().Path()]
	return listed && (len(names) == 0 || slices.Contains(names, obj.Name()))
}

// violations lists what a file must not do.
func violations(fset *token.FileSet, info *types.Info, file *ast.File) []string {
	var found []string
	report := func(n ast.Node, format string, args ...any) {
		found = append(found, fmt.Sprintf("%s: %s", fset.Position(n.Pos()), fmt.Sprintf(format, args...)))
	}
	// global returns the package-level variable that an expression is a part of.
	var global func(ast.Expr) *types.Var
	global = func(e ast.Expr) *types.Var {
		switch e := e.(type) {
		case *ast.ParenExpr:
			return global(e.X)
		case *ast.IndexExpr:
			return global(e.X)
		case *ast.StarExpr:
			return global(e.X)
		case *ast.SelectorExpr:
			if v, ok := info.Uses[e.Sel].(*types.Var); ok && v.Parent() != nil && v.Parent() == v.Pkg().Scope() {
				return v
			}
			return global(e.X)
		case *ast.Ident:
			if v, ok := info.Uses[e].(*types.Var); ok && v.Parent() == v.Pkg().Scope() {
				return v
			}
		}
		return nil
	}
	changes := func(e ast.Expr) {
		if v := global(e); v != nil {
			report(e, "changes the package-level variable %s", v.Name())
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if obj := info.Uses[n]; obj != nil && forbidden(obj) {
				report(n, "uses %s", obj)
			}
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				report(n, "init function")
			}
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					changes(e)
				}
			}
		case *ast.IncDecStmt:
			changes(n.X)
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (id.Name == "delete" || id.Name == "clear") {
				changes(n.Args[0])
			}
		}
		return true
	})
	return found
}

func TestViolations(t *testing.T) {
	tests := []struct{ source, want string }{
		{`func init() {}`, "init function"},
		{`func f() { fmt.Println() }`, "uses func fmt.Println"},
		{`func f() string { return fmt.Sprint(1) }`, ""},
		{`func f() { os.Exit(1) }`, "uses func os.Exit"},
		{`var out = os.Stdout`, "uses var os.Stdout"},
		{`func f() { panic("x") }`, "uses builtin panic"},
		{`func f() { println() }`, "uses builtin println"},
		{`var seen = map[string]bool{}; func f() { seen["a"] = true }`, "changes the package-level variable seen"},
		{`var seen = map[string]bool{}; func f() { delete(seen, "a") }`, "changes the package-level variable seen"},
		{`var seen = map[string]bool{}; func f() { seen := map[string]bool{}; seen["a"] = true }`, ""},
		{`var n int; func f() { n++ }`, "changes the package-level variable n"},
		{`var state struct{ list []int }; func f() { state.list = append(state.list, 1) }`, "changes the package-level variable state"},
	}
	std := importer.Default()
	for _, test := range tests {
		fset := token.NewFileSet()
		source := "package p\nimport (\"fmt\"; \"os\")\nvar _, _ = fmt.Sprint, os.ErrExist\n" + test.source
		file, err := parser.ParseFile(fset, "p.go", source, 0)
		if err != nil {
			t.Fatal(err)
		}
		info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
		conf := types.Config{Importer: std}
		if _, err := conf.Check("p", fset, []*ast.File{file}, info); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range violations(fset, info, file) {
			if !strings.HasPrefix(v, "p.go:3:") { // the line that only keeps the imports in use
				got = append(got, v)
			}
		}
		if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
			t.Errorf("%s: got %q, want %q", test.source, got, test.want)
		}
	}
}

// Every driver but ours, nogo first of all, finds an analyzer by the variable of this name; the list needs the others.
func TestEveryAnalyzerPackageExportsItsParts(t *testing.T) {
	folders, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	exported := make(map[string]map[string]bool)
	for _, path := range folders {
		dir := filepath.Dir(path)
		if dir == "internal" || dir == "testdata" || strings.HasSuffix(path, "_test.go") {
			continue
		}
		if exported[dir] == nil {
			exported[dir] = make(map[string]bool)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					exported[dir][decl.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && decl.Tok == token.VAR {
						for _, name := range v.Names {
							exported[dir][name.Name] = true
						}
					}
				}
			}
		}
	}
	if len(exported) == 0 {
		t.Fatal("there are no analyzer packages")
	}
	for dir, names := range exported {
		for _, want := range []string{"Analyzer", "New", "Rules"} {
			if !names[want] {
				t.Errorf("package %s has no %s", dir, want)
			}
		}
	}
}
