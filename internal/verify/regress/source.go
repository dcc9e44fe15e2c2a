package regress

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// A home is where a test belongs: tests of one home share a file.
type home struct {
	dir, pkg string
	outside  bool   // of the package that is tested
	suffix   string // of file names, which makes them ones of a system: "_linux"
	build    string // the build constraint, as it is written
}

// A declaration is one of a function that can be called as a test.
type declaration struct {
	home    home
	example bool
	calls   string // what it calls that a bubble forbids: "t.Parallel"
}

// A source is what is known of a package's files.
type source struct {
	functions map[string]declaration // tests and examples
	taken     map[string]bool        // names that a package of the folder declares
}

// readSource reads the files of a package. Mistakes in them are the compiler's to tell.
func readSource(p Package) *source {
	s := &source{functions: make(map[string]declaration), taken: make(map[string]bool)}
	names, _ := filepath.Glob(filepath.Join(escape(p.Dir), "*.go")) // the pattern is a good one
	mine := make(map[string]bool)
	for _, name := range p.Tests {
		mine[filepath.Join(p.Dir, name)] = true
		if _, err := os.Lstat(filepath.Join(p.Dir, name)); err != nil {
			names = append(names, filepath.Join(p.Dir, name)) // only the overlay has it
		}
	}
	fset := token.NewFileSet()
	for _, name := range names {
		// Names of files for other systems are taken, too.
		file, _ := parser.ParseFile(fset, cmp.Or(p.Replace[name], name), nil, parser.SkipObjectResolution|parser.ParseComments)
		if file == nil {
			continue
		}
		pkg := file.Name.Name
		h := home{dir: p.Dir, pkg: pkg, outside: pkg != p.Name, suffix: suffix(filepath.Base(name)), build: buildLine(file)}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					continue
				}
				s.taken[d.Name.Name] = true
				if dec, ok := callable(d); ok && mine[name] {
					dec.home = h
					s.functions[d.Name.Name] = dec
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					s.take(spec)
				}
			}
		}
	}
	return s
}

// escape makes a folder's name a pattern that means it.
func escape(dir string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// take notes the names that a declaration takes.
func (s *source) take(spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		s.taken[spec.Name.Name] = true
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			s.taken[n.Name] = true
		}
	}
}

// free returns a name that no package of the folder has.
func (s *source) free(name string) string {
	free := name
	for n := 2; s.taken[free]; n++ {
		free = fmt.Sprint(name, n)
	}
	return free
}

// callable reports whether a function is a test or an example.
func callable(f *ast.FuncDecl) (d declaration, ok bool) {
	params, name := f.Type.Params.List, f.Name.Name
	if f.Type.TypeParams != nil || f.Type.Results != nil {
		return d, false
	}
	if strings.HasPrefix(name, "Example") && len(params) == 0 {
		return declaration{example: true}, true
	}
	if !strings.HasPrefix(name, "Test") || len(params) != 1 || len(params[0].Names) > 1 {
		return d, false
	}
	star, ok := params[0].Type.(*ast.StarExpr)
	if !ok {
		return d, false
	}
	switch x := star.X.(type) {
	case *ast.SelectorExpr:
		ok = x.Sel.Name == "T" // not the M of TestMain
	case *ast.Ident:
		ok = x.Name == "T" // where testing is imported with a dot
	}
	if !ok || len(params[0].Names) == 0 {
		return d, ok
	}
	t := params[0].Names[0].Name
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == t && (sel.Sel.Name == "Run" || sel.Sel.Name == "Parallel" || sel.Sel.Name == "Deadline") {
				d.calls = cmp.Or(d.calls, t+"."+sel.Sel.Name)
			}
		}
		return true
	})
	return d, true
}

// buildLine returns a file's build constraint, as it is written.
func buildLine(file *ast.File) string {
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, c := range group.List {
			if constraint.IsGoBuild(c.Text) {
				return c.Text
			}
		}
	}
	return ""
}

// suffix returns the end of a file's name that makes it one of a system: "_linux_amd64" of "run_linux_amd64_test.go".
func suffix(name string) string {
	parts := strings.Split(strings.TrimSuffix(strings.TrimSuffix(name, ".go"), "_test"), "_")
	// For no system at all every file belongs to the build that is not one of a system's.
	none := build.Context{GOOS: "none", GOARCH: "none", Compiler: "gc", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package p\n")), nil
	}}
	end := ""
	for i := len(parts) - 1; i > 0 && i > len(parts)-3; i-- {
		if match, err := none.MatchFile("", "p_"+parts[i]+".go"); match || err != nil {
			break
		}
		end = "_" + parts[i] + end
	}
	return end
}

// identifier makes a part of a name: "(*Stock).Count" gives StockCount.
func identifier(function string) string {
	var b strings.Builder
	upper := true
	for _, r := range function {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) && b.Len() > 0:
			if upper {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
			upper = false
		default:
			upper = true
		}
	}
	return b.String()
}
