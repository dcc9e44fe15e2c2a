// Package kms is what Google's generator makes.
package kms

import (
	"context"

	"github.com/googleapis/gax-go/v2"
)

type Client struct{ endpoint string }

type Request struct{ Name string }

type Key struct{ Name string }

type KeyIterator struct{ pos int }

func (c *Client) GetKey(ctx context.Context, req *Request, opts ...gax.CallOption) (*Key, error) {
	return nil, nil
}

func (c *Client) ListKeys(ctx context.Context, req *Request, opts ...gax.CallOption) *KeyIterator {
	return nil
}
