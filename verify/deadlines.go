package verify

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// A DeadlineChecker fails a test whose outbound calls carry no deadline: those that go through what it wraps.
// Its methods may be called by several goroutines at a time.
type DeadlineChecker struct {
	t   testing.TB
	std standard

	mu    sync.Mutex
	ended bool
	told  map[string]bool // places in the code
}

// A DialFunc makes connections, as [net.Dialer.DialContext] does.
type DialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// Deadlines returns a checker that fails the test, with the caller's stack, when a call is made whose context has no
// deadline. The call is made all the same. A place in the code is told of once, and none when the test has ended.
//
//	check := verify.Deadlines(t)
//	client := &http.Client{Transport: check.RoundTripper(nil)}
//	db := sql.OpenDB(check.Connector(connector))
func Deadlines(t testing.TB) *DeadlineChecker {
	c := &DeadlineChecker{t: t, std: newStandard(), told: make(map[string]bool)}
	t.Cleanup(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ended = true
	})
	return c
}

// check tells of a call without a deadline.
func (c *DeadlineChecker) check(ctx context.Context, what string) {
	if _, ok := ctx.Deadline(); ok {
		return
	}
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	var stack []Frame
	for {
		f, more := frames.Next()
		outside := len(stack) == 0 && strings.HasPrefix(f.Function, self)
		if f.Function == "testing.tRunner" || f.Function == "runtime.goexit" {
			break
		}
		if !outside {
			stack = append(stack, Frame{f.Function, f.File, f.Line})
		}
		if !more {
			break
		}
	}
	if len(stack) == 0 {
		return
	}
	for _, f := range stack {
		// This goroutine of a sql.DB connects for whoever waits, whose own call has a context.
		if f.Func == "database/sql.(*DB).connectionOpener" {
			return
		}
	}
	place := c.std.place(stack)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || c.told[place.String()] {
		return
	}
	c.told[place.String()] = true
	var b strings.Builder
	for _, f := range stack {
		fmt.Fprintf(&b, "\n  %s", f)
	}
	c.t.Errorf("verify: %s in %s carries no deadline: give its context one, by context.WithTimeout; called from%s", what, place, b.String())
}

// RoundTripper checks requests on their way to rt, http.DefaultTransport if that is nil. The Timeout of an http.Client is a
// deadline; bounds of a transport's own, such as ResponseHeaderTimeout, are none.
func (c *DeadlineChecker) RoundTripper(rt http.RoundTripper) http.RoundTripper {
	return roundTripper{rt, c.roundTrip}
}

// roundTrip is no function literal, as nothing that calls check is: inlined into a caller in another package, a literal has a
// name of that package's.
func (c *DeadlineChecker) roundTrip(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	c.check(req.Context(), fmt.Sprintf("the request %s %s", req.Method, req.URL.Redacted()))
	return next.RoundTrip(req)
}

// DialContext checks calls of dial, of a net.Dialer without bounds if that is nil. It is not for http.Transport, which since
// Go 1.23 does not hand on the deadline of a request: a RoundTripper checks there.
func (c *DeadlineChecker) DialContext(dial DialFunc) DialFunc {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return checkedDialer{c, dial}.dial
}

type checkedDialer struct {
	c    *DeadlineChecker
	next DialFunc
}

func (d checkedDialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d.c.check(ctx, fmt.Sprintf("the dialling of %s %s", network, address))
	return d.next(ctx, network, address)
}

// Dialer checks calls of a dialer's DialContext. The dialer's Timeout and Deadline count.
func (c *DeadlineChecker) Dialer(d *net.Dialer) DialFunc {
	if d.Timeout > 0 || !d.Deadline.IsZero() {
		return d.DialContext
	}
	return c.DialContext(d.DialContext)
}

// Connector checks what a sql.DB made by sql.OpenDB asks of a driver: connecting, statements, transactions, pings. What has
// no context, such as the end of a transaction, is not checked.
func (c *DeadlineChecker) Connector(connector driver.Connector) driver.Connector {
	return &sqlConnector{connector, c.sql}
}

// Driver does what Connector does, for sql.Register.
func (c *DeadlineChecker) Driver(d driver.Driver) driver.Driver { return &sqlDriver{d, c.sql} }

func (c *DeadlineChecker) sql(ctx context.Context, op sqlOp, query string) (bool, error) {
	if op == sqlCommit || op == sqlRollback {
		return false, nil // theirs is the context of the transaction, which was looked at
	}
	what := "the " + string(op)
	if query != "" {
		what += fmt.Sprintf(" %q", query)
	}
	c.check(ctx, what+" of the database")
	return false, nil
}

// A roundTripper calls a function in the place of another one's RoundTrip.
type roundTripper struct {
	next http.RoundTripper
	trip func(*http.Request, http.RoundTripper) (*http.Response, error)
}

func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	return r.trip(req, r.base())
}

func (r roundTripper) base() http.RoundTripper {
	if r.next == nil {
		return http.DefaultTransport
	}
	return r.next
}

// CloseIdleConnections is for http.Client's.
func (r roundTripper) CloseIdleConnections() {
	if c, ok := r.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
