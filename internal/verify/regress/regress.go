// Package regress writes tests that fail as long as a leak is there which a run of tests has shown. They need neither
// cloudlint nor any other package: each runs the test that has shown the leak, and looks which goroutines then stay in the
// leak's function. A test does so in a bubble of testing/synctest, where time costs nothing and no goroutine of others is
// seen, if that works, and else after a real moment: both are tried, and what is kept has failed by the leak.
package regress

import (
	"fmt"
	"go/version"
	"slices"
	"strings"
)

// A Form is how a test looks for goroutines.
type Form string

const (
	Bubble Form = "synctest" // in a bubble of testing/synctest
	Check  Form = "check"    // when the test has ended, and a moment later
)

// A Leak is what a test is to be written about.
type Leak struct {
	Func     string // in which the goroutines wait, as stacks name it
	Function string // the same for people
	Place    string // file and line
	Op       string // what they wait for, in the runtime's words
	What     string // what they do: "it sends on a channel"
	Code     string // of the finding
	Starters []Starter
}

// A Starter is a test that has shown a leak.
type Starter struct{ Package, Test string } // import path; name, with the subtest's, if it is one

// A Package is one whose tests have shown a leak.
type Package struct {
	Dir       string
	Name      string
	GoVersion string            // of its module: "1.26.0"
	Tests     []string          // names of the files of its tests that belong to the build
	Replace   map[string]string // of the user's overlay
}

// A Test is one to be written.
type Test struct {
	Leak
	Package string // import path
	Top     string // the function that is called
	Name    string
	Form    Form
	// NoBubble says why there is no point in trying a bubble; empty: there may be.
	NoBubble string

	decl declaration
	page *page
}

// A Refusal is a leak about which there is no test, and why.
type Refusal struct {
	Leak Leak
	Why  string
}

// A Plan is what tests there may be.
type Plan struct {
	Tests   []*Test
	Refused []Refusal

	sources map[string]*source // by import path
	pages   map[home]*page
}

// New plans a test for each leak: it chooses which of its tests is called, one that may run in a bubble if there is one. packages
// are by import path.
func New(leaks []Leak, packages map[string]Package) *Plan {
	p := &Plan{sources: make(map[string]*source), pages: make(map[home]*page)}
	for path, pkg := range packages {
		p.sources[path] = readSource(pkg)
	}
	for _, l := range leaks {
		var chosen *Test
		why := "no test of its own has started it"
		for _, s := range l.Starters {
			source, ok := p.sources[s.Package]
			if !ok {
				why = fmt.Sprintf("%s is no package of this module", s.Package)
				continue
			}
			t, reason := source.test(l, s, packages[s.Package].GoVersion)
			switch {
			case t == nil:
				why = reason
			case chosen == nil || chosen.NoBubble != "" && t.NoBubble == "":
				chosen = t
			}
		}
		if chosen == nil {
			p.Refused = append(p.Refused, Refusal{l, why})
			continue
		}
		source := p.sources[chosen.Package]
		chosen.page = p.page(chosen.decl.home, source)
		chosen.Name = source.free(testName(chosen.Top) + "LeavesNothingIn" + identifier(l.Function))
		source.taken[chosen.Name] = true
		p.Tests = append(p.Tests, chosen)
	}
	return p
}

// test returns the test for a leak that a starter has shown, or why there can be none.
func (s *source) test(l Leak, starter Starter, goVersion string) (*Test, string) {
	top, sub, _ := strings.Cut(starter.Test, "/")
	switch {
	case top == "":
		return nil, "no test of its own has started it"
	case strings.HasPrefix(top, "Fuzz"):
		return nil, top + " is a fuzz test, which a test cannot call"
	case strings.HasPrefix(top, "Benchmark"):
		return nil, top + " is a benchmark, which a test cannot call"
	}
	d, ok := s.functions[top]
	if !ok {
		return nil, fmt.Sprintf("no file of the tests declares %s as a function that takes a *testing.T, or as an example", top)
	}
	t := &Test{Leak: l, Package: starter.Package, Top: top, decl: d}
	switch {
	case !version.IsValid("go"+goVersion) || version.Compare("go"+goVersion, "go1.25") < 0:
		t.NoBubble = fmt.Sprintf("the module is for Go %s, and testing/synctest is there since 1.25", goVersion)
	case !slices.Contains(durable(), l.Op):
		t.NoBubble = fmt.Sprintf("in a bubble a goroutine that waits so (%s) counts as one that runs", l.Op)
	case sub != "":
		t.NoBubble = top + " has subtests, for which there is no place in a bubble"
	case d.calls != "":
		t.NoBubble = fmt.Sprintf("%s calls %s, for which there is no place in a bubble", top, d.calls)
	}
	return t, ""
}

// testName is the function's name, as that of a test begins.
func testName(top string) string {
	if strings.HasPrefix(top, "Test") {
		return top
	}
	return "Test" + top
}

// durable lists the waits that a bubble knows only its own goroutines can end. A lock is none, whoever holds it.
func durable() []string {
	return []string{
		"chan send", "chan send (nil chan)", "chan receive", "chan receive (nil chan)", "select", "select (no cases)",
		"sync.WaitGroup.Wait", "sync.Cond.Wait",
	}
}
