package analyzers_test

import (
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/detachedgoroutine"
	"github.com/cloudlint/cloudlint/analyzers/endlessgoroutine"
	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/kernels"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// The Go distribution carries programs each of which has a goroutine leak. The analyzers find them where they lie, at an
// operation at which the runtime's own test expects a goroutine to leak, and nothing in programs that it expects none in.
func TestKernels(t *testing.T) {
	for _, tt := range []struct {
		part  string
		least int // of the programs with a leak
	}{
		{kernels.Goker, 60},
		{kernels.Patterns, 18},
	} {
		t.Run(tt.part, func(t *testing.T) {
			w := analyse(t, kernels.Dir(t, tt.part))
			found, total := 0, 0
			for _, e := range kernels.Expectations(t) {
				fn := w.ssa.Pkg.Func(e.Name)
				if fn == nil {
					continue
				}
				if len(e.Leaks) == 0 {
					for _, d := range w.inside(fn) {
						t.Errorf("%s: %s in a program without a leak", w.fset.Position(d.Pos), d.Message)
					}
					continue
				}
				total++
				if e.Found(w.blocked(fn)) {
					found++
				} else {
					t.Logf("missed %s: want %v, have %v", e.Name, e.Leaks, w.blocked(fn))
				}
			}
			t.Logf("found %d of %d", found, total)
			if found < tt.least {
				t.Errorf("found %d of %d, want %d at least", found, total, tt.least)
			}
		})
	}
}

// A leakWorld is a package with what the analyzers say of it.
type leakWorld struct {
	fset    *token.FileSet
	ssa     *buildssa.SSA
	fns     []*ssa.Function
	callers map[*ssa.Function][]*ssa.Function
	found   []analysis.Diagnostic
}

// analyse runs all analyzers of goroutines, with preview rules, over the package in a folder.
func analyse(t *testing.T, dir string) *leakWorld {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule, Dir: dir}, ".")
	if err != nil {
		t.Fatal(err)
	}
	w := &leakWorld{fset: pkgs[0].Fset}
	list := []*analysis.Analyzer{goroutineleak.New(), endlessgoroutine.New(), detachedgoroutine.New()}
	for _, a := range list {
		for name, value := range map[string]string{"inside": "runtime/...", "preview": "true"} {
			if err := a.Flags.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	list = append(list, &analysis.Analyzer{
		Name: "keep", Doc: "keep the functions for the test", Requires: []*analysis.Analyzer{buildssa.Analyzer},
		Run: func(p *analysis.Pass) (any, error) {
			w.ssa = p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
			return nil, nil
		},
	})
	p := pkgs[0]
	out, err := unit.Analyze(&unit.Package{
		Fset: p.Fset, Files: p.Syntax, Types: p.Types, Info: p.TypesInfo, Sizes: p.TypesSizes, ReadFile: os.ReadFile,
		Lookup: func(path string) *types.Package { return nil },
	}, list)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range out.Results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		w.found = append(w.found, r.Diagnostics...)
	}
	w.fns = w.ssa.SrcFuncs
	w.callers = callers(w.fns)
	return w
}

// callers finds who may call each function: a call through an interface is one of all methods of the name, and one of a
// function value one of all functions of the signature that are not called by their name.
func callers(fns []*ssa.Function) map[*ssa.Function][]*ssa.Function {
	out := make(map[*ssa.Function][]*ssa.Function)
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if _, started := instr.(*ssa.Go); !ok || started {
					continue
				}
				callee := skeleton.CalleeOf(call.Common())
				for _, other := range fns {
					switch {
					case callee.Func == other,
						callee.Invoke && other.Name() == callee.Object.Name() && other.Signature.Recv() != nil,
						callee.Func == nil && !callee.Invoke && kept(other) && types.Identical(call.Common().Signature(), other.Signature),
						passesMethod(callee, other):
						out[other] = append(out[other], fn)
					}
				}
			}
		}
	}
	return out
}

// kept reports whether a function is a closure that is not only started or called where it stands.
func kept(fn *ssa.Function) bool {
	return fn.Parent() != nil && !skeleton.OnlyStarted(fn)
}

// passesMethod reports whether a call gives code that is not of the package an interface with the method, to call it.
func passesMethod(callee skeleton.Callee, method *ssa.Function) bool {
	if method.Signature.Recv() == nil || callee.Func != nil && len(callee.Func.Blocks) > 0 {
		return false
	}
	for _, a := range callee.Args {
		if i, ok := a.Type().Underlying().(*types.Interface); ok {
			for m := range i.Methods() {
				if m.Name() == method.Name() {
					return true
				}
			}
		}
	}
	return false
}

// inside lists the findings in a function and those nested in it.
func (w *leakWorld) inside(fn *ssa.Function) []analysis.Diagnostic {
	var out []analysis.Diagnostic
	for _, d := range w.found {
		if n := fn.Syntax(); n.Pos() <= d.Pos && d.Pos < n.End() {
			out = append(out, d)
		}
	}
	return out
}

// blocked says, as a stack dump does, which goroutines block according to the findings in the file of a program: those
// whose first function leads to an operation that a finding says to block.
func (w *leakWorld) blocked(program *ssa.Function) []string {
	var out []string
	for _, d := range w.found {
		if w.fset.File(d.Pos) != w.fset.File(program.Pos()) {
			continue
		}
		out = append(out, w.blockedAt(d.Pos, d.End)...)
		for _, r := range d.Related {
			// Whoever needs a lock that is not given back blocks where it is taken.
			if strings.HasSuffix(r.Message, "blocks too") || d.Category == "CL1010" {
				out = append(out, w.blockedAt(r.Pos, r.End)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (w *leakWorld) blockedAt(pos, end token.Pos) []string {
	fn := w.innermost(pos)
	if fn == nil {
		return nil
	}
	var out []string
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			op := skeleton.OpOf(instr)
			if !op.Kind.Blocks() || !w.covers(pos, end, instr.Pos()) {
				continue
			}
			seen := make(map[*ssa.Function]bool)
			for todo := []*ssa.Function{fn}; len(todo) > 0; todo = todo[1:] {
				if !seen[todo[0]] {
					seen[todo[0]] = true
					out = append(out, kernels.Blocked(todo[0], op.Kind, op.Callee.Name())...)
					todo = append(todo, w.callers[todo[0]]...)
				}
			}
		}
	}
	return out
}

// innermost returns the function that a place lies in.
func (w *leakWorld) innermost(pos token.Pos) *ssa.Function {
	var best *ssa.Function
	var size token.Pos
	for _, fn := range w.fns {
		if n := fn.Syntax(); n != nil && n.Pos() <= pos && pos < n.End() && (best == nil || n.End()-n.Pos() < size) {
			best, size = fn, n.End()-n.Pos()
		}
	}
	return best
}

// covers reports whether a place is that of an operation, or on its line.
func (w *leakWorld) covers(pos, end, op token.Pos) bool {
	return pos <= op && op < end || w.fset.Position(pos).Line == w.fset.Position(op).Line
}
