package witness_test

import (
	"errors"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/verify/witness"
)

const source = `package stock // a

func f(c chan int, mu locker) int {
	mu.Lock(); defer mu.Unlock() // b
	if v := <-c; v > 0 {
		go func() { c <- v }()
	}
	select {
	case c <- 1:
	default:
	}
	return <-c
}
`

func step(op string, line, column int) finding.Step {
	return finding.Step{Op: op, Range: finding.Range{File: "stock.go", Line: line, Column: column}}
}

func TestPrepare(t *testing.T) {
	root, tmp := t.TempDir(), t.TempDir()
	file := filepath.Join(root, "stock.go")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	f := &finding.Finding{Path: []finding.Step{
		step("go", 6, 3), // how things came about
		step("lock", 4, 2),
		step("receive", 5, 10),
		step("send", 6, 15),
		step("unlock", 4, 19), // deferred
		step("send", 9, 7),
		step("return", 12, 2),
		step("lock", 4, 2), // once more
	}}
	p, err := witness.Prepare(f, root, nil, "", tmp)
	if err != nil {
		t.Fatal(err)
	}
	if p.Order != "1.1 2.1 3.1 4.1 5.1 1.2" || len(p.Steps) != 6 {
		t.Errorf("the order is %q, with %d steps", p.Order, len(p.Steps))
	}
	got, err := os.ReadFile(p.Replace[file])
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`; import cloudlintTesting "testing"`, "@", "cloudlintTesting.Cloudlint", "").Replace(string(got))
	want := `package stock@ // a

func f(c chan int, mu locker) int {
	Step(1); mu.Lock(); Done(1); defer mu.Unlock() // b
	Step(2); if v := <-c; v > 0 {
		go func() { Step(3); c <- v; Done(3) }()
	}
	Step(4); select {
	case c <- 1: Done(4);
	default: Done(4);
	}
	Step(5); return <-c
}
`
	if text != want {
		t.Errorf("got %s", text)
	}

	// What an overlay of the user's has is what runs.
	other := filepath.Join(tmp, "other.go")
	if err := os.WriteFile(other, []byte(strings.ReplaceAll(source, "// b", "// other")), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err = witness.Prepare(f, root, map[string]string{file: other}, "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(p.Replace[file]); !strings.Contains(string(got), "// other") {
		t.Errorf("the overlay is passed over: %s", got)
	}

	for name, path := range map[string][]finding.Step{
		"nothing to force":   {step("go", 6, 3), step("lock", 4, 2)},
		"a line that is not": {step("lock", 400, 2), step("lock", 4, 2)},
	} {
		_, err := witness.Prepare(&finding.Finding{Path: path}, root, nil, "", tmp)
		if err == nil || errors.Is(err, witness.ErrNoSteps) != (name == "nothing to force") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := witness.Prepare(f, root, nil, root, tmp); err == nil {
		t.Error("a file of the module cache is replaced")
	}
}

const scheduled = `package stock

func f(mu locker, c chan int, group errgroup) {
	go g(c)
	go func() {
		defer mu.Unlock()
		for v := range c {
			if v > 0 { continue }
			for range v { continue }
		}
	}()
	group.Go(func() error { return nil })
	mu.Lock(); mu.Unlock()
}

func g(c chan int) { c <- <-c }
`

// A schedule says which goroutine takes which step, and which steps end before the next begin. What it tells of the middle of what one goroutine does on end is left out.
func TestSchedule(t *testing.T) {
	root, tmp := t.TempDir(), t.TempDir()
	file := filepath.Join(root, "stock.go")
	if err := os.WriteFile(file, []byte(scheduled), 0o666); err != nil {
		t.Fatal(err)
	}
	by := func(goroutine, starts int, s finding.Step) finding.Step {
		s.Goroutine, s.Starts = goroutine, starts
		return s
	}
	p, err := witness.Prepare(&finding.Finding{Schedule: []finding.Step{
		by(1, 0, step("call", 3, 6)),
		by(1, 2, step("go", 4, 2)),
		by(1, 3, step("go", 5, 2)),
		by(1, 0, step("go", 12, 2)), // it waits for room first
		by(1, 4, step("go", 12, 2)),
		by(3, 0, step("receive", 7, 3)),
		by(3, 0, step("receive", 7, 3)), // the first and the last of them stay
		by(3, 0, step("receive", 7, 3)),
		by(2, 0, step("receive", 16, 27)),
		by(2, 0, step("send", 16, 22)), // the same statement
		by(3, 0, step("unlock", 6, 3)),
		by(1, 0, step("lock", 13, 2)),
		{Goroutine: 1, Op: "lock", Waits: true, Range: finding.Range{File: "stock.go", Line: 13, Column: 13}},
	}}, root, nil, "", tmp)
	if err != nil {
		t.Fatal(err)
	}
	if want := "1.1@1! 2.1@1.~2 3.1@1.>3 4.1@1.>4 5.1@3 5.3@3 6.1@2 7.1@3 8.1@1. 9.1@1"; p.Order != want {
		t.Errorf("the order is %q, want %q", p.Order, want)
	}
	if p.Try(0) != p.Order || p.Try(1) != "hold "+p.Order || p.Try(2) != p.Order {
		t.Errorf("runs are told %q, %q and %q", p.Try(0), p.Try(1), p.Try(2))
	}
	got, err := os.ReadFile(p.Replace[file])
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`; import cloudlintTesting "testing"`, "@", "cloudlintTesting.Cloudlint", "", "cloudlintChild", "child").Replace(string(got))
	want := `package stock@

func f(mu locker, c chan int, group errgroup) { Enter(1);
	Step(2); go g(c); Done(2)
	Step(3); { child := Go(3); go func() { Begin(child);
		defer Done(7); defer mu.Unlock(); defer Step(7)
		Step(5); for v := range c { Done(5);
			if v > 0 { ; Step(5); continue }
			for range v { continue }
		; Step(5); }
	}() }; Done(3)
	Step(4); { child := Go(4); group.Go(func() error { Begin(child); return nil }) }; Done(4)
	Step(8); mu.Lock(); Done(8); Step(9); mu.Unlock(); Done(9)
}

func g(c chan int) { Step(6); c <- <-c; Done(6) }
`
	if text != want {
		t.Errorf("got %s", text)
	}
	if _, err := format.Source(got); err != nil {
		t.Error(err)
	}
}
