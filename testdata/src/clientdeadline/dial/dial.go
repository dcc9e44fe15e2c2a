// Package dial connects to peers.
package dial

import (
	"context"
	"crypto/tls"
	"net"
	"net/rpc"
	"net/smtp"
	"time"
)

func plain(addr string) (net.Conn, error) {
	return net.Dial("tcp", addr) // want `CL2013: net.Dial waits for the connection without a bound of its own: a peer that does not answer holds the caller for as long as the operating system tries, about two minutes on Linux; use net.DialTimeout`
}

func secure(addr string) (*tls.Conn, error) {
	return tls.Dial("tcp", addr, nil) // want `CL2013: tls.Dial waits for the TLS handshake without a bound: a peer that accepts the connection and stays silent holds the caller for ever`
}

func mail(server, from string, to []string, text []byte) error {
	return smtp.SendMail(server, nil, from, to, text) // want `CL2013: smtp.SendMail waits for each answer of the mail server without a bound`
}

func worker(addr string) (*rpc.Client, error) {
	return rpc.DialHTTP("tcp", addr) // want `CL2013: rpc.DialHTTP waits for the server's HTTP response without a bound`
}

// Bounded.

func timeout(addr string) (net.Conn, error) { return net.DialTimeout("tcp", addr, 5*time.Second) }

func dialer(addr string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 5 * time.Second}
	return d.Dial("tcp", addr)
}

func deadline(addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}

func given(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}

func secureBounded(addr string) (*tls.Conn, error) {
	return tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", addr, nil)
}

func secureDialer(addr string) (net.Conn, error) {
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: 5 * time.Second}}
	return d.Dial("tcp", addr)
}

// A dialer without any bound.

func zeroDialer(addr string) (net.Conn, error) {
	d := &net.Dialer{KeepAlive: 30 * time.Second}
	return d.Dial("tcp", addr) // want `CL2013: d.Dial waits for the connection without a bound of its own: .*; set Timeout in the net.Dialer`
}

func background(addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(context.Background(), "tcp", addr) // want `CL2013: d.DialContext waits for the connection without a bound of its own: .*; set Timeout in the net.Dialer, or use a context with a deadline`
}

func secureZero(addr string) (*tls.Conn, error) {
	return tls.DialWithDialer(&net.Dialer{}, "tcp", addr, nil) // want `CL2013: tls.DialWithDialer waits for the TLS handshake without a bound`
}

func secureZeroDialer(addr string) (net.Conn, error) {
	d := tls.Dialer{NetDialer: &net.Dialer{}}
	return d.Dial("tcp", addr) // want `CL2013: d.Dial waits for the TLS handshake without a bound`
}

// The FastCGI client of telegraf after its fix: no timeout is what the configuration asks for.
func configured(addr string, timeout time.Duration) (net.Conn, error) {
	if timeout == 0 {
		return net.Dial("tcp", addr)
	}
	return net.DialTimeout("tcp", addr, timeout)
}

// Not TCP, or not another machine.

func syslog(addr string) (net.Conn, error) { return net.Dial("udp", addr) }

func socket(path string) (net.Conn, error) { return net.Dial("unix", path) }

func sidecar() (net.Conn, error) { return net.Dial("tcp", "localhost:15000") }

func port(p string) (net.Conn, error) { return net.Dial("tcp", net.JoinHostPort("127.0.0.1", p)) }

func self(ln net.Listener) (net.Conn, error) { return net.Dial("tcp", ln.Addr().String()) }

func unknown(network, addr string) (net.Conn, error) { return net.Dial(network, addr) }

// A goroutine that somebody stops waiting for.
func abandoned(addr string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, err := net.Dial("tcp", addr)
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		return r.conn, r.err
	case <-time.After(3 * time.Second):
		return nil, context.DeadlineExceeded
	}
}
