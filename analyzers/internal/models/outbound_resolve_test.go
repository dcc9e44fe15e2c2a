package models_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/tools/go/packages"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
)

// The rows of the standard library name functions that are there, and contexts where they say.
func TestStandardOutboundsResolve(t *testing.T) {
	want := make(map[string]models.Outbound)
	for _, row := range models.Outbounds() {
		if path := packageOf(row.Func); !strings.Contains(path, ".") {
			want[path+" "+row.Func] = row
		}
	}
	seen := make(map[string]bool)
	var paths []string
	for key := range want {
		if path, _, _ := strings.Cut(key, " "); !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]*types.Func)
	for _, pkg := range pkgs {
		for _, fn := range functions(pkg.Types) {
			found[fn.FullName()] = fn
		}
	}
	for _, row := range want {
		fn := found[row.Func]
		switch {
		case fn == nil:
			t.Errorf("%s: no such function", row.Func)
		case row.Context > 0 && !row.Carrier && argument(fn, row.Context) != "context.Context":
			t.Errorf("%s: argument %d is of type %s", row.Func, row.Context, argument(fn, row.Context))
		case row.Carrier && !slices.Contains([]string{"*net/http.Request", "*os/exec.Cmd"}, argument(fn, row.Context)):
			t.Errorf("%s: argument %d is of type %s", row.Func, row.Context, argument(fn, row.Context))
		case row.Context == 0 && strings.Contains(fn.Signature().Params().String(), "context.Context"):
			t.Errorf("%s gets a context", row.Func)
		}
	}
	if len(want) < 80 {
		t.Errorf("only %d rows of the standard library", len(want))
	}
}

// functions returns the exported functions of a package, and the methods of its types.
func functions(pkg *types.Package) []*types.Func {
	var list []*types.Func
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			list = append(list, obj)
		case *types.TypeName:
			named, ok := obj.Type().(*types.Named)
			if !ok {
				continue
			}
			for m := range named.Methods() {
				list = append(list, m)
			}
			if iface, ok := named.Underlying().(*types.Interface); ok {
				for m := range iface.ExplicitMethods() {
					list = append(list, m)
				}
			}
		}
	}
	return list
}

// argument returns the type of an argument, counted from 1, the receiver first.
func argument(fn *types.Func, position int) string {
	sig := fn.Signature()
	if sig.Recv() != nil {
		if position == 1 {
			return sig.Recv().Type().String()
		}
		position--
	}
	return sig.Params().At(position - 1).Type().String()
}

// read reports whether the version that a row was read in is among the folders, or the row names none.
func read(row models.Outbound, dirs []string) bool {
	version := regexp.MustCompile(`v\d+\.\d+\.\d+`).FindString(row.Source)
	return version == "" || slices.ContainsFunc(dirs, func(dir string) bool { return strings.Contains(dir, "@"+version) })
}

// The rows of libraries whose source is in the module cache name functions that are declared there.
func TestLibraryOutboundsResolve(t *testing.T) {
	cache := moduleCache(t)
	byPackage := make(map[string][]models.Outbound)
	for _, row := range models.Outbounds() {
		if path := packageOf(row.Func); strings.Contains(path, ".") {
			byPackage[path] = append(byPackage[path], row)
		}
	}
	for path, rows := range byPackage {
		t.Run(path, func(t *testing.T) {
			dirs := sources(cache, path)
			if len(dirs) == 0 {
				t.Skip("not in the module cache")
			}
			// A row may name what only some versions have.
			found := make(map[string]int)
			for _, dir := range dirs {
				for name, context := range declared(t, dir, path) {
					found[name] = max(found[name], context)
				}
			}
			for _, row := range rows {
				switch context, ok := found[row.Func]; {
				case !ok && !read(row, dirs):
					t.Logf("%s: not in %s, and the version that the row was read in is not in the module cache", row.Func, dirs)
				case !ok:
					t.Errorf("%s: no such function in %s", row.Func, dirs)
				case !row.Carrier && context-1 != row.Context:
					t.Errorf("%s: the context is argument %d, not %d", row.Func, context-1, row.Context)
				}
			}
		})
	}
}

// packageOf returns the import path in the full name of a function.
func packageOf(name string) string {
	name = strings.TrimLeft(name, "(*")
	if at := strings.IndexByte(name, ')'); at >= 0 {
		name = name[:at]
	}
	return name[:strings.LastIndexByte(name, '.')]
}

func moduleCache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// sources returns the folders of a package in the module cache, of the newest version of each module that may have it.
func sources(cache, path string) []string {
	var dirs []string
	for root := path; root != "." && root != "/"; root = filepath.Dir(root) {
		escaped, err := module.EscapePath(root)
		if err != nil {
			break
		}
		versions, _ := filepath.Glob(filepath.Join(cache, escaped) + "@v*")
		newest := ""
		for _, dir := range versions {
			below := filepath.Join(dir, strings.TrimPrefix(path, root))
			if files, _ := filepath.Glob(filepath.Join(below, "*.go")); len(files) == 0 {
				continue
			}
			if _, v, _ := strings.Cut(filepath.Base(dir), "@"); newest == "" || semver.Compare(version(newest), v) < 0 {
				newest = dir
			}
		}
		if newest != "" {
			dirs = append(dirs, filepath.Join(newest, strings.TrimPrefix(path, root)))
		}
	}
	return dirs
}

func version(dir string) string {
	_, v, _ := strings.Cut(filepath.Base(dir), "@")
	return v
}

// declared returns the functions and methods that the files of a folder declare, each with the position of its context
// plus one.
func declared(t *testing.T, dir, path string) map[string]int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]int)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					found[path+"."+d.Name.Name] = 1 + contextAt(d.Type, 1)
					continue
				}
				found["("+receiver(d.Recv.List[0].Type, path)+")."+d.Name.Name] = 1 + contextAt(d.Type, 2)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					spec, ok := s.(*ast.TypeSpec)
					if !ok {
						continue
					}
					iface, ok := spec.Type.(*ast.InterfaceType)
					if !ok {
						continue
					}
					for _, m := range iface.Methods.List {
						if ft, ok := m.Type.(*ast.FuncType); ok {
							found["("+path+"."+spec.Name.Name+")."+m.Names[0].Name] = 1 + contextAt(ft, 2)
						}
					}
				}
			}
		}
	}
	return found
}

// receiver writes the type of a receiver as FullName does, without type parameters.
func receiver(expr ast.Expr, path string) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return "*" + receiver(e.X, path)
	case *ast.IndexExpr:
		return receiver(e.X, path)
	case *ast.IndexListExpr:
		return receiver(e.X, path)
	}
	return path + "." + types.ExprString(expr)
}

// contextAt returns the position of the context among the arguments, the first parameter being at first, or 0.
func contextAt(ft *ast.FuncType, first int) int {
	at := first
	for _, field := range ft.Params.List {
		if types.ExprString(field.Type) == "context.Context" {
			return at
		}
		at += max(1, len(field.Names))
	}
	return 0
}
