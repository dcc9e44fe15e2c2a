package explore

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/kernels"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// allOf lists the goroutines that are stuck, with those that are so because of them.
func allOf(found []Stuck) []Stuck {
	var all []Stuck
	for _, s := range found {
		all = append(append(all, s), s.With...)
	}
	return all
}

// TestKernels explores the kernels that the Go distribution carries, in place, and holds the result against what the
// runtime's own test expects of them.
func TestKernels(t *testing.T) {
	for _, set := range []struct {
		part, files string
		least       int
	}{
		{kernels.Goker, "*.go", 56},
		{kernels.Patterns, "[cm]*.go", 6}, // commonpatterns.go and main.go
	} {
		t.Run(set.part, func(t *testing.T) { explored(t, kernels.Dir(t, set.part), set.files, set.least) })
	}
}

func explored(t *testing.T, dir, pattern string, least int) {
	files, _ := filepath.Glob(filepath.Join(dir, pattern))
	p := load(t, files...)
	// What blocks in the functions of a file belongs to the kernels of the file.
	blocked := make(map[string][]string)
	lines := make(map[string][]string)
	for _, fn := range p.Roots(p.fns) {
		found, stats := Root(p.Program, p.Func(fn), DefaultBudget)
		file := p.fset.Position(fn.Pos()).Filename
		if !stats.Finished || stats.Dropped > 0 {
			lines[file] = append(lines[file], fmt.Sprintf("%s: %+v", fn.Name(), stats))
		}
		for _, s := range allOf(found) {
			of := ""
			if call, ok := s.At.(ssa.CallInstruction); ok {
				of = skeleton.OpOfCall(call.Common()).Callee.Name()
			}
			for _, f := range s.Stack { // a dump shows whom a function was inlined into
				blocked[file] = append(blocked[file], kernels.Blocked(f.Func.SSA, s.Kind, of)...)
			}
		}
	}
	found, total := 0, 0
	for _, e := range kernels.Expectations(t) {
		fn := p.pkg.Func(e.Name)
		if fn == nil || len(e.Leaks) == 0 {
			continue
		}
		total++
		file := p.fset.Position(fn.Pos()).Filename
		if e.Found(blocked[file]) {
			found++
			continue
		}
		slices.Sort(blocked[file])
		t.Logf("missed %s: want %v, have %v; %v", e.Name, e.Leaks, slices.Compact(blocked[file]), lines[file])
	}
	t.Logf("found %d of %d", found, total)
	if found < least {
		t.Errorf("found %d of %d, want %d at least", found, total, least)
	}
}
