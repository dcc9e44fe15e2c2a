// Package orderspb is what protoc-gen-go-grpc generates.
package orderspb

import (
	"context"

	"google.golang.org/grpc"
)

// Order is a message.
type Order struct{ ID string }

// OrdersClient is the client of the service.
type OrdersClient interface {
	Get(ctx context.Context, in *Order, opts ...grpc.CallOption) (*Order, error)
	List(ctx context.Context, in *Order, opts ...grpc.CallOption) (grpc.ServerStreamingClient[Order], error)
	Put(ctx context.Context, opts ...grpc.CallOption) (OrdersPutClient, error)
}

// OrdersPutClient is the stream of Put.
type OrdersPutClient interface {
	Send(*Order) error
	grpc.ClientStream
}

type ordersClient struct{ cc grpc.ClientConnInterface }

// NewOrdersClient returns a client.
func NewOrdersClient(cc grpc.ClientConnInterface) OrdersClient { return &ordersClient{cc} }

func (c *ordersClient) Get(ctx context.Context, in *Order, opts ...grpc.CallOption) (*Order, error) {
	out := new(Order)
	err := c.cc.Invoke(ctx, "/orders/Get", in, out, opts...) // out: c.cc.Invoke waits for the server's answer, with ctx
	return out, err
}

func (c *ordersClient) List(ctx context.Context, in *Order, opts ...grpc.CallOption) (grpc.ServerStreamingClient[Order], error) {
	_, err := c.cc.NewStream(ctx, &grpc.StreamDesc{}, "/orders/List", opts...) // out: c.cc.NewStream waits for the server's answer, with ctx, stream
	return nil, err
}

func (c *ordersClient) Put(ctx context.Context, opts ...grpc.CallOption) (OrdersPutClient, error) {
	return nil, nil
}

// OrdersServer is the service: its methods have no options.
type OrdersServer interface {
	Get(ctx context.Context, in *Order) (*Order, error)
}
