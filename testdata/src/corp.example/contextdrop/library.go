// Package library belongs to another module.
package library

import (
	"context"
	"database/sql"
	"net/http"
)

// Rates asks the database without the context of its caller, who cannot change it.
func Rates(db *sql.DB) error {
	_, err := db.ExecContext(context.Background(), "SELECT 1")
	return err
}

// A doer is what sends requests.
type doer interface {
	Do(*http.Request) (*http.Response, error)
}

type config struct{ http doer }

// A Client asks a service.
type Client struct{ config config }

func (c *Client) Generate(ctx context.Context, text string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://example.com/"+text, nil)
	if err != nil {
		return err
	}
	resp, err := c.config.http.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// An Engine has all that it needs.
type Engine struct{ templates map[string]string }

func (e *Engine) Render(ctx context.Context, name string) error { return ctx.Err() }

// A Pool lends.
type Pool struct{ free chan *Lease }

// A Lease is what a pool has lent.
type Lease struct{ pool *Pool }

func (p *Pool) Take(ctx context.Context) (*Lease, error) {
	select {
	case l := <-p.free:
		return l, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Lease) Put(ctx context.Context, key string) error { return ctx.Err() }

func (l *Lease) Return(ctx context.Context) error {
	select {
	case l.pool.free <- l:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
