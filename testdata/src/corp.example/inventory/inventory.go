// Package inventory is a company's own library, which is not analysed.
package inventory

import "context"

// A Client asks the inventory.
type Client struct{ address string }

func (c *Client) Get(ctx context.Context, id string) error    { return ctx.Err() }
func (c *Client) Cached(ctx context.Context, id string) error { return ctx.Err() }

// WithBudget gives a context the deadline of the company's policy.
func WithBudget(ctx context.Context) context.Context { return ctx }
