package outbound_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// Each package of testdata says behind every call what is known of it: "// out: db.Query waits for the database". A call
// without such a comment is not outbound.
func TestCalls(t *testing.T) {
	pkgs := load(t)
	for _, pkg := range pkgs {
		t.Run(pkg.Path, func(t *testing.T) {
			if diff := cmp.Diff(pkg.wanted, pkg.told(outbound.Of)); diff != "" {
				t.Errorf("(-wanted +told)\n%s", diff)
			}
		})
	}
}

// A loaded package has what its comments want, one a line.
type loaded struct {
	Path   string
	fset   *token.FileSet
	files  []*ast.File
	info   *types.Info
	ssa    *ssa.Package
	wanted []string
}

// load type-checks the packages of testdata that are not stand-ins for libraries, as the drivers do: what they import is
// known by its types only.
func load(t *testing.T) []loaded {
	t.Helper()
	dir := ruletest.Copy(t, "testdata")
	own, err := filepath.Glob("testdata/src/*")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range own {
		if name := filepath.Base(path); !strings.Contains(name, ".") {
			names = append(names, name)
		}
	}
	config := &packages.Config{Mode: packages.LoadSyntax, Dir: dir, Env: append(os.Environ(), "GO111MODULE=off", "GOPROXY=off", "GOPATH="+dir)}
	list, err := packages.Load(config, names...)
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(list) > 0 {
		t.FailNow()
	}
	prog, built := ssautil.Packages(list, 0)
	prog.Build()
	var out []loaded
	for i, p := range list {
		out = append(out, loaded{Path: p.PkgPath, fset: p.Fset, files: p.Syntax, info: p.TypesInfo, ssa: built[i], wanted: wanted(p)})
	}
	return out
}

var comment = regexp.MustCompile(`^// out: (.*)$`)

func wanted(p *packages.Package) []string {
	var lines []string
	for _, f := range p.Syntax {
		for _, group := range f.Comments {
			for _, c := range group.List {
				if m := comment.FindStringSubmatch(c.Text); m != nil {
					lines = append(lines, at(p.Fset, c.Pos())+m[1])
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// told returns what of says of the calls of the package.
func (l loaded) told(of func(*ssa.CallCommon) (outbound.Call, bool)) []string {
	var lines []string
	for _, m := range l.functions() {
		for _, b := range m.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(ssa.CallInstruction); ok {
					if c, ok := of(call.Common()); ok {
						lines = append(lines, at(l.fset, call.Pos())+say(c))
					}
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// functions returns all functions of the package with a source.
func (l loaded) functions() []*ssa.Function {
	var list []*ssa.Function
	var add func(*ssa.Function)
	add = func(fn *ssa.Function) {
		list = append(list, fn)
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
	}
	for _, f := range l.files {
		for _, decl := range f.Decls {
			if d, ok := decl.(*ast.FuncDecl); ok {
				add(l.ssa.Prog.FuncValue(l.info.Defs[d.Name].(*types.Func)))
			}
		}
	}
	return list
}

// at is the file and the line of a place, as a prefix that sorts.
func at(fset *token.FileSet, pos token.Pos) string {
	p := fset.Position(pos)
	return fmt.Sprintf("%s:%03d: ", filepath.Base(p.Filename), p.Line)
}

// say puts a call into words.
func say(c outbound.Call) string {
	s := c.Func + " " + c.What
	switch {
	case c.Context != nil && c.Carrier:
		s += ", with what carries it"
	case c.Context != nil:
		s += ", with " + c.Context.Name()
	}
	if c.Stream {
		s += ", stream"
	}
	if c.SelfBounded {
		s += ", bounded"
	}
	return s
}
