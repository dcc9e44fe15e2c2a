// Package tested has tests that do what the service does not: what is found here is the same with and without them.
package tested

import (
	"net/http"
	"time"
)

type doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Cached sends with whatever client it is given; only the tests give it http.DefaultClient.
type Cached struct{ client doer }

func NewCached(client doer) *Cached { return &Cached{client: client} }

func (c *Cached) Get(address string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return c.client.Do(req)
}

func service() *Cached { return NewCached(&http.Client{Timeout: 5 * time.Second}) }

// The tests set a timeout; the service does not.
type Plain struct{ client *http.Client }

func NewPlain() *Plain {
	return &Plain{client: &http.Client{}} // want `CL2011: http.Client client has no Timeout`
}

func (p *Plain) Get(address string) (*http.Response, error) { return p.client.Get(address) }
