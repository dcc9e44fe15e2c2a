package verify

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// DialContext makes connections fail that dial makes, those of a net.Dialer if that is nil. In a black hole either dialling
// never ends, or the connection is made and nothing that is written arrives. A connection that drops breaks when it is
// first read, after what was written has gone out.
func (in *Injector) DialContext(dial DialFunc) DialFunc {
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		d := in.decide(fmt.Sprintf("dial %s %s", network, host(address)))
		silent := d.kind == blackHole && d.late
		if silent {
			d.kind = nothing
		}
		if err := in.begin(ctx, d); err != nil {
			return nil, &net.OpError{Op: "dial", Net: network, Err: err}
		}
		conn, err := dial(ctx, network, address)
		if err != nil || d.kind == nothing && !silent {
			return conn, err
		}
		if silent {
			d.kind = blackHole
		}
		return in.conn(conn, decision{kind: d.kind}), nil
	}
}

// Listener makes connections fail that l accepts. An error is a temporary one of Accept, as when a process has no file
// descriptors left; the connection waits. A delay holds back the first read. What drops is closed at the first
// read, and a connection in a black hole reads nothing and writes nowhere, until its deadline or its end.
func (in *Injector) Listener(l net.Listener) net.Listener { return &listener{l, in} }

type listener struct {
	net.Listener
	in *Injector
}

func (l *listener) Accept() (net.Conn, error) {
	d := l.in.decide("accept")
	if d.kind == failure {
		return nil, &net.OpError{Op: "accept", Net: l.Addr().Network(), Addr: l.Addr(), Err: fault{l.in.faults.Err, true}}
	}
	conn, err := l.Listener.Accept()
	if err != nil || d.kind == nothing && d.delay == 0 {
		return conn, err
	}
	return l.in.conn(conn, d), nil
}

func (in *Injector) conn(c net.Conn, d decision) net.Conn {
	return &faultyConn{Conn: c, in: in, d: d, closed: make(chan struct{}), changed: make(chan struct{})}
}

// A faultyConn is a connection to which something happens.
type faultyConn struct {
	net.Conn
	in     *Injector
	d      decision
	first  sync.Once // the delay
	close  sync.Once
	closed chan struct{}

	mu       sync.Mutex
	deadline time.Time     // of reads
	changed  chan struct{} // closed when it changes
}

func (c *faultyConn) Read(p []byte) (int, error) {
	var err error
	if c.d.delay > 0 {
		c.first.Do(func() { err = c.wait(c.d.delay) })
		if err != nil {
			return 0, err
		}
	}
	switch c.d.kind {
	case blackHole:
		return 0, c.wait(-1)
	case drop:
		_ = c.Close() // what it says matters no more than the connection
		return 0, c.error("read", errLost)
	}
	return c.Conn.Read(p)
}

func (c *faultyConn) Write(p []byte) (int, error) {
	if c.d.kind != blackHole {
		return c.Conn.Write(p)
	}
	select {
	case <-c.closed:
		return 0, c.error("write", net.ErrClosed)
	case <-c.in.end:
		return 0, c.error("write", errEnded)
	default:
		return len(p), nil
	}
}

// wait returns an error when the connection is closed, the deadline for reads has passed, or the injector was stopped, and nil
// after a time that is not negative.
func (c *faultyConn) wait(d time.Duration) error {
	var over <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	for {
		c.mu.Lock()
		deadline, changed := c.deadline, c.changed
		c.mu.Unlock()
		again, err := c.waitUntil(deadline, changed, over)
		if !again {
			return err
		}
	}
}

func (c *faultyConn) waitUntil(deadline time.Time, changed <-chan struct{}, over <-chan time.Time) (again bool, err error) {
	var passed <-chan time.Time
	if !deadline.IsZero() {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		passed = timer.C
	}
	select {
	case <-over:
		return false, nil
	case <-passed:
		return false, c.error("read", os.ErrDeadlineExceeded)
	case <-c.closed:
		return false, c.error("read", net.ErrClosed)
	case <-c.in.end:
		if over != nil {
			return false, nil
		}
		return false, c.error("read", errEnded)
	case <-changed:
		return true, nil
	}
}

func (c *faultyConn) error(op string, err error) error {
	return &net.OpError{Op: op, Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

func (c *faultyConn) Close() error {
	c.close.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func (c *faultyConn) SetDeadline(t time.Time) error {
	c.setRead(t)
	return c.Conn.SetDeadline(t)
}

func (c *faultyConn) SetReadDeadline(t time.Time) error {
	c.setRead(t)
	return c.Conn.SetReadDeadline(t)
}

func (c *faultyConn) setRead(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	close(c.changed)
	c.changed = make(chan struct{})
}
