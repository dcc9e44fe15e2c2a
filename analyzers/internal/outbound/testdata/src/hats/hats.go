// Package hats is what protoc-gen-twirp and protoc-gen-connect-go generate.
package hats

import (
	"context"

	"connectrpc.com/connect"
	"github.com/twitchtv/twirp"
)

type Hat struct{ Inches int }

// Haberdasher is generated for Twirp: the server's side is the same interface.
type Haberdasher interface {
	MakeHat(ctx context.Context, in *Hat) (*Hat, error)
}

// NewHaberdasherJSONClient is generated.
func NewHaberdasherJSONClient(url string, client connect.HTTPClient, opts ...twirp.ClientOption) Haberdasher {
	return nil
}

// ShopClient is generated for Connect.
type ShopClient interface {
	Sell(ctx context.Context, in *connect.Request[Hat]) (*connect.Response[Hat], error)
	Show(ctx context.Context, in *connect.Request[Hat]) (*connect.ServerStreamForClient[Hat], error)
}

// NewShopClient is generated.
func NewShopClient(client connect.HTTPClient, url string, opts ...connect.ClientOption) ShopClient {
	return &shopClient{sell: connect.NewClient[Hat, Hat](client, url), show: connect.NewClient[Hat, Hat](client, url)}
}

type shopClient struct{ sell, show *connect.Client[Hat, Hat] }

func (c *shopClient) Sell(ctx context.Context, in *connect.Request[Hat]) (*connect.Response[Hat], error) {
	return c.sell.CallUnary(ctx, in) // out: c.sell.CallUnary waits for the server's answer, with ctx
}

func (c *shopClient) Show(ctx context.Context, in *connect.Request[Hat]) (*connect.ServerStreamForClient[Hat], error) {
	return c.show.CallServerStream(ctx, in) // out: c.show.CallServerStream waits for the server's answer, with ctx, stream
}

// ShopHandler is the server's side.
type ShopHandler interface {
	Sell(ctx context.Context, in *connect.Request[Hat]) (*connect.Response[Hat], error)
}
