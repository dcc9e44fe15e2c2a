package verify

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/cloudlint/cloudlint/internal/verify/hooks"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// A goroutine is one of a process, over all its reports.
type goroutine struct {
	*stacks.Goroutine
	pkg     string // the package that is tested
	process int
	test    string
	itself  bool // it runs the test
	proven  bool
	last    bool // it is in the process's last report, which was written when all tests had ended
}

// goroutines merges the reports of each process: what was proven once stays so.
func goroutines(reports []*testrun.Report) []goroutine {
	type key struct {
		pkg         string
		process, id int
	}
	names := make(map[testProcess]map[int]string) // of tests, by goroutine
	known := make(map[key]*goroutine)
	var order []key
	for _, r := range reports {
		p := testProcess{r.Package, r.Process}
		if names[p] == nil {
			names[p] = make(map[int]string)
		}
		maps.Copy(names[p], r.Tests)
		for k, g := range known {
			if k.pkg == r.Package && k.process == r.Process {
				g.last = false
			}
		}
		for _, s := range r.Goroutines {
			k := key{r.Package, r.Process, s.ID}
			g := known[k]
			if g == nil {
				g = &goroutine{Goroutine: s, pkg: r.Package, process: r.Process}
				known[k] = g
				order = append(order, k)
			}
			g.Goroutine = s // as it is now; the last report has labels, those before it have none
			g.proven = g.proven || s.Leaked
			g.last = r.Reason == testrun.End
		}
	}
	list := make([]goroutine, 0, len(order))
	for _, k := range order {
		g := known[k]
		tests := names[testProcess{k.pkg, k.process}]
		g.test, g.itself = attribute(g.Goroutine, tests, func(id int) *goroutine { return known[key{k.pkg, k.process, id}] })
		list = append(list, *g)
	}
	return list
}

const mainGoroutine = 1

// attribute finds the test that has started a goroutine: by the label that it has inherited, else by the goroutines that
// have started it, else by the names of functions.
func attribute(g *stacks.Goroutine, tests map[int]string, known func(int) *goroutine) (test string, itself bool) {
	if name, ok := tests[g.ID]; ok {
		return name, true
	}
	if name := g.Labels[hooks.Label]; name != "" {
		return name, false
	}
	seen := map[int]bool{g.ID: true}
	for id := g.Creator; id != 0 && !seen[id]; {
		seen[id] = true
		// The main goroutine runs examples, and TestMain before and after them.
		if name, ok := tests[id]; ok && id != mainGoroutine {
			return name, false
		}
		parent := known(id)
		if parent == nil {
			break
		}
		if name := parent.Labels[hooks.Label]; name != "" {
			return name, false
		}
		id = parent.Creator
	}
	frames := g.Frames
	if g.Created != nil {
		frames = append(slices.Clone(frames), *g.Created)
	}
	for _, f := range frames {
		if name := testFunction(f); name != "" {
			return name, false
		}
	}
	return "", false
}

// testFunction returns the name of the test whose body, or a function literal in it, a frame is of.
func testFunction(f stacks.Frame) string {
	if !strings.HasSuffix(f.File, "_test.go") {
		return ""
	}
	name := f.Func[strings.LastIndexByte(f.Func, '/')+1:]
	_, name, _ = strings.Cut(name, ".")
	name, _, _ = strings.Cut(name, ".")
	for _, prefix := range []string{"Test", "Fuzz", "Benchmark", "Example"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && name != "TestMain" && strings.IndexFunc(rest, unicode.IsLower) != 0 {
			return name
		}
	}
	return ""
}
