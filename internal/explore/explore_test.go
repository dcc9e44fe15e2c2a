package explore

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A program is a package built for tests.
type program struct {
	fset *token.FileSet
	pkg  *ssa.Package
	fns  []*ssa.Function
	*skeleton.Program
}

func load(t testing.TB, files ...string) *program {
	t.Helper()
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", nil)}
	pkg, _, err := ssautil.BuildPackage(&conf, fset, types.NewPackage("p", ""), parsed, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{fset: fset, pkg: pkg}
	var add func(fn *ssa.Function)
	add = func(fn *ssa.Function) {
		p.fns = append(p.fns, fn)
		for _, anon := range fn.AnonFuncs {
			add(anon)
		}
	}
	for _, m := range pkg.Members {
		switch m := m.(type) {
		case *ssa.Function:
			add(m)
		case *ssa.Type:
			for _, typ := range []types.Type{m.Type(), types.NewPointer(m.Type())} {
				set := pkg.Prog.MethodSets.MethodSet(typ)
				for sel := range set.Methods() {
					if fn := pkg.Prog.MethodValue(sel); fn != nil && fn.Synthetic == "" && !slices.Contains(p.fns, fn) {
						add(fn)
					}
				}
			}
		}
	}
	slices.SortFunc(p.fns, func(a, b *ssa.Function) int { return int(a.Pos() - b.Pos()) })
	p.Program = skeleton.NewProgram(pkg, p.fns, ends)
	return p
}

func ends(instr ssa.Instruction) bool {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	name := skeleton.CalleeOf(&call.Call).Name()
	return name == "os.Exit" || strings.HasPrefix(name, "log.Fatal")
}

// stuckLines explores a function and returns the lines of the operations that block for ever.
func (p *program) stuckLines(t testing.TB, fn *ssa.Function) ([]int, Stats) {
	found, stats := Root(p.Program, p.Func(fn), DefaultBudget)
	var lines []int
	for _, s := range found {
		lines = append(lines, p.fset.Position(s.Pos).Line)
		for _, other := range s.With {
			lines = append(lines, p.fset.Position(other.Pos).Line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines), stats
}

// TestCases explores every exported function in testdata/*.go. The operations that block for ever are those in it whose
// line ends in the comment "// stuck", and those whose line ends in "// stuck in " and its name.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		p := load(t, file)
		for _, fn := range p.fns {
			if fn.Parent() != nil || fn.Object() == nil || !fn.Object().Exported() {
				continue
			}
			t.Run(filepath.Base(file)+"/"+fn.Name(), func(t *testing.T) {
				decl := fn.Syntax().(*ast.FuncDecl)
				var want []int
				for i, line := range lines {
					if strings.HasSuffix(line, "// stuck in "+fn.Name()) {
						want = append(want, i+1)
					}
				}
				for n := p.fset.Position(decl.Pos()).Line; n <= p.fset.Position(decl.End()).Line; n++ {
					if strings.HasSuffix(strings.TrimSpace(lines[n-1]), "// stuck") {
						want = append(want, n)
					}
				}
				slices.Sort(want)
				got, stats := p.stuckLines(t, fn)
				if !slices.Equal(got, want) {
					t.Errorf("stuck at lines %v, want %v; %+v", got, want, stats)
				}
			})
		}
	}
}
