// Package requests has clients without Timeout whose requests carry contexts of all kinds.
package requests

import (
	"context"
	"net/http"
	"time"
)

type API struct {
	client *http.Client
	base   string
}

func New(base string) *API { return &API{client: &http.Client{}, base: base} }

// The context of a parameter may have a deadline.
func (a *API) Users(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+"/users", nil)
	if err != nil {
		return nil, err
	}
	return a.client.Do(req)
}

// Other requests of the same client have none: these are reported, not the client.
func (a *API) Groups() (*http.Response, error) {
	return a.client.Get(a.base + "/groups") // want `CL2011: this request has no deadline and http.Client client no Timeout: .*; use http.NewRequestWithContext with a context that has a deadline`
}

func (a *API) Roles() (*http.Response, error) {
	return a.client.Get(a.base + "/roles") // the same cause
}

// One method sends for callers with and without a deadline.

type Mail struct {
	client *http.Client
	base   string
}

func NewMail(base string) *Mail { return &Mail{client: &http.Client{}, base: base} }

func (m *Mail) Send(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.base+"/send", nil)
	if err != nil {
		return err
	}
	return m.do(req)
}

func (m *Mail) Delete(id string) error {
	req, err := http.NewRequest(http.MethodDelete, m.base+"/"+id, nil) // want `CL2011: this request has no deadline`
	if err != nil {
		return err
	}
	return m.do(req)
}

func (m *Mail) do(req *http.Request) error {
	resp, err := m.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A wrapper of the project's own gives the deadline.

func withTimeout(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, 3*time.Second)
}

func viaWrapper(address string) (*http.Response, error) {
	ctx, cancel := withTimeout(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return (&http.Client{}).Do(req)
}

type traceKey struct{}

// A value changes nothing about time.
func onlyValues(address string) (*http.Response, error) {
	ctx := context.WithValue(context.Background(), traceKey{}, "nightly")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{} // want `CL2011: http.Client client has no Timeout`
	return client.Do(req)
}

// A detached context has lost the deadline of its parent.
func detached(ctx context.Context, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, address, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{} // want `CL2011: http.Client client has no Timeout`
	return client.Do(req)
}

// Somebody else can cancel.
func cancelled(address string, stop <-chan struct{}) (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-stop
		cancel()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return (&http.Client{}).Do(req)
}

// A timer cancels: the old way.
func timer(address string) (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(5*time.Second, cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return (&http.Client{}).Do(req)
}

// The timeout is chosen at run time.
func chosen(address string, timeout time.Duration) (*http.Response, error) {
	ctx := context.Background()
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return (&http.Client{}).Do(req)
}

// The request of a handler is cancelled when its client goes away.
func handler(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "https://prices.example.com", nil)
	if err != nil {
		return
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return
	}
	resp.Body.Close()
}

// A server on this machine.
func health(port string) (*http.Response, error) {
	return (&http.Client{}).Get("http://localhost:" + port + "/healthz")
}

// The channel that bounded requests before they had a context.
func cancelChannel(address string, done chan struct{}) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Cancel = done
	return (&http.Client{}).Do(req)
}
