package verify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

// example stands in for a test function here: in yours, t is its *testing.T.
func example(test func(t testing.TB)) {
	r := (&recorder{name: "TestExample"}).run(test)
	first, _, _ := strings.Cut(r.text(), "\n")
	fmt.Printf("failed: %t %s\n", r.Failed(), first)
}

func ExampleLeaks() {
	example(func(t testing.TB) {
		verify.Leaks(t)

		results := make(chan int, 1) // without the 1 the goroutine would be left
		go func() { results <- 42 }()
		select {
		case r := <-results:
			_ = r
		case <-time.After(time.Microsecond):
		}
	})
	// Output: failed: false
}

func ExampleMain() {
	// In a package's tests this is all that TestMain has to be:
	_ = func(m *testing.M) { verify.Main(m) }
	// Output:
}

func ExampleMaxGoroutines() {
	example(func(t testing.TB) {
		verify.MaxGoroutines(t, 8)

		jobs := make(chan int)
		done := make(chan bool)
		for i := 0; i < 8; i++ {
			go func() {
				for range jobs {
				}
				done <- true
			}()
		}
		for i := 0; i < 1000; i++ {
			jobs <- i
		}
		close(jobs)
		for i := 0; i < 8; i++ {
			<-done
		}
	})
	// Output: failed: false
}

func ExampleLoad() {
	example(func(t testing.TB) {
		verify.Leaks(t)
		handler := http.NotFoundHandler()

		stats := verify.Load(t, 1000, func(ctx context.Context, i int) error {
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
			if rec.Code != http.StatusOK {
				return fmt.Errorf("status %d", rec.Code)
			}
			return nil
		}, verify.Concurrency(20), verify.CallTimeout(time.Second))

		fmt.Println(stats.Calls, stats.Errors, stats.Err)
	})
	// Output:
	// 1000 1000 status 404
	// failed: false
}

func ExampleDeadlines() {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	example(func(t testing.TB) {
		check := verify.Deadlines(t)

		client := &http.Client{Transport: check.RoundTripper(nil), Timeout: 10 * time.Second} // the Timeout is a deadline
		resp, err := client.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	})
	// Output: failed: false
}

func ExampleInject() {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	example(func(t testing.TB) {
		in := verify.Inject(t, verify.Faults{Error: 1})

		client := &http.Client{Transport: in.RoundTripper(nil), Timeout: 10 * time.Second}
		resp, err := client.Get(server.URL)
		if err == nil {
			resp.Body.Close()
		}
		fmt.Println(errors.Is(err, verify.ErrInjected), in.Counts().Errors)
	})
	// Output:
	// true 1
	// failed: false
}

func ExampleHandler() {
	operators := http.NewServeMux() // of a server that only operators reach
	operators.Handle("/debug/goroutines", verify.Handler(verify.HandlerOptions{}))

	server := httptest.NewServer(operators)
	defer server.Close()
	client := &http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(server.URL + "/debug/goroutines")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		fmt.Println(err)
		return
	}
	var report verify.Report
	fmt.Println(json.Unmarshal(body, &report), report.Goroutines > 1, len(report.Groups) > 1)
	// Output: <nil> true true
}

func ExampleWatch() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// In a program: go verify.Watch(...), with a limit of some thousands.
	err := verify.Watch(ctx, verify.WatchOptions{Limit: 1, Interval: time.Millisecond}, func(r *verify.Report) {
		fmt.Println("too many goroutines:", r.Goroutines > 1, "the most of them in:", r.Groups[0].At.Func != "")
		cancel()
	})
	fmt.Println(err)
	// Output:
	// too many goroutines: true the most of them in: true
	// context canceled
}
