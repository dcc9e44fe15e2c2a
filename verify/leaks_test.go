package verify_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

var quick = verify.Settle(250 * time.Millisecond)

func canProve() bool { return pprof.Lookup("goroutineleak") != nil }

func TestLeaks(t *testing.T) {
	r := record(t, func(t testing.TB) {
		verify.Leaks(t, quick)
		for i := 0; i < 3; i++ {
			leakOne()
		}
	})
	r.want(t, "the test leaves 3 goroutines", "chan send", "in github.com/cloudlint/cloudlint/verify_test.leakSend (", "helper_test.go:",
		"started in github.com/cloudlint/cloudlint/verify_test.leakOne (")
	if canProve() {
		r.want(t, "3 goroutines, proven to wait for ever: chan send")
	} else {
		r.want(t, "cloudlint verify", "GOEXPERIMENT=goroutineleakprofile")
	}
}

// What something in use may still wake is no proven leak.
var global = make(chan int)

func TestLeaksSurvivor(t *testing.T) {
	r := record(t, func(t testing.TB) {
		verify.Leaks(t, quick)
		go leakSend(global)
	})
	r.want(t, "the test leaves 1 goroutine, a survivor\n1 goroutine: chan send")
	<-global
}

// Who has started a goroutine may have ended.
func TestLeaksOfGoroutinesThatEnded(t *testing.T) {
	r := record(t, func(t testing.TB) {
		verify.Leaks(t, quick)
		started := make(chan bool)
		go func() {
			go func() {
				go leakSend(make(chan int))
				close(started)
			}()
		}()
		<-started
	})
	r.want(t, "the test leaves 1 goroutine", "TestLeaksOfGoroutinesThatEnded")
}

// Where a label was replaced the creators tell.
func TestLeaksUnderOtherLabels(t *testing.T) {
	r := record(t, func(t testing.TB) {
		verify.Leaks(t, quick)
		go func() {
			pprof.Do(context.Background(), pprof.Labels("who", "me"), func(context.Context) { leakOne() })
			leakSend(make(chan int))
		}()
	})
	r.want(t, "the test leaves 2 goroutines")
}

func TestLeaksNothing(t *testing.T) {
	r := record(t, func(t testing.TB) {
		verify.Leaks(t, verify.Settle(30*time.Second))
		done := make(chan bool)
		go func() { time.Sleep(150 * time.Millisecond); close(done) }() // ends after the test
		t.Cleanup(func() { <-done })
		go time.Sleep(150 * time.Millisecond)
	})
	r.wantClean(t)
}

func TestLeaksIgnore(t *testing.T) {
	record(t, func(t testing.TB) {
		verify.Leaks(t, quick, verify.Ignore("github.com/cloudlint/cloudlint/verify_test.leakS"))
		leakOne()
	}).wantClean(t)
	record(t, func(t testing.TB) {
		verify.Leaks(t, quick, verify.Ignore("github.com/cloudlint/cloudlint/verify_test.leakOne")) // the go statement's
		leakOne()
	}).wantClean(t)
	record(t, func(t testing.TB) {
		verify.Leaks(t, quick, verify.Ignore("", "cloudlint/verify_test.leakOne"))
		leakOne()
	}).want(t, "leaves 1 goroutine")
}

// Each test is told of its own goroutines, though all run at the same time and leave them in one place.
func TestLeaksParallel(t *testing.T) {
	const tests = 8
	var all, done sync.WaitGroup
	all.Add(tests)
	done.Add(tests)
	records := make([]*recorder, tests)
	for i := 0; i < tests; i++ {
		go func(i int) {
			defer done.Done()
			records[i] = (&recorder{TB: t, name: fmt.Sprintf("TestParallel%d", i)}).run(func(tb testing.TB) {
				if i%2 == 0 {
					verify.Leaks(tb, quick)
				}
				all.Done()
				all.Wait() // for all tests to have begun
				for j := 0; j <= i; j++ {
					go func() { go leakSend(make(chan int)) }()
				}
				time.Sleep(10 * time.Millisecond)
			})
		}(i)
	}
	done.Wait()
	for i, r := range records {
		if i%2 == 0 {
			r.want(t, "leaves "+[]string{"1 goroutine", "", "3 goroutines", "", "5 goroutines", "", "7 goroutines"}[i])
		} else {
			r.wantClean(t)
		}
	}
}

// A test that has subtests is told of theirs, unless these are told themselves.
func TestLeaksSubtests(t *testing.T) {
	r := (&recorder{TB: t, name: t.Name()}).run(func(tb testing.TB) {
		verify.Leaks(tb, quick)
		t.Run("quiet", func(*testing.T) { leakOne() })
		t.Run("told", func(t *testing.T) {
			record(t, func(tb testing.TB) {
				verify.Leaks(tb, quick)
				leakOne()
				leakOne()
			}).want(t, "leaves 2 goroutines")
		})
	})
	r.want(t, "leaves 1 goroutine")
}

// Goroutines that goleak tells of, or that a test would have to be told to ignore.
func TestNoFalseAlarms(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "hello") }))
	defer server.Close()
	older := make(chan bool)
	defer close(older)
	go func() { <-older }()

	for _, test := range []struct {
		name string
		body func(testing.TB)
	}{
		{"idle connections of http.DefaultTransport", func(t testing.TB) {
			resp, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatal(err)
			}
		}},
		{"idle connections of HTTP/2, and of its server", func(t testing.TB) {
			s := httptest.NewUnstartedServer(server.Config.Handler)
			s.EnableHTTP2 = true
			s.StartTLS()
			t.Cleanup(s.Close)
			resp, err := s.Client().Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.ProtoMajor != 2 {
				t.Fatal(resp.Proto, err)
			}
		}},
		{"connectionOpener of database/sql", func(t testing.TB) {
			pool = sql.OpenDB(&memory{})
			pool.SetConnMaxLifetime(time.Hour) // has a goroutine, too
			if err := pool.Ping(); err != nil {
				t.Fatal(err)
			}
		}},
		{"signal.Notify", func(t testing.TB) {
			c := make(chan os.Signal, 1)
			signal.Notify(c, syscall.SIGHUP)
			signal.Stop(c)
		}},
		{"the reader of runtime/trace", func(t testing.TB) {
			if trace.IsEnabled() {
				return // by go test -trace
			}
			if err := trace.Start(io.Discard); err != nil {
				t.Fatal(err)
			}
		}},
		{"a system call that ends", func(t testing.TB) {
			var started sync.WaitGroup
			started.Add(1)
			go func() {
				cmd := exec.Command(os.Args[0], "-test.run=^$")
				cmd.Env = append(os.Environ(), "VERIFY_CHILD=sleep")
				if err := cmd.Start(); err != nil {
					panic(err)
				}
				started.Done()
				_ = cmd.Wait()
			}()
			started.Wait()
		}},
		{"goroutines of before", func(testing.TB) {}},
		{"goroutines that older ones start", func(t testing.TB) {
			// The connection is one of the server's.
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { time.AfterFunc(200*time.Millisecond, func() { conn.Close() }) })
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			record(t, func(t testing.TB) {
				verify.Leaks(t, verify.Settle(30*time.Second))
				test.body(t)
			}).wantClean(t)
		})
	}
	trace.Stop() // also go test's, which has seen enough
	if pool != nil {
		pool.Close()
	}
}

var pool *sql.DB // in use

// Parallel tests wait for each other, and package testing for them.
func TestNoFalseAlarmsOfTesting(t *testing.T) {
	for _, name := range []string{"a", "b", "c"} {
		t.Run(name, func(t *testing.T) {
			verify.Leaks(t)
			t.Parallel()
			t.Run("inner", func(t *testing.T) {
				t.Parallel()
				verify.Leaks(t)
				time.Sleep(time.Millisecond)
			})
		})
	}
	verify.Leaks(t)
}

func BenchmarkLeaks(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		record(b, func(t testing.TB) { verify.Leaks(t) })
	}
}

// What a body that nobody closes leaves is no idle connection.
func TestLeaksBody(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
	}))
	defer server.Close()
	var open io.Closer
	r := record(t, func(t testing.TB) {
		verify.Leaks(t, quick)
		resp, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		open = resp.Body
	})
	r.want(t, "leaves 1 goroutine", "net/http.(*persistConn).readLoop")
	open.Close()
}

// A server that nobody closes is a leak, its idle connections are not.
func TestLeaksServer(t *testing.T) {
	var server *httptest.Server
	r := record(t, func(t testing.TB) {
		verify.Leaks(t)
		server = httptest.NewServer(http.NotFoundHandler())
		resp, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	})
	server.Close()
	r.want(t, "leaves 1 goroutine", "IO wait", "net/http/httptest.(*Server).goServe")
}
