package testrun_test

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// Code in which every kind of statement has calls put before it, in packages of every kind, still compiles and passes its
// tests; what leaks only where one goroutine is slow does so under some schedule, in its own lines.
func TestPerturbedRuns(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module corp.example/rare\n\ngo 1.26\n")
	write(t, dir, "rare.go", `package rare

import "sync"

// time is a name that a file put beside this one must not meet.
var time, os, runtime = 1, 2, 3

type box[T any] struct {
	mu   sync.Mutex
	full chan T
}

func (b *box[T]) get() (v T, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case v = <-b.full:
		return v, true
	default:
	}
	return
}

// First returns before the second has sent, and nobody receives from that one.
func First(a, b func() int) int {
	c := make(chan int)
	quit := make(chan bool)
	send := func(f func() int) {
		v := f()
		select {
		case <-quit:
			return
		default:
		}
		c <- v // too late
	}
	go send(a)
	go send(b)
	v := <-c
	close(quit)
loop:
	for {
		switch {
		case v > 0:
			break loop
		default:
			goto end
		}
	}
end:
	return v
}
`)
	write(t, dir, "rare_test.go", `package rare

import (
	"testing"
	stdtime "time"
)

func TestBox(t *testing.T) {
	b := &box[int]{full: make(chan int, 1)}
	b.full <- 1
	if v, ok := b.get(); v != 1 || !ok {
		t.Error(v, ok)
	}
}

func TestFirst(t *testing.T) {
	for range 20 {
		First(func() int { return 1 }, func() int { stdtime.Sleep(200 * stdtime.Microsecond); return 2 })
	}
}
`)
	write(t, dir, "x_test.go", "package rare_test\n\nimport (\n\t\"sync\"\n\t\"testing\"\n\n\t\"corp.example/rare\"\n)\n\nfunc TestOutside(t *testing.T) {\n\tvar wg sync.WaitGroup\n\twg.Go(func() { rare.First(func() int { return 1 }, func() int { select {} }) })\n\twg.Wait()\n}\n")
	write(t, dir, "onlytests/only_test.go", "package onlytests\n\nimport \"testing\"\n\nfunc TestIt(t *testing.T) {\n\tc := make(chan int, 1)\n\tc <- 1\n\t<-c\n}\n")
	write(t, dir, "nothing/nothing.go", "package nothing\n\nfunc F() {}\n")

	o := testrun.Options{Dir: dir, Patterns: []string{"./..."}, Self: self(t), Cache: cache(t), Stdout: io.Discard, Stderr: os.Stderr}
	plan, err := testrun.Plan(context.Background(), o, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Skipped) > 0 || plan.Sites < 20 || len(plan.Packages) != 3 {
		t.Errorf("%d sites in %v, skipped %v", plan.Sites, plan.Packages, plan.Skipped)
	}
	seen := make(map[string]bool)
	var leaks []*verify.Leak
	for _, name := range []string{"plain", "site:1,site:2,site:3,site:4", "sleep:1,yield:1,stack:1"} {
		runs, err := perturb.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range runs {
			flags, env, inject := plan.Args(run)
			o.Vary = testrun.Variation{Flags: flags, Env: env}
			if inject {
				o.Vary.Replace = plan.Replace
			}
			result, err := testrun.Run(context.Background(), o)
			if err != nil || result.Status != 0 {
				t.Fatalf("%s: %+v, %v", run, result, err)
			}
			found := verify.Leaks(result.Reports, verify.Places{GOROOT: result.GOROOT, Dir: func(string) string { return "" }})
			leaks = verify.Merge(leaks, found, run.String())
		}
	}
	for _, l := range leaks {
		if l.Op == "chan send" && strings.HasSuffix(l.At.File, "rare.go") {
			seen[l.Tests[0].Name] = true
			if l.At.Line != 35 {
				t.Errorf("in line %d", l.At.Line)
			}
		}
	}
	if !seen["TestFirst"] {
		t.Errorf("no schedule shows the leak: %v", leaks)
	}
}
