package verify_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

// wait starts goroutines that wait until the function that it returns is called.
func wait(n int) (stop func()) {
	c := make(chan int)
	var started, ended sync.WaitGroup
	started.Add(n)
	ended.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer ended.Done()
			started.Done()
			<-c
		}()
	}
	started.Wait()
	return func() { close(c); ended.Wait() }
}

func request(h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

func report(t *testing.T, rec *httptest.ResponseRecorder) *verify.Report {
	t.Helper()
	r := new(verify.Report)
	if err := json.Unmarshal(rec.Body.Bytes(), r); err != nil || rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, %v: %s", rec.Code, err, rec.Body)
	}
	return r
}

// find returns the group of goroutines that wait starts.
func find(groups []verify.Group) *verify.Group {
	for i, g := range groups {
		if strings.HasPrefix(g.At.Func, "github.com/cloudlint/cloudlint/verify_test.") && strings.Contains(g.At.Func, "wait.func1") {
			return &groups[i]
		}
	}
	return &verify.Group{Created: new(verify.Frame)}
}

func TestHandler(t *testing.T) {
	verify.Leaks(t)
	stop := wait(50)
	h := verify.Handler(verify.HandlerOptions{Interval: time.Hour})
	rec := request(h, http.MethodGet, "/")
	r := report(t, rec)
	if g := find(r.Groups); g.Count < 45 || g.State != "chan receive" || g.Created == nil || !strings.Contains(g.Created.Func, "wait") || len(g.Stack) == 0 || g.Proven {
		t.Errorf("%+v", g)
	}
	if r.Goroutines < 51 || r.Leaks || r.Provable != canProve() || time.Since(r.Time) > time.Minute || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%+v, %v", r, rec.Header())
	}
	stop()
	// The interval has not passed.
	if again := report(t, request(h, http.MethodGet, "/")); !again.Time.Equal(r.Time) || again.Goroutines != r.Goroutines {
		t.Errorf("made again: %+v", again)
	}
	for _, rec := range []*httptest.ResponseRecorder{request(h, http.MethodGet, "/?format=text"), request(h, http.MethodGet, "/", "Accept", "text/plain")} {
		if text := rec.Body.String(); !strings.Contains(text, " goroutines: chan receive\n  in github.com/cloudlint/cloudlint/verify_test.") || strings.Contains(text, "{") {
			t.Errorf("%s", text)
		}
	}
	if rec := request(h, http.MethodPost, "/"); rec.Code != http.StatusMethodNotAllowed || rec.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", rec.Code)
	}
}

func TestHandlerLeaks(t *testing.T) {
	for i := 0; i < 3; i++ {
		leakOne()
	}
	stop := wait(5)
	defer stop()
	rec := request(verify.Handler(verify.HandlerOptions{}), http.MethodGet, "/?leaks=1")
	if !canProve() {
		if rec.Code != http.StatusNotImplemented || !strings.Contains(rec.Body.String(), "Go 1.27 can") {
			t.Errorf("%d: %s", rec.Code, rec.Body)
		}
		return
	}
	r := report(t, rec)
	found := 0
	for _, g := range r.Groups {
		if !g.Proven {
			t.Errorf("not proven: %v", g)
		}
		if strings.HasSuffix(g.At.Func, ".leakSend") && g.Created != nil && strings.HasSuffix(g.Created.Func, ".leakOne") {
			found += g.Count
		}
	}
	if find(r.Groups).Count != 0 || found < 3 || !r.Leaks {
		t.Errorf("%+v", r)
	}
	if text := request(verify.Handler(verify.HandlerOptions{}), http.MethodGet, "/?leaks=1&format=text").Body.String(); !strings.Contains(text, "proven to wait for ever: chan send") {
		t.Errorf("%s", text)
	}
}

// Of very many goroutines there is a profile, which takes less time.
func TestHandlerMany(t *testing.T) {
	stop := wait(20_000)
	defer stop()
	start := time.Now()
	r := report(t, request(verify.Handler(verify.HandlerOptions{Groups: 1}), http.MethodGet, "/"))
	t.Logf("%v for %d goroutines", time.Since(start), r.Goroutines)
	if g := find(r.Groups); g.Count < 19_900 || len(r.Groups) != 1 || r.Others < 1 || g.State != "" {
		t.Errorf("%+v", r)
	}
}

// Whoever asks, one report is made at a time, and each request gets one or is told to come again.
func TestHandlerConcurrent(t *testing.T) {
	h := verify.Handler(verify.HandlerOptions{Interval: time.Nanosecond})
	var all sync.WaitGroup
	for i := 0; i < 50; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			switch rec := request(h, http.MethodGet, "/"); rec.Code {
			case http.StatusOK:
			case http.StatusServiceUnavailable:
				if rec.Header().Get("Retry-After") != "1" {
					t.Errorf("%v", rec.Header())
				}
			default:
				t.Errorf("status %d: %s", rec.Code, rec.Body)
			}
		}()
	}
	all.Wait()
}

func TestWatch(t *testing.T) {
	verify.Leaks(t)
	base := runtime.NumGoroutine() // tests before this one leave some
	limit := 2*base + 200
	ctx, cancel := context.WithCancel(context.Background())
	reports := make(chan *verify.Report, 10)
	result := make(chan error, 1)
	go func() {
		result <- verify.Watch(ctx, verify.WatchOptions{Limit: limit, Interval: time.Millisecond}, func(r *verify.Report) { reports <- r })
	}()
	stop := wait(100)
	select {
	case r := <-reports:
		t.Errorf("%d goroutines, and the limit is %d", r.Goroutines, limit)
	case <-time.After(20 * time.Millisecond):
	}
	more := wait(base + 200)
	if r := <-reports; r.Goroutines <= limit || find(r.Groups).Count < 150 {
		t.Errorf("%+v", r)
	}
	time.Sleep(20 * time.Millisecond) // it does not call all the time
	twice := wait(3 * limit)
	if r := <-reports; r.Goroutines < 2*limit {
		t.Errorf("called again at %d", r.Goroutines)
	}
	twice()
	more()
	// It has to look while there are few.
	rounds := 0
	for r := (*verify.Report)(nil); r == nil; rounds++ {
		time.Sleep(20 * time.Millisecond)
		more = wait(base + 200)
		select {
		case r = <-reports:
			if r.Goroutines <= limit || r.Goroutines > 3*limit {
				t.Errorf("called again at %d", r.Goroutines)
			}
		case <-time.After(100 * time.Millisecond):
		}
		more()
	}
	stop()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) || len(reports) > rounds {
		t.Errorf("%v, %d more calls", err, len(reports))
	}
	if err := verify.Watch(ctx, verify.WatchOptions{}, func(*verify.Report) {}); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("%v without a limit", err)
	}
}
