// Package complaints has clients that other linters reported, or would: their requests are bounded by something else than
// what is looked for, or must not be. What is bad stands beside it.
package complaints

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Timeout is left out because each request has the deadline of who asks; the client is made for a handful of requests.
type authority struct{ transport *http.Transport }

func (a *authority) fetch(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Transport: a.transport, CheckRedirect: noRedirect}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(io.LimitReader(resp.Body, 128))
}

// The same with a context that nobody ends.
func (a *authority) fetchForever(url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Transport: a.transport, CheckRedirect: noRedirect} // want `CL2011: http.Client client has no Timeout`
	return client.Do(req)
}

// The body comes for as long as there are events.
func watch(url string, each func(string)) error {
	resp, err := (&http.Client{}).Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for s := bufio.NewScanner(resp.Body); s.Scan(); {
		each(s.Text())
	}
	return nil
}

// A Transport whose dial is not bounded, in a client that is.
func boundedClient() (*http.Response, error) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConns: 10}}
	return client.Get("https://example.com/")
}

// The default is in the configuration, out of sight.
type config struct{ Timeout time.Duration }

func (c config) client() *http.Client { return &http.Client{Timeout: c.Timeout} }

func (c config) get(url string) (*http.Response, error) { return c.client().Get(url) }

// noctx#10: the request has its context from another.
func copied(r *http.Request, client *http.Client) (*http.Response, error) {
	out := r.Clone(r.Context())
	out.RequestURI = ""
	return client.Do(out)
}

func copiedWithDefault(r *http.Request) (*http.Response, error) {
	out, err := http.NewRequest(r.Method, "https://example.com"+r.URL.Path, r.Body)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(out.WithContext(context.WithValue(r.Context(), http.ServerContextKey, nil)))
}

// noctx: a dial with a timeout is what net.Dial was to become.
func dial(addr string) (net.Conn, error) { return net.DialTimeout("tcp", addr, time.Second) }

func dialForever(addr string) (net.Conn, error) {
	return net.Dial("tcp", addr) // want `CL2013`
}

// No timeout is what the configuration asks for.
func dialConfigured(addr string, timeout time.Duration) (net.Conn, error) {
	if timeout > 0 {
		return net.DialTimeout("tcp", addr, timeout)
	}
	return net.Dial("tcp", addr)
}

// The agent on this machine.
func agent() (net.Conn, error) { return net.Dial("unix", "/run/agent.sock") }

// An error carries the response whose body was read already.
type responseError struct{ resp *http.Response }

func (e *responseError) Error() string { return e.resp.Status }

func (c config) token(url string) (string, error) {
	resp, err := c.client().Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body = http.NoBody
		return "", &responseError{resp}
	}
	return string(body), nil
}

func redacted(err error) error {
	var re *responseError
	if errors.As(err, &re) {
		re.resp.Header.Del("Authorization")
	}
	return err
}

// The body is limited before it is decoded.
func (c config) urls(ctx context.Context, client *http.Client, url string) (urls []string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	resp.Body = io.NopCloser(io.LimitReader(resp.Body, 5<<20))
	err = json.NewDecoder(resp.Body).Decode(&urls)
	return urls, err
}
