package verify_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

// The package's own tests leave nothing but what is meant to be found, which never ends.
func TestMain(m *testing.M) {
	if child := os.Getenv("VERIFY_CHILD"); child != "" {
		os.Exit(runChild(m, child))
	}
	verify.Main(m, verify.Ignore("github.com/cloudlint/cloudlint/verify_test.leak"))
}

// A recorder stands in for a test that may fail.
type recorder struct {
	testing.TB // of the test that looks at it

	name     string
	deadline time.Time

	mu       sync.Mutex
	cleanups []func()
	errors   []string
	logs     []string
	failed   bool
}

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return r.name }

func (r *recorder) Deadline() (time.Time, bool) { return r.deadline, !r.deadline.IsZero() }

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatal(args ...any) {
	r.Errorf("%s", fmt.Sprint(args...))
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) FailNow() {
	r.mu.Lock()
	r.failed = true
	r.mu.Unlock()
	runtime.Goexit()
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

// text returns all errors.
func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.errors, "\n")
}

// record runs a test on a goroutine of its own, and its cleanups.
func record(t testing.TB, body func(testing.TB)) *recorder {
	t.Helper()
	// Under cloudlint verify what the test itself starts has its name, and is not what is recorded.
	return (&recorder{TB: t, name: t.Name() + " recorded"}).run(body)
}

func (r *recorder) run(body func(testing.TB)) *recorder {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for i := len(r.cleanups) - 1; i >= 0; i-- {
				r.cleanups[i]()
			}
		}()
		body(r)
	}()
	<-done
	return r
}

// want checks that a recorded test has failed with all of the texts.
func (r *recorder) want(t *testing.T, texts ...string) {
	t.Helper()
	got := r.text()
	if got == "" {
		t.Errorf("it has not failed, want %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("it says nothing of %q:\n%s", text, got)
		}
	}
}

// wantClean checks that a recorded test has not failed.
func (r *recorder) wantClean(t *testing.T) {
	t.Helper()
	if got := r.text(); got != "" {
		t.Errorf("it has failed:\n%s", got)
	}
}

// leakSend and the other functions whose names begin with leak are what is meant to be found.
func leakSend(c chan int) { c <- 1 }

// leakOne leaves a goroutine that waits on a channel nobody else has.
func leakOne() { go leakSend(make(chan int)) }

// parked waits until so many goroutines wait in a function.
func parked(n int, function, state string) {
	for ; ; time.Sleep(time.Millisecond) {
		count, buf := 0, make([]byte, 1<<20+runtime.NumGoroutine()<<10)
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			header, frames, _ := strings.Cut(g, "\n")
			if strings.Contains(header, "["+state) && strings.Contains(frames, function) {
				count++
			}
		}
		if count >= n {
			return
		}
	}
}
