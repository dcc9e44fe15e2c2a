package verify

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// A LeakOption changes what [Leaks], [Main] and [Run] take for a leak.
type LeakOption interface{ applyLeak(*leakOptions) }

type leakOptions struct {
	settle time.Duration
	ignore []string
}

type leakOption func(*leakOptions)

func (f leakOption) applyLeak(o *leakOptions) { f(o) }

// Settle is how long goroutines get to end after the test, one second by default, and three times that if some only wait
// for a processor. Nothing waits longer than it must: tests that leave no goroutine do not wait at all.
func Settle(d time.Duration) LeakOption { return leakOption(func(o *leakOptions) { o.settle = d }) }

// Ignore leaves out goroutines with a function on their stack, or around their go statement, whose name begins so:
// "example.com/cache.(*Cache).", for all methods of a type. Names are those that stack traces have.
func Ignore(functions ...string) LeakOption {
	return leakOption(func(o *leakOptions) { o.ignore = append(o.ignore, functions...) })
}

func newLeakOptions(opts []LeakOption) *leakOptions {
	o := &leakOptions{settle: time.Second}
	for _, opt := range opts {
		opt.applyLeak(o)
	}
	return o
}

func (o *leakOptions) ignored(g *goroutine) bool {
	frames := g.frames
	if g.created != nil {
		frames = append(frames[:len(frames):len(frames)], *g.created)
	}
	for _, f := range frames {
		for _, name := range o.ignore {
			if name != "" && strings.HasPrefix(f.Func, name) {
				return true
			}
		}
	}
	return false
}

// Leaks fails the test if goroutines that it starts from now on are left when it has ended, its subtests and cleanups have,
// and some time has passed ([Settle]). The failure lists them by the place where they wait and by their go statement.
//
// Call it first in a test, on the test's own goroutine: cleanups run in reverse order, so that what later calls of
// t.Cleanup close is no leak. Goroutines are attributed to tests by a pprof label that they inherit, so that Leaks may be
// used in parallel tests and in subtests beside each other. What it attributes to no test is left to [Main]: goroutines
// that timers or servers older than the test start, and those whose label was replaced, by pprof.Do with another context, in
// a goroutine that has ended.
//
// Some goroutines are expected to stay: idle connections of HTTP clients and servers, those of a sql.DB, of os/signal and
// runtime/trace, of package testing. A goroutine that waits because nobody closed a response body is told of.
func Leaks(t testing.TB, opts ...LeakOption) {
	t.Helper()
	o := newLeakOptions(opts)
	from := newOrigin(t)
	t.Cleanup(func() {
		t.Helper()
		if left := settle(o.settle, from.started, o.ignored); len(left) > 0 {
			t.Errorf("verify: the test leaves %s", account(left))
		}
	})
}

// account describes goroutines that are left, and says what that is worth.
func account(left []*goroutine) string {
	groups := group(left, newStandard())
	proven := 0
	for _, g := range left {
		if g.leaked {
			proven++
		}
	}
	survivors := len(left) - proven
	head := plural(len(left), "goroutine")
	switch {
	case survivors == 0:
		return head + describe(groups)
	case proven > 0:
		head += fmt.Sprintf(": %d proven to wait for ever, %s", proven, plural(survivors, "survivor"))
	case survivors == 1:
		head += ", a survivor"
	default:
		head += ", survivors"
	}
	if provable() {
		return head + describe(groups) + "\nA survivor is not proven to stay: something that is in use may wake it."
	}
	return head + describe(groups) + "\nSurvivors were still there; that they wait for ever this program's runtime cannot prove: Go 1.27 can,\n" +
		"Go 1.26 with GOEXPERIMENT=goroutineleakprofile, and the command `cloudlint verify` with Go 1.26 as it is."
}

// Main runs the tests of a package and ends the program, with the tests' own status if they fail, else with 1 if goroutines
// are left that were not there before, else with 0:
//
//	func TestMain(m *testing.M) { verify.Main(m) }
//
// It does not look for goroutines if tests failed, or if there was nothing to run (-list, a fuzzing worker). Idle
// connections of http.DefaultClient are closed before. It tells of the goroutines that [Leaks] would tell of, and of those
// that are no test's. What was there before the tests, and what such goroutines have started, is none of them; what a
// server has started for a request is one, once the request has ended.
//
// Flags are parsed when tests begin; a TestMain that needs its own before calls flag.Parse itself. Deferred calls do not
// run: a TestMain that has to clean up uses [Run].
func Main(m *testing.M, opts ...LeakOption) { os.Exit(Run(m, opts...)) }

// Run does what [Main] does, and returns the status for os.Exit instead of ending the program:
//
//	func TestMain(m *testing.M) {
//		db := start()
//		code := verify.Run(m)
//		db.Stop()
//		os.Exit(code)
//	}
//
// Its first argument is a *testing.M. What is left is described on standard error.
func Run(m interface{ Run() int }, opts ...LeakOption) int {
	o := newLeakOptions(opts)
	before := present()
	if code := m.Run(); code != 0 || idle() {
		return code
	}
	http.DefaultClient.CloseIdleConnections()
	id := current()
	left := settle(o.settle, func() []*goroutine { return since(before, id) }, o.ignored)
	if len(left) == 0 {
		return 0
	}
	fmt.Fprintf(os.Stderr, "verify: the tests leave %s\n", account(left))
	return 1
}

// idle reports whether the test binary was not asked to run tests in this process: m.Run has parsed the flags.
func idle() bool {
	for _, name := range []string{"test.list", "test.fuzzworker"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" && f.Value.String() != "false" {
			return true
		}
	}
	return false
}

// since returns the goroutines that were not there before, except those that a goroutine of before has started.
func since(before map[int]bool, id int) []*goroutine {
	list, _ := dump()
	byID := make(map[int]*goroutine, len(list))
	for _, g := range list {
		byID[g.id] = g
	}
	std := newStandard()
	var left []*goroutine
	for _, g := range list {
		if g.id == id || before[g.id] || own(g.frames) || ofRuntime(g) || older(g, byID, before, id, std) {
			continue
		}
		left = append(left, g)
	}
	return left
}

// older reports whether the creators of a goroutine lead to one of before, other than the one that runs the tests. What a
// server's idle connection has started is left of a request that a test has made.
func older(g *goroutine, byID map[int]*goroutine, before map[int]bool, id int, std standard) bool {
	seen := map[int]bool{g.id: true}
	for creator := g.creator; creator != 0 && creator != id && !seen[creator]; {
		if before[creator] {
			return true
		}
		seen[creator] = true
		parent := byID[creator]
		if parent == nil || benign(parent, std) {
			return false
		}
		creator = parent.creator
	}
	return false
}
