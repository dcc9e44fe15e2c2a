// Package verify decides what a run of the code says: which goroutines leaked, by whose fault, and which static findings
// that confirms. Its parts bring the material: hooks and testrun run tests, stacks reads what the runtime prints.
//
// There are two classes of evidence, which are never mixed. A proven leak is one that the runtime's garbage collector has
// found: nothing that can still run reaches what the goroutine waits for, so that it waits for ever. That is true whatever
// happens later, and needs no list of exceptions. A survivor is a goroutine that a test started and that was still there
// when all tests had ended, and a moment later: most are left running, some would end by themselves.
//
// Profiles of running services have a third: so many goroutines wait in one place, or so many more than before, that
// somebody should look.
package verify

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/verify/hooks"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// A Class says how sure evidence is.
type Class string

const (
	Proven   Class = "proven"
	Survivor Class = "survivor"
	Blocked  Class = "blocked"
)

// A Leak is what has one cause: goroutines that wait in one place and were started in one place.
type Leak struct {
	Class   Class
	Op      string       // what they wait for, in the runtime's words
	At      stacks.Frame // where: the innermost call outside the standard library, else the go statement, if that is outside, else the innermost call
	Created *stacks.Frame
	Tests   []Test // that started them, most goroutines first; those of an unknown test have no name
	Count   int    // goroutines
	Hang    bool   // the goroutine is that of a test itself
	Example *stacks.Goroutine
	Runs    []string // names of the runs that showed it, where there were several; Count and Tests are of the first
	Live    *Live    // nil: tests have shown it
}

// A Test says how many goroutines of a leak one test has started.
type Test struct {
	Package, Name string
	Count         int
}

// Places knows where packages are.
type Places struct {
	GOROOT string // of the run
	// Dir returns the folder of a package of the run, or nothing.
	Dir func(importPath string) string
	// Cases returns the lines of the operations that a select statement at a line of a file waits for; nil: it is not known.
	// The runtime says of a goroutine in one only where the statement begins.
	Cases func(file string, line int) []int
	// Elsewhere says that the program was perhaps built on another machine, from another version of the code. Then files are
	// found by the packages of functions, and a place counts only if it is in the same function.
	Elsewhere bool
	// Import returns the import path of the package in a folder, or nothing; it may be nil.
	Import func(dir string) string
	// Command returns the folder of the command that a file of package main is of, or nothing. It is asked where the
	// program was built elsewhere, and where the file's own name does not tell.
	Command func(file string) string
}

// File returns the absolute name of a frame's file, or nothing where it is not known. Programs built with -trimpath know
// files by import path, those of other modules with a version in it.
func (p Places) File(f stacks.Frame) string {
	if p.Elsewhere {
		return p.fileElsewhere(f)
	}
	name := filepath.FromSlash(f.File)
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	pkg := path.Dir(f.File)
	if before, after, ok := strings.Cut(pkg, "@"); ok {
		_, rest, _ := strings.Cut(after, "/")
		pkg = path.Join(before, rest)
	}
	if dir := p.Dir(pkg); dir != "" {
		return filepath.Join(dir, path.Base(f.File))
	}
	return ""
}

// Standard reports whether a frame is one of the standard library, or of what cgo has written.
func (p Places) Standard(f stacks.Frame) bool {
	if f.File == "_cgo_gotypes.go" {
		return true
	}
	if p.Elsewhere {
		return standardElsewhere(f)
	}
	if name := filepath.FromSlash(f.File); filepath.IsAbs(name) {
		_, ok := paths.Below(filepath.Join(p.GOROOT, "src"), name)
		return ok
	}
	first, _, _ := strings.Cut(f.File, "/")
	return !strings.Contains(first, ".") && p.File(f) == ""
}

// A goroutine is one of a process, over all its reports.
type goroutine struct {
	*stacks.Goroutine
	pkg    string // the package that is tested
	test   string
	itself bool // it runs the test
	proven bool
	last   bool // it is in the process's last report, which was written when all tests had ended
}

// Leaks finds what leaked in a run, most important first: what is proven, and what waits in code that is no test.
func Leaks(reports []*testrun.Report, places Places) []*Leak {
	groups := make(map[string]*Leak)
	for _, g := range goroutines(reports) {
		l := places.leak(g)
		if l == nil {
			continue
		}
		group := groups[l.key()]
		if group == nil {
			groups[l.key()], group = l, l
		}
		group.add(g)
	}
	leaks := slices.Collect(maps.Values(groups))
	for _, l := range leaks {
		slices.SortFunc(l.Tests, func(a, b Test) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name))
		})
	}
	slices.SortFunc(leaks, compare)
	return leaks
}

// key tells causes apart.
func (l *Leak) key() string {
	key := fmt.Sprint(l.Class, "\n", l.Op, "\n", l.At, "\n", l.Hang, "\n")
	if l.Created != nil {
		key += fmt.Sprint(*l.Created)
	}
	return key
}

// Merge adds to the leaks of the plain run those of another, whose name is run: the proven ones. That a test under another
// schedule leaves goroutines running says little.
func Merge(leaks, more []*Leak, run string) []*Leak {
	known := make(map[string]*Leak)
	for _, l := range leaks {
		known[l.key()] = l
	}
	for _, l := range more {
		if l.Class != Proven {
			continue
		}
		if known[l.key()] == nil {
			known[l.key()] = l
			leaks = append(leaks, l)
		}
		known[l.key()].Runs = append(known[l.key()].Runs, run)
	}
	slices.SortFunc(leaks, compare)
	return leaks
}

func compare(a, b *Leak) int {
	rank := func(l *Leak) (n int) {
		if l.Class != Proven {
			n += 2
		}
		if strings.HasSuffix(l.At.File, "_test.go") {
			n++
		}
		return n
	}
	created := func(l *Leak) string {
		if l.Created == nil {
			return ""
		}
		return fmt.Sprintf("%s:%9d", l.Created.File, l.Created.Line)
	}
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)),
		cmp.Compare(b.Count, a.Count),
		cmp.Compare(a.At.File, b.At.File),
		cmp.Compare(a.At.Line, b.At.Line),
		cmp.Compare(a.At.Func, b.At.Func),
		cmp.Compare(created(a), created(b)),
		cmp.Compare(a.Op, b.Op),
	)
}

// add counts one more goroutine.
func (l *Leak) add(g goroutine) {
	l.Count++
	i := slices.IndexFunc(l.Tests, func(t Test) bool { return t.Package == g.pkg && t.Name == g.test })
	if i < 0 {
		i = len(l.Tests)
		l.Tests = append(l.Tests, Test{Package: g.pkg, Name: g.test})
	}
	l.Tests[i].Count++
}

// goroutines merges the reports of each process: what was proven once stays so.
func goroutines(reports []*testrun.Report) []goroutine {
	type key struct {
		pkg         string
		process, id int
	}
	type process struct {
		pkg string
		id  int
	}
	names := make(map[process]map[int]string) // of tests, by goroutine
	known := make(map[key]*goroutine)
	var order []key
	for _, r := range reports {
		p := process{r.Package, r.Process}
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
				g = &goroutine{Goroutine: s, pkg: r.Package}
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
		tests := names[process{k.pkg, k.process}]
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

// leak returns what a goroutine is to a report: nothing, if it is none.
func (p Places) leak(g goroutine) *Leak {
	if len(g.Frames) == 0 || p.frameworks(g.Goroutine) {
		return nil
	}
	l := &Leak{Class: Proven, Op: g.State, At: g.Frames[0], Created: g.Created, Hang: g.itself, Example: g.Goroutine}
	if !g.proven {
		if !g.last || g.test == "" || benign(g.Goroutine) {
			return nil
		}
		l.Class = Survivor
		if g.State == "running" || g.State == "runnable" {
			l.Op = "running" // which of the two is chance
		}
	}
	users := slices.DeleteFunc(slices.Clone(g.Frames), p.Standard)
	switch {
	case len(users) == 0:
		if g.Created != nil && !p.Standard(*g.Created) {
			l.At = *g.Created
		}
	case l.Op == "running":
		l.At = users[len(users)-1] // which calls further in are under way is chance
	default:
		l.At = users[0]
	}
	return l
}

// frameworks reports whether package testing has the goroutine wait: a test for its subtests, the program for its tests,
// or this verifier's own.
func (p Places) frameworks(g *stacks.Goroutine) bool {
	for _, f := range g.Frames {
		switch pkg := f.Package(); {
		case pkg == "testing" || pkg == "testing/synctest":
			return true // a function of the user's would be further in
		case !p.Standard(f):
			return false
		}
	}
	return false
}

// daemons are functions that run for as long as the process, whoever has started them. Only survivors are asked: of proven
// leaks no daemon is one.
var daemons = []string{
	"os/signal.", "runtime.ensureSigM", "runtime.ReadTrace",
	"net/http.(*persistConn).",                                // idle connections of a transport that is in use
	"database/sql.(*DB).connectionOpener",                     // of a DB that is in use
	"k8s.io/klog/v2.(*flushDaemon).",                          // one a process
	"github.com/golang/glog.(*fileSink).",                     // one a process
	"go.opencensus.io/stats/view.(*worker).",                  // one a process
	"github.com/hashicorp/go-metrics.(*Metrics).collectStats", // sleeps for ever, and nothing can stop it
	"github.com/valyala/fasthttp.updateServerDate",            // the date in responses: one a process, by a sync.Once
	"github.com/valyala/fasthttp/stackless.funcWorker",        // of package variables, for each processor
	"github.com/gofiber/fiber/v2/utils.StartTimeStampUpdater", // one a process, by a sync.Once
	"testing.runFuzzing", "testing.(*F).Fuzz",
}

func benign(g *stacks.Goroutine) bool {
	return slices.ContainsFunc(g.Frames, func(f stacks.Frame) bool {
		return slices.ContainsFunc(daemons, func(d string) bool { return strings.HasPrefix(f.Func, d) })
	})
}

// Deliberate reports whether a leak waits for nothing, and says so: an empty select, as programs end their main function
// with.
func (l *Leak) Deliberate() bool { return l.Op == "select (no cases)" }

// Told reports whether a process of the tests came to say which goroutines it had. None does where no test compiles, or where
// there is none: then nothing was looked at that could confirm a finding.
func Told(reports []*testrun.Report) bool {
	return slices.ContainsFunc(reports, func(r *testrun.Report) bool { return r.Reason == testrun.End || r.Reason == testrun.Timeout })
}

// Silent returns the packages of which a process began to run tests and never came to report its goroutines: it was
// killed, it panicked, or a test called os.Exit. They are sorted.
func Silent(reports []*testrun.Report) []string {
	type run struct {
		pkg          string
		process, run int
	}
	silent := make(map[run]bool)
	for _, r := range reports {
		k := run{r.Package, r.Process, r.Run}
		switch r.Reason {
		case testrun.Start:
			silent[k] = true
		case testrun.End, testrun.Timeout:
			delete(silent, k)
		}
	}
	var list []string
	for k := range silent {
		list = append(list, k.pkg)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
