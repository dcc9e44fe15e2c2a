package verify

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A LoadOption changes how [Load] calls its function.
type LoadOption interface{ applyLoad(*loadOptions) }

type loadOptions struct {
	concurrency int
	timeout     time.Duration
}

type loadOption func(*loadOptions)

func (f loadOption) applyLoad(o *loadOptions) { f(o) }

// Concurrency is how many calls [Load] makes at a time, at most: 100 by default.
func Concurrency(n int) LoadOption { return loadOption(func(o *loadOptions) { o.concurrency = n }) }

// CallTimeout gives the context of each call of [Load] a deadline of its own. Zero, the default, leaves it with the test's.
func CallTimeout(d time.Duration) LoadOption {
	return loadOption(func(o *loadOptions) { o.timeout = d })
}

// Stats is what [Load] has measured.
type Stats struct {
	Calls   int           // that have ended
	Errors  int           // calls that returned an error, panicked, or ended their goroutine
	Err     error         // the first error that was returned
	Elapsed time.Duration // for all calls

	P50, P90, P99, Max time.Duration // of the time that calls took; half of them took P50 or less

	// What the process had at most while calls ran, as looked at every five milliseconds: everything counts, Load's own
	// goroutines and other tests', too.
	PeakGoroutines int
	PeakHeap       uint64 // bytes of objects, those that the collector has not freed yet among them
}

func (s Stats) String() string {
	text := fmt.Sprintf("%d calls in %v, %d errors; p50 %v, p90 %v, p99 %v, max %v; at most %d goroutines, %.1f MB of heap",
		s.Calls, s.Elapsed.Round(time.Millisecond), s.Errors, s.P50, s.P90, s.P99, s.Max, s.PeakGoroutines, float64(s.PeakHeap)/1e6)
	if s.Err != nil {
		text += fmt.Sprintf("; first error: %v", s.Err)
	}
	return text
}

// Load calls fn n times, with i from 0 to n-1, from a bounded number of goroutines ([Concurrency]), and returns when all
// calls have ended. It keeps eight bytes a call.
//
// Errors that fn returns are counted, and do not fail the test. A panic in fn fails the test, with its stack; the other
// calls go on. A call that ends its goroutine, as t.FailNow does, ends the load, and the test with it.
//
// The context ends shortly before the deadline of the test (go test -timeout); then there are no more calls, and the test
// fails. If calls do not return even so, Load fails the test at once and tells where they are: their goroutines stay.
func Load(t testing.TB, n int, fn func(ctx context.Context, i int) error, opts ...LoadOption) Stats {
	t.Helper()
	o := loadOptions{concurrency: 100}
	for _, opt := range opts {
		opt.applyLoad(&o)
	}
	if n < 0 || o.concurrency < 1 || o.timeout < 0 {
		t.Fatalf("verify: Load: %d calls, %d at a time, each within %v: numbers must not be negative, and one call at a time is the least", n, o.concurrency, o.timeout)
	}
	end, grace := deadlineOf(t)
	var ctx context.Context
	var cancel context.CancelFunc
	if end.IsZero() {
		ctx, cancel = context.WithCancel(contextOf(t))
	} else {
		ctx, cancel = context.WithDeadline(contextOf(t), end.Add(-2*grace))
	}
	defer cancel()
	l := &load{n: int64(n), fn: fn, timeout: o.timeout, took: make([]int64, n), stop: cancel, done: make(chan struct{})}
	stats, hung := l.run(ctx, min(o.concurrency, n), grace)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range l.panics {
		t.Errorf("verify: Load: %s", text)
	}
	if more := l.panicked - len(l.panics); more > 0 {
		t.Errorf("verify: Load: %s more panicked", plural(more, "call"))
	}
	switch {
	case hung != "":
		t.Fatalf("verify: Load: the test's deadline is near; %s", hung)
	case l.exited && t.Failed():
		t.FailNow()
	case l.exited:
		t.Fatal("verify: Load: fn has ended its goroutine (runtime.Goexit, t.SkipNow)")
	case stats.Calls < n:
		t.Errorf("verify: Load: the test's deadline is near: %d of %d calls were made", stats.Calls, n)
	}
	return stats
}

// deadlineOf returns when the test must have ended, and how long before that it should have, if there is a bound.
func deadlineOf(t testing.TB) (end time.Time, grace time.Duration) {
	if d, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, ok := d.Deadline(); ok {
			return end, min(time.Until(end)/10, 5*time.Second)
		}
	}
	return time.Time{}, 0
}

type load struct {
	n       int64
	fn      func(context.Context, int) error
	timeout time.Duration
	next    atomic.Int64
	stop    context.CancelFunc
	done    chan struct{} // all workers have ended

	mu       sync.Mutex
	took     []int64 // nanoseconds, of the calls that have ended
	calls    int
	errors   int
	err      error
	panics   []string // the first ones
	panicked int
	exited   bool
}

// run makes the calls. hung describes those that have not returned a while after the end of the context.
func (l *load) run(ctx context.Context, workers int, grace time.Duration) (stats Stats, hung string) {
	start := time.Now()
	var all sync.WaitGroup
	all.Add(workers)
	for i := 0; i < workers; i++ {
		go func() {
			defer all.Done()
			l.work(ctx)
		}()
	}
	go func() {
		all.Wait()
		close(l.done)
	}()
	hung = l.watch(ctx, &stats, grace)
	stats.Elapsed = time.Since(start)
	l.mu.Lock()
	defer l.mu.Unlock()
	stats.Calls, stats.Errors, stats.Err = l.calls, l.errors, l.err
	took := append([]int64(nil), l.took[:l.calls]...)
	stats.percentiles(took)
	return stats, hung
}

// watch waits for the workers, and looks what the process has meanwhile.
func (l *load) watch(ctx context.Context, stats *Stats, grace time.Duration) (hung string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	ended := ctx.Done()
	var late <-chan time.Time
	for {
		metrics.Read(heap)
		stats.PeakHeap = max(stats.PeakHeap, heap[0].Value.Uint64())
		stats.PeakGoroutines = max(stats.PeakGoroutines, runtime.NumGoroutine())
		select {
		case <-l.done:
			return ""
		case <-ended:
			ended = nil
			if grace > 0 {
				late = time.After(grace)
			}
		case <-late:
			return l.hung()
		case <-tick.C:
		}
	}
}

// hung says where calls are that do not return.
func (l *load) hung() string {
	list, _ := dump()
	var calls []*goroutine
	for _, g := range list {
		for i, f := range g.frames {
			if f.Func == self+"(*load).call" {
				calls = append(calls, &goroutine{state: g.state, leaked: g.leaked, frames: g.frames[:i]})
				break
			}
		}
	}
	return "calls that have not returned though their context is done: " + plural(len(calls), "call") + describe(group(calls, newStandard()))
}

func (l *load) work(ctx context.Context) {
	for ctx.Err() == nil {
		i := l.next.Add(1) - 1
		if i >= l.n {
			return
		}
		l.call(ctx, int(i))
	}
}

// maxPanics is how many panics are described.
const maxPanics = 3

func (l *load) call(ctx context.Context, i int) {
	if l.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.timeout)
		defer cancel()
	}
	var err error
	returned := false
	start := time.Now()
	defer func() {
		took := time.Since(start)
		value := any(nil)
		var stack []byte
		if !returned {
			if value = recover(); value != nil {
				stack = debug.Stack()
			}
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.took[l.calls] = int64(took)
		l.calls++
		if err != nil || !returned {
			l.errors++
		}
		switch {
		case err != nil && l.err == nil:
			l.err = err
		case value != nil:
			if l.panicked++; len(l.panics) < maxPanics {
				l.panics = append(l.panics, fmt.Sprintf("call %d panicked: %v\n%s", i, value, userStack(string(stack))))
			}
		case !returned:
			l.exited = true
			l.stop()
		}
	}()
	err = l.fn(ctx, i)
	returned = true
}

// userStack cuts a stack to what lies between the panic and this package.
func userStack(stack string) string {
	if i := strings.LastIndex(stack, "\npanic("); i >= 0 {
		if j := strings.Index(stack[i+1:], "\n\t"); j >= 0 {
			rest := stack[i+1+j+2:]
			_, stack, _ = strings.Cut(rest, "\n")
		}
	}
	if i := strings.Index(stack, self+"(*load).call("); i >= 0 {
		stack = stack[:i]
	}
	return strings.TrimSpace(stack)
}
