// Package remote calls a service.
package remote

import (
	"context"

	"google.golang.org/grpc"

	"orderspb"
)

type service struct {
	orderspb.OrdersClient
	conn *grpc.ClientConn
}

func (s *service) calls(ctx context.Context, server orderspb.OrdersServer) {
	s.Get(ctx, nil)                                // out: s.Get waits for the server's answer, with ctx
	orderspb.NewOrdersClient(s.conn).Get(ctx, nil) // out: orderspb.NewOrdersClient(s.conn).Get waits for the server's answer, with ctx
	get := s.OrdersClient.Get
	get(ctx, nil)    // out: get waits for the server's answer, with ctx
	s.List(ctx, nil) // out: s.List waits for the server's answer, with ctx, stream
	s.Put(ctx)       // out: s.Put waits for the server's answer, with ctx, stream
	server.Get(ctx, nil)
	s.conn.Invoke(ctx, "/x", nil, nil) // out: s.conn.Invoke waits for the server's answer, with ctx
}

// A decorator is the user's own: what it does with the context is seen in its body.
type decorator struct{ orderspb.OrdersClient }

func (d *decorator) Get(ctx context.Context, in *orderspb.Order, opts ...grpc.CallOption) (*orderspb.Order, error) {
	return &orderspb.Order{}, nil
}

func decorated(ctx context.Context, d *decorator) {
	d.Get(ctx, nil)
	d.List(ctx, nil) // out: d.List waits for the server's answer, with ctx, stream
}
