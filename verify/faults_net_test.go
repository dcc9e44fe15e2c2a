package verify_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

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
	return time.Minute
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
		{verify.Faults{Seed: 1, BlackHole: 1}, os.ErrDeadlineExceeded}, // with the seed, some of either kind
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
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
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
