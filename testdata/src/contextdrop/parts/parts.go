// Package parts has functions that other packages give contexts: what they do with them is told by facts.
package parts

import (
	"context"
	"net/http"
)

// Label only reads a value, although it can fail.
func Label(ctx context.Context) (string, error) {
	s, _ := ctx.Value("label").(string)
	return s, nil
}

// Start starts work that goes on.
func Start(ctx context.Context, url string) error {
	go Fetch(ctx, url)
	return nil
}

// Fetch waits for a peer.
func Fetch(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A Service is what Basic is.
type Service interface {
	StartAsync(ctx context.Context) error
	Await(ctx context.Context) error
}

// Basic goes on after StartAsync has returned.
type Basic struct{ ctx context.Context }

func (b *Basic) StartAsync(ctx context.Context) error {
	b.ctx = ctx
	return nil
}

func (b *Basic) Await(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// A Store is what two types are, of which one goes on after the call.
type Store interface {
	Swap(ctx context.Context) error
}

type Mirror struct{ ctx context.Context }

func (m *Mirror) Swap(ctx context.Context) error {
	m.ctx = ctx
	return nil
}

type Single struct{ client *http.Client }

func (s *Single) Swap(ctx context.Context) error { return Fetch(ctx, "http://example.com") }
