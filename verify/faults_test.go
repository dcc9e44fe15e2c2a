package verify_test

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
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
			time.Sleep(20 * time.Millisecond)
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

// echo answers line by line.
func echo(t testing.TB, l net.Listener) {
	var all sync.WaitGroup
	all.Add(1)
	go func() {
		defer all.Done()
		for {
			conn, err := l.Accept()
			if ne, ok := err.(interface{ Temporary() bool }); ok && ne.Temporary() {
				continue
			}
			if err != nil {
				return
			}
			all.Add(1)
			go func() {
				defer all.Done()
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	t.Cleanup(func() { l.Close(); all.Wait() })
}

func listen(t testing.TB) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// patience is how long to wait for what should come, unless it should not.
func patience(f verify.Faults) time.Duration {
	if f.BlackHole > 0 {
		return 50 * time.Millisecond
	}
	return 10 * time.Second
}

// say sends a line and waits for the answer.
func say(conn net.Conn, wait time.Duration) (string, error) {
	if err := conn.SetDeadline(time.Now().Add(wait)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, "hello\n"); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

func TestInjectDial(t *testing.T) {
	for _, test := range []struct {
		faults verify.Faults
		is     error // of dialling, or of the first answer
	}{
		{verify.Faults{}, nil},
		{verify.Faults{Delay: 1, MaxDelay: time.Millisecond}, nil},
		{verify.Faults{Error: 1, Err: os.ErrPermission}, os.ErrPermission},
		{verify.Faults{Drop: 1}, io.ErrUnexpectedEOF},
		{verify.Faults{BlackHole: 1}, os.ErrDeadlineExceeded},
	} {
		record(t, func(t testing.TB) {
			verify.Leaks(t)
			l := listen(t)
			echo(t, l)
			in := verify.Inject(t, test.faults)
			dial := in.DialContext(nil)
			dialled := 0
			for i := 0; i < 10; i++ {
				ctx, cancel := context.WithTimeout(context.Background(), patience(test.faults))
				conn, err := dial(ctx, "tcp", l.Addr().String())
				cancel()
				if err == nil {
					dialled++
					var text string
					text, err = say(conn, patience(test.faults))
					if err == nil && text != "hello\n" {
						t.Errorf("answer %q", text)
					}
					conn.Close()
				} else if errors.Is(err, context.DeadlineExceeded) && test.faults.BlackHole > 0 {
					continue
				}
				var opErr *net.OpError
				if !errors.Is(err, test.is) || (err != nil && !errors.As(err, &opErr)) {
					t.Errorf("%+v: error %v, want %v", test.faults, err, test.is)
				}
			}
			if test.faults.BlackHole > 0 && (dialled == 0 || dialled == 10) {
				t.Errorf("%d of 10 connections were made: a black hole is before or behind that", dialled)
			}
		}).wantClean(t)
	}
}

func TestInjectListener(t *testing.T) {
	for _, test := range []struct {
		faults verify.Faults
		ok     bool
	}{
		{verify.Faults{}, true},
		{verify.Faults{Delay: 1, MaxDelay: 10 * time.Millisecond}, true},
		{verify.Faults{Seed: 1, Error: 0.5}, true}, // accepted again
		{verify.Faults{Drop: 1}, false},
		{verify.Faults{BlackHole: 1}, false},
	} {
		record(t, func(t testing.TB) {
			verify.Leaks(t)
			l := listen(t)
			in := verify.Inject(t, test.faults)
			echo(t, in.Listener(l))
			t.Cleanup(in.Stop) // before the server, which waits for its connections
			for i := 0; i < 5; i++ {
				conn, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				text, err := say(conn, patience(test.faults))
				conn.Close()
				if test.ok && (err != nil || text != "hello\n") {
					t.Errorf("%+v: %q, %v", test.faults, text, err)
				}
				var ne net.Error
				if timeout := errors.As(err, &ne) && ne.Timeout(); !test.ok && (err == nil || timeout != (test.faults.BlackHole > 0)) {
					t.Errorf("%+v: %q, %v", test.faults, text, err)
				}
			}
			if test.faults.Error > 0 && in.Counts().Errors == 0 {
				t.Error("nothing failed")
			}
		}).wantClean(t)
	}
}

// A server in front of which connections hang can be closed, and deadlines that it sets hold.
func TestInjectServer(t *testing.T) {
	record(t, func(t testing.TB) {
		verify.Leaks(t)
		in := verify.Inject(t, verify.Faults{BlackHole: 1, Delay: 1, MaxDelay: time.Millisecond})
		server := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: 50 * time.Millisecond}
		l := listen(t)
		var served sync.WaitGroup
		served.Add(1)
		go func() { defer served.Done(); _ = server.Serve(in.Listener(l)) }()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if n, err := conn.Read(make([]byte, 10)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d, %v: the server should have given the connection up", n, err)
		}
		second, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		server.Close()
		served.Wait()
	}).wantClean(t)
}

func TestInjectSQL(t *testing.T) {
	for _, test := range []struct {
		faults verify.Faults
		execs  int64
		is     error
	}{
		{verify.Faults{Error: 1}, 0, verify.ErrInjected},
		{verify.Faults{Error: 1, Err: driver.ErrBadConn}, 0, driver.ErrBadConn},
		{verify.Faults{BlackHole: 1}, 0, context.DeadlineExceeded},
	} {
		m := &memory{}
		record(t, func(t testing.TB) {
			verify.Leaks(t)
			in := verify.Inject(t, test.faults)
			db := sql.OpenDB(in.Connector(m))
			defer db.Close()
			ctx, cancel := context.WithTimeout(context.Background(), patience(test.faults))
			defer cancel()
			if _, err := db.ExecContext(ctx, "INSERT ?", 1); !errors.Is(err, test.is) {
				t.Errorf("%+v: error %v", test.faults, err)
			}
		}).wantClean(t)
		if m.execs.Load() != test.execs || m.opens.Load() != 0 {
			t.Errorf("%+v: %d statements, %d connections", test.faults, m.execs.Load(), m.opens.Load())
		}
	}
	for _, old := range []bool{false, true} { // nothing happens
		record(t, func(t testing.TB) {
			use(t, sql.OpenDB(verify.Inject(t, verify.Faults{Delay: 1, MaxDelay: time.Microsecond}).Connector(&memory{old: old})), withDeadline(t))
		}).wantClean(t)
	}
}

// A statement whose answer is lost was executed, once, and its connection is not used again.
func TestInjectSQLDrop(t *testing.T) {
	m := &memory{}
	db := sql.OpenDB(verify.Inject(t, verify.Faults{Seed: 3, Drop: 0.5}).Connector(m))
	defer db.Close()
	ctx := withDeadline(t)
	failed := int64(0)
	for i := 0; i < 50; i++ {
		conn, err := db.Conn(ctx)
		if err != nil {
			continue // the connection was dropped
		}
		before := m.execs.Load()
		_, err = conn.ExecContext(ctx, "INSERT ?", i)
		if m.execs.Load() != before+1 {
			t.Errorf("executed %d times", m.execs.Load()-before)
		}
		if err != nil {
			failed++
			if !errors.Is(err, verify.ErrInjected) {
				t.Errorf("error %v", err)
			}
			opens := m.opens.Load()
			conn.Close()
			for again, err := db.Conn(ctx); ; again, err = db.Conn(ctx) {
				if err == nil {
					again.Close()
					break
				}
			}
			if m.opens.Load() == opens {
				t.Error("the broken connection is used again")
			}
			continue
		}
		conn.Close()
	}
	if failed == 0 || failed == 50 {
		t.Errorf("%d of 50 failed", failed)
	}
	for i := 0; i < 20; i++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			continue
		}
		before := m.execs.Load()
		if err := tx.Commit(); m.execs.Load() != before+1 || err != nil && !errors.Is(err, verify.ErrInjected) {
			t.Errorf("%d commits, error %v", m.execs.Load()-before, err)
		}
	}
}
