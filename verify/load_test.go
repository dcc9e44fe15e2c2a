package verify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

// price is a service's handler: it asks a source that may be slower than its request. The guarded pattern gives the answer
// a place to go: the goroutine ends in any case.
func price(guarded bool) http.Handler {
	size := 0
	if guarded {
		size = 1
	}
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := make(chan int, size)
		slow := n.Add(1)%10 == 0
		go leakQuote(r.Context(), slow, answer)
		select {
		case p := <-answer:
			fmt.Fprintln(w, p)
		case <-r.Context().Done():
			http.Error(w, "too slow", http.StatusGatewayTimeout)
		}
	})
}

func leakQuote(ctx context.Context, slow bool, answer chan<- int) {
	if slow {
		<-ctx.Done()
		time.Sleep(time.Millisecond) // the request has gone
	}
	answer <- 42
}

// ask makes one request of the handler, with a millisecond for the slow ones.
func ask(h http.Handler) func(context.Context, int) error {
	return func(ctx context.Context, i int) error {
		timeout := time.Minute
		if i%10 == 0 {
			timeout = time.Millisecond
		}
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/price", nil).WithContext(ctx))
		if rec.Code != http.StatusOK {
			return fmt.Errorf("status %d", rec.Code)
		}
		return nil
	}
}

// The bar: 100,000 triggers of the guarded pattern leave nothing, and their number at a time is bounded. A call has one
// goroutine, and one of before may still end.
func TestLoadGuarded(t *testing.T) {
	const concurrency = 50
	calls := 100_000
	if testing.Short() {
		calls = 10_000
	}
	before := runtime.NumGoroutine()
	var stats verify.Stats
	record(t, func(t testing.TB) {
		verify.Leaks(t)
		verify.MaxGoroutines(t, 4*concurrency)
		h := price(true)
		// The slow calls are those with i%10 == 0, if they come in order.
		stats = verify.Load(t, calls, ask(h), verify.Concurrency(concurrency), verify.CallTimeout(20*time.Millisecond))
	}).wantClean(t)
	t.Log(stats)
	if stats.Calls != calls || stats.Errors < calls/100 || stats.Errors > calls/2 {
		t.Errorf("%d calls, %d errors", stats.Calls, stats.Errors)
	}
	if stats.PeakGoroutines > before+10*concurrency || stats.PeakHeap > 100<<20 || stats.PeakHeap == 0 {
		t.Errorf("at most %d goroutines, %d bytes", stats.PeakGoroutines, stats.PeakHeap)
	}
	if stats.P50 > stats.P90 || stats.P90 > stats.P99 || stats.P99 > stats.Max || stats.P50 <= 0 || stats.Elapsed < stats.Max {
		t.Errorf("times are not in order: %v", stats)
	}
}

// The unguarded one is caught: each slow call leaves a goroutine.
func TestLoadUnguarded(t *testing.T) {
	calls := 20_000
	if testing.Short() {
		calls = 2000
	}
	var stats verify.Stats
	r := record(t, func(t testing.TB) {
		verify.Leaks(t, quick)
		verify.MaxGoroutines(t, 100)
		stats = verify.Load(t, calls, ask(price(false)), verify.Concurrency(50), verify.CallTimeout(20*time.Millisecond))
	})
	t.Log(stats)
	if stats.PeakGoroutines < calls/20 {
		t.Errorf("%v", stats)
	}
	r.want(t, "goroutines at a time, and may have 100\n", "the test leaves ", "chan send\n", "verify_test.leakQuote (", "started in github.com/cloudlint/cloudlint/verify_test.", "price.")
}

func TestLoadPanics(t *testing.T) {
	var stats verify.Stats
	r := record(t, func(t testing.TB) {
		verify.Leaks(t)
		stats = verify.Load(t, 100, func(ctx context.Context, i int) error {
			if i%20 == 0 {
				leakPanic()
			}
			if i%20 == 1 {
				return errors.New("refused")
			}
			return nil
		}, verify.Concurrency(3))
	})
	if stats.Calls != 100 || stats.Errors != 10 || stats.Err == nil || stats.Err.Error() != "refused" || !strings.Contains(stats.String(), "10 errors") {
		t.Errorf("%+v", stats)
	}
	r.want(t, "panicked: no price\n", "verify_test.leakPanic(", "load_test.go:", "2 calls more panicked")
	if strings.Contains(r.text(), "(*load)") || strings.Contains(r.text(), "debug.Stack") {
		t.Errorf("the stack has more than it should:\n%s", r.text())
	}
}

func leakPanic() { panic("no price") }

func TestLoadExit(t *testing.T) {
	after := false
	var calls atomic.Int64
	r := record(t, func(t testing.TB) {
		verify.Load(t, 1000, func(ctx context.Context, i int) error {
			calls.Add(1)
			if i == 10 {
				t.Fatal("call 10")
			}
			time.Sleep(time.Millisecond)
			return nil
		}, verify.Concurrency(2))
		after = true
	})
	r.want(t, "call 10")
	if after || calls.Load() >= 1000 {
		t.Errorf("the test goes on after %d calls", calls.Load())
	}
}

// The context ends before the test's time is over.
func TestLoadDeadline(t *testing.T) {
	var stats verify.Stats
	start := time.Now()
	r := (&recorder{TB: t, name: t.Name(), deadline: start.Add(2 * time.Second)}).run(func(t testing.TB) {
		stats = verify.Load(t, 1000, func(ctx context.Context, i int) error {
			<-ctx.Done()
			return ctx.Err()
		}, verify.Concurrency(10))
	})
	r.want(t, "10 of 1000 calls were made")
	if took := time.Since(start); took > time.Minute || took < 500*time.Millisecond || stats.Errors != 10 || !errors.Is(stats.Err, context.DeadlineExceeded) {
		t.Errorf("%v, %+v", took, stats)
	}
}

// Calls that ignore it do not hold the test.
func TestLoadHangs(t *testing.T) {
	start := time.Now()
	c := make(chan int)
	r := (&recorder{TB: t, name: t.Name(), deadline: start.Add(2 * time.Second)}).run(func(t testing.TB) {
		verify.Load(t, 4, func(ctx context.Context, i int) error { leakSend(c); return nil })
	})
	r.want(t, "calls that have not returned though their context is done: 4 calls\n4 goroutines", "chan send", "verify_test.leakSend (")
	if took := time.Since(start); took > time.Minute { // 1.8 s where there is time
		t.Errorf("after %v", took)
	}
	for i := 0; i < 4; i++ {
		<-c
	}
}

func TestLoadNothing(t *testing.T) {
	record(t, func(t testing.TB) {
		if stats := verify.Load(t, 0, nil); stats.Calls != 0 || stats.Max != 0 {
			t.Errorf("%+v", stats)
		}
	}).wantClean(t)
	record(t, func(t testing.TB) { verify.Load(t, -1, nil) }).want(t, "must not be negative")
	record(t, func(t testing.TB) { verify.Load(t, 1, nil, verify.Concurrency(0)) }).want(t, "one call at a time is the least")
}

func await(stop chan bool) { <-stop }

func TestMaxGoroutines(t *testing.T) {
	stop := make(chan bool)
	start := func(n int) {
		for i := 0; i < n; i++ {
			go await(stop)
		}
		parked(n, "verify_test.await(", "chan receive")
	}
	others := func() {
		for i := 0; i < 100; i++ {
			go func() { <-stop }()
		}
	}
	others() // not the test's
	r := record(t, func(t testing.TB) {
		verify.MaxGoroutines(t, 10)
		start(12)
	})
	r.want(t, "12 goroutines at a time, and may have 10\n12 goroutines: chan receive", "started in github.com/cloudlint/cloudlint/verify_test.TestMaxGoroutines.func1 (")
	began, done := make(chan bool), make(chan bool)
	go func() { // as another test does at the same time
		<-began
		others()
		close(done)
	}()
	record(t, func(t testing.TB) {
		verify.MaxGoroutines(t, 10)
		close(began)
		<-done
		start(10)
	}).wantClean(t)
	close(stop)
	record(t, func(t testing.TB) { verify.MaxGoroutines(t, -1) }).want(t, "is negative")
}
