// Package transports has clients whose Transport decides.
package transports

import (
	"context"
	"net"
	"net/http"
	"time"
)

// The peer client of etcd: a RoundTripper that is passed in bounds nothing by itself.
func membersVersion(peer string, rt http.RoundTripper) (*http.Response, error) {
	client := &http.Client{Transport: rt} // want `CL2011: http.Client client has no Timeout and its request no deadline`
	return client.Get(peer + "/version")
}

// A Transport with dial timeouts bounds the dial, not the answer.
func dialTimeoutOnly(address string) (*http.Response, error) {
	client := &http.Client{ // want `CL2011: http.Client client has no Timeout`
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
		},
	}
	return client.Get(address)
}

// A Transport without dial timeouts is bounded by the client's Timeout.
func clientTimeoutOnly(address string) (*http.Response, error) {
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}, Timeout: 20 * time.Second}
	return client.Get(address)
}

// ResponseHeaderTimeout is what a client for long bodies sets.
func headerTimeout(address string) (*http.Response, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 10 * time.Second
	client := &http.Client{Transport: transport}
	return client.Get(address)
}

func cloneOnly(address string) (*http.Response, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	client := &http.Client{Transport: transport} // want `CL2011: http.Client client has no Timeout`
	return client.Get(address)
}

// Another process on this machine.
func docker(path string) (*http.Response, error) {
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", "/var/run/docker.sock")
		},
	}}
	return client.Get("http://docker" + path)
}

// Transports of the user's own.

type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), 5*time.Second)
	defer cancel()
	return b.next.RoundTrip(req.WithContext(ctx))
}

type logged struct{ next http.RoundTripper }

func (l *logged) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := l.next.RoundTrip(req)
	record(req.URL.Path, time.Since(start))
	return resp, err
}

func record(string, time.Duration) {}

func withBounded(address string) (*http.Response, error) {
	client := &http.Client{Transport: bounded{http.DefaultTransport}}
	return client.Get(address)
}

func withLogged(address string) (*http.Response, error) {
	client := &http.Client{Transport: &logged{http.DefaultTransport}} // want `CL2011: http.Client client has no Timeout`
	return client.Get(address)
}

func newTransport(trace bool) http.RoundTripper {
	var rt http.RoundTripper = &http.Transport{ResponseHeaderTimeout: 3 * time.Second}
	if trace {
		return rt
	}
	return &http.Transport{ResponseHeaderTimeout: time.Second}
}

func withMade(address string) (*http.Response, error) {
	client := &http.Client{Transport: newTransport(true)}
	return client.Get(address)
}

// How requests were bounded before clients had a Timeout.
func deadlineOnConnection(address string) (*http.Response, error) {
	client := &http.Client{Transport: &http.Transport{
		Dial: func(network, addr string) (net.Conn, error) {
			conn, err := net.DialTimeout(network, addr, 5*time.Second)
			if err != nil {
				return nil, err
			}
			return conn, conn.SetDeadline(time.Now().Add(10 * time.Second))
		},
	}}
	return client.Get(address)
}

// The debug client of containerd: where it connects to is decided at run time, and is a socket as a rule.
type debugDialer struct{ network, addr string }

func (d *debugDialer) dial(_, _ string) (net.Conn, error) { return net.Dial(d.network, d.addr) }

func debug(d *debugDialer, path string) (*http.Response, error) {
	client := &http.Client{Transport: &http.Transport{Dial: d.dial}}
	return client.Get("http://." + path)
}

// A dial function that only counts.
func counted(address string, count func()) (*http.Response, error) {
	client := &http.Client{Transport: &http.Transport{ // want `CL2011: http.Client client has no Timeout`
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			count()
			d := net.Dialer{Timeout: 5 * time.Second}
			return d.DialContext(ctx, network, addr)
		},
	}}
	return client.Get(address)
}
