package explore

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// TestDebug prints what the explorer does with the function CLOUDLINT_EXPLORE in the file CLOUDLINT_FILE.
func TestDebug(t *testing.T) {
	name := os.Getenv("CLOUDLINT_EXPLORE")
	if name == "" {
		t.Skip()
	}
	var p *program
	if dir := os.Getenv("CLOUDLINT_DIR"); dir != "" {
		p = loadDir(t, dir)
	} else {
		files, _ := filepath.Glob(os.Getenv("CLOUDLINT_FILE"))
		p = load(t, files...)
	}
	for _, fn := range p.fns {
		if fn.Name() != name {
			continue
		}
		if os.Getenv("CLOUDLINT_SSA") != "" {
			fn.WriteTo(os.Stdout)
		}
		x := newExplorer(p.Program, DefaultBudget)
		if os.Getenv("CLOUDLINT_TRACE") != "" {
			x.watch = func(s *state) {
				if s.cur < 0 || s.gs[s.cur].done {
					return
				}
				g := s.gs[s.cur]
				f := g.frames[len(g.frames)-1]
				if f.pc < len(f.f.Blocks[f.block].Instrs) {
					in := f.f.Blocks[f.block].Instrs[f.pc]
					for _, a := range in.Args {
						v := x.eval(s, &f, a)
						t.Logf("      arg %+v", v)
					}
					if in.Call != nil {
						for _, a := range in.Call.Args {
							v := x.eval(s, &f, a)
							t.Logf("      arg %+v", v)
							if v.k == address {
								t.Logf("           %+v", s.objs[v.o])
							}
						}
					}
					t.Logf("state %d g%d %s b%d.%d code %d %v  %s", s.gen, s.cur, f.f.SSA.Name(), f.block, f.pc, in.Code, in.At, p.fset.Position(in.Pos))
				}
			}
		}
		found, stats := x.root(p.Func(fn))
		t.Logf("%+v", stats)
		for _, s := range found {
			t.Logf("stuck %s at %s, root %v", goroutineState(s.Kind, false), p.fset.Position(s.Pos), s.Root)
			for _, st := range s.Steps {
				t.Logf("   g%d %s %s %s", st.Goroutine, st.What, goroutineState(st.Kind, false), p.fset.Position(st.Pos))
			}
		}
	}
}

func loadDir(t *testing.T, dir string) *program {
	pkgs, err := packages.Load(&packages.Config{Dir: dir, Mode: packages.LoadSyntax}, ".")
	if err != nil {
		t.Fatal(err)
	}
	prog, list := ssautil.Packages(pkgs, 0)
	prog.Build()
	p := &program{fset: pkgs[0].Fset, pkg: list[0]}
	for fn := range ssautil.AllFunctions(prog) {
		if fn.Pkg == list[0] && fn.Synthetic == "" {
			p.fns = append(p.fns, fn)
		}
	}
	slices.SortFunc(p.fns, func(a, b *ssa.Function) int { return int(a.Pos() - b.Pos()) })
	p.Program = skeleton.NewProgram(p.pkg, p.fns, ends)
	return p
}
