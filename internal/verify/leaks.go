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
	"slices"
	"strings"

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
	// Of and Others are what Gather has made one leak of: survivors in one dependency. Count and Tests are of all.
	Of     dependency
	Others []*Leak

	Series []Series // over the run, where goroutines were counted: most of the leak's first

	processes map[testProcess]int // how many goroutines are of each
}

// A testProcess runs the tests of a package.
type testProcess struct {
	pkg string
	id  int
}

// A Test says how many goroutines of a leak one test has started.
type Test struct {
	Package, Name string
	Count         int
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
		sortTests(l.Tests)
	}
	slices.SortFunc(leaks, compare)
	overTime(leaks, reports)
	return leaks
}

func sortTests(tests []Test) {
	slices.SortFunc(tests, func(a, b Test) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name))
	})
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
	if l.processes == nil {
		l.processes = make(map[testProcess]int)
	}
	l.processes[testProcess{g.pkg, g.process}]++
	i := slices.IndexFunc(l.Tests, func(t Test) bool { return t.Package == g.pkg && t.Name == g.test })
	if i < 0 {
		i = len(l.Tests)
		l.Tests = append(l.Tests, Test{Package: g.pkg, Name: g.test})
	}
	l.Tests[i].Count++
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

// Deliberate reports whether a leak waits for nothing, and says so: an empty select, as programs end their main function
// with.
func (l *Leak) Deliberate() bool { return l.Op == "select (no cases)" }

// Told reports whether a process of the tests came to say which goroutines it had. None does where no test compiles, or where
// there is none: then nothing was looked at that could confirm a finding.
func Told(reports []*testrun.Report) bool {
	return slices.ContainsFunc(reports, func(r *testrun.Report) bool { return r.Reason.Last() })
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
		switch {
		case r.Reason == testrun.Start:
			silent[k] = true
		case r.Reason.Last():
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
