// Package redis has the part of go-redis that the tests use.
package redis

import "context"

type cmdable func(ctx context.Context) error

type StringCmd struct{ val string }

func (c cmdable) Get(ctx context.Context, key string) *StringCmd { return nil }

func (c cmdable) BLPop(ctx context.Context, keys ...string) *StringCmd { return nil }

type Client struct{ cmdable }

type Options struct{ Addr string }

func (c *Client) Options() *Options { return nil }
