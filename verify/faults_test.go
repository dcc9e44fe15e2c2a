package verify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

func TestInjectOptions(t *testing.T) {
	for _, f := range []verify.Faults{{Delay: -1}, {Delay: 1.5}, {Error: 0.6, Drop: 0.6}, {BlackHole: -0.1}, {Drop: math.NaN()}, {MaxDelay: -1}} {
		record(t, func(t testing.TB) { verify.Inject(t, f) }).want(t, "probabilities are from 0 to 1")
	}
	t.Setenv(verify.SeedVariable, "many")
	record(t, func(t testing.TB) { verify.Inject(t, verify.Faults{}) }).want(t, "CLOUDLINT_FAULT_SEED=many is no seed")
	t.Setenv(verify.SeedVariable, "77")
	record(t, func(t testing.TB) {
		if in := verify.Inject(t, verify.Faults{}); in.Seed() != 77 {
			t.Errorf("seed %d", in.Seed())
		}
		if in := verify.Inject(t, verify.Faults{Seed: 5}); in.Seed() != 5 {
			t.Errorf("seed %d", in.Seed())
		}
	}).wantClean(t)
}

// Who wants a failed test again needs its seed; of other tests nobody wants to know.
func TestInjectSeedIsLogged(t *testing.T) {
	r := record(t, func(t testing.TB) { verify.Inject(t, verify.Faults{Seed: 12}); t.Errorf("wrong") })
	if len(r.logs) != 1 || !strings.Contains(r.logs[0], "CLOUDLINT_FAULT_SEED=12") {
		t.Errorf("%q", r.logs)
	}
	if r := record(t, func(t testing.TB) { verify.Inject(t, verify.Faults{}) }); len(r.logs) != 0 {
		t.Errorf("%q", r.logs)
	}
}

// outcomes calls a server of paths /0 to /3 so many times each, and returns what came of it.
func outcomes(t *testing.T, f verify.Faults, n int, parallel bool) (string, verify.FaultCounts) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 100)) }))
	defer server.Close()
	in := verify.Inject(t, f)
	client := &http.Client{Transport: in.RoundTripper(nil), Timeout: time.Minute}
	var texts [4]strings.Builder
	path := func(i int) {
		for j := 0; j < n; j++ {
			resp, err := client.Get(fmt.Sprintf("%s/%d", server.URL, i))
			if err != nil {
				fmt.Fprintf(&texts[i], "%t %t,", errors.Is(err, verify.ErrInjected), errors.Is(err, io.ErrUnexpectedEOF))
				continue
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			fmt.Fprintf(&texts[i], "%d %t,", len(body), err == nil)
		}
	}
	var all sync.WaitGroup
	for i := range texts {
		if !parallel {
			path(i)
			continue
		}
		all.Add(1)
		go func(i int) { defer all.Done(); path(i) }(i)
	}
	all.Wait()
	client.CloseIdleConnections()
	return texts[0].String() + texts[1].String() + texts[2].String() + texts[3].String(), in.Counts()
}

// One seed brings the same faults again, also where calls of different kinds are made at the same time in another order.
func TestInjectReplay(t *testing.T) {
	f := verify.Faults{Seed: 1, Delay: 0.2, MaxDelay: time.Millisecond, Error: 0.2, Drop: 0.3}
	first, counts := outcomes(t, f, 25, false)
	again, _ := outcomes(t, f, 25, true)
	if first != again {
		t.Errorf("one seed, two outcomes:\n%s\n%s", first, again)
	}
	f.Seed = 2
	if other, _ := outcomes(t, f, 25, true); other == first {
		t.Errorf("two seeds, one outcome: %s", first)
	}
	for _, want := range []string{"100 true", "50 false", "true false", "true true"} {
		if !strings.Contains(first, want) {
			t.Errorf("no call ends with %q: %s", want, first)
		}
	}
	if counts.Calls != 100 || counts.Errors < 5 || counts.Drops < 10 || counts.BlackHoles > 0 || counts.Delays < 5 ||
		counts.Errors > 40 || counts.Drops > 50 || counts.Delays > 40 {
		t.Errorf("%+v", counts)
	}
}

func TestInjectHTTP(t *testing.T) {
	var seen atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		_, _ = io.Copy(w, r.Body)
	}))
	defer server.Close()
	post := func(t testing.TB, in *verify.Injector, ctx context.Context) (string, error) {
		client := &http.Client{Transport: in.RoundTripper(nil)}
		defer client.CloseIdleConnections()
		body := &closer{Reader: strings.NewReader("order")}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if !body.closed.Load() {
				t.Errorf("the request's body is not closed")
			}
		}()
		resp, err := client.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		return string(text), err
	}
	for _, test := range []struct {
		name   string
		faults verify.Faults
		seen   int64
		is     []error
	}{
		{"none", verify.Faults{}, 1, nil},
		{"delay", verify.Faults{Delay: 1, MaxDelay: time.Millisecond}, 1, nil},
		{"error", verify.Faults{Error: 1}, 0, []error{verify.ErrInjected}},
		{"error of mine", verify.Faults{Error: 1, Err: os.ErrPermission}, 0, []error{verify.ErrInjected, os.ErrPermission}},
		{"drop", verify.Faults{Drop: 1}, 1, []error{verify.ErrInjected, io.ErrUnexpectedEOF}},
		{"black hole", verify.Faults{BlackHole: 1}, 0, []error{context.DeadlineExceeded}},
	} {
		t.Run(test.name, func(t *testing.T) {
			seen.Store(0)
			record(t, func(t testing.TB) {
				verify.Leaks(t)
				in := verify.Inject(t, test.faults)
				ctx, cancel := context.WithTimeout(context.Background(), patience(test.faults))
				defer cancel()
				text, err := post(t, in, ctx)
				if test.is == nil && (err != nil || text != "order") {
					t.Errorf("%q, %v", text, err)
				}
				for _, is := range test.is {
					if !errors.Is(err, is) {
						t.Errorf("error %v, want %v", err, is)
					}
				}
			}).wantClean(t)
			if seen.Load() != test.seen {
				t.Errorf("the server sees %d requests, want %d", seen.Load(), test.seen)
			}
		})
	}
	t.Run("the test's end", func(t *testing.T) {
		result := make(chan error, 1)
		r := record(t, func(t testing.TB) {
			verify.Leaks(t)
			in := verify.Inject(t, verify.Faults{BlackHole: 1})
			go func() {
				_, err := post(t, in, context.Background())
				result <- err
			}()
			for in.Counts().BlackHoles == 0 { // until the request hangs
				time.Sleep(time.Millisecond)
			}
		})
		r.wantClean(t)
		if err := <-result; !errors.Is(err, verify.ErrInjected) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("stop", func(t *testing.T) {
		in := verify.Inject(t, verify.Faults{Error: 1})
		in.Stop()
		in.Stop()
		if text, err := post(t, in, context.Background()); text != "order" || err != nil {
			t.Errorf("%q, %v after Stop", text, err)
		}
	})
}

type closer struct {
	io.Reader
	closed atomic.Bool
}

func (c *closer) Close() error { c.closed.Store(true); return nil }
