// Package orderspb looks as protoc-gen-go-grpc writes it.
package orderspb

import (
	"context"

	"google.golang.org/grpc"
)

type OrderRequest struct{ ID string }

func (*OrderRequest) ProtoMessage() {}

type Order struct{ ID string }

func (*Order) ProtoMessage() {}

type OrdersServer interface {
	GetOrder(context.Context, *OrderRequest) (*Order, error)
	WatchOrders(*OrderRequest, grpc.ServerStreamingServer[Order]) error
}

type UnimplementedOrdersServer struct{}

func (UnimplementedOrdersServer) GetOrder(context.Context, *OrderRequest) (*Order, error) { // want `gRPC exact`
	return nil, nil
}

func (UnimplementedOrdersServer) WatchOrders(*OrderRequest, grpc.ServerStreamingServer[Order]) error { // want `gRPC stream exact`
	return nil
}

func RegisterOrdersServer(s grpc.ServiceRegistrar, srv OrdersServer) {
	s.RegisterService(&grpc.ServiceDesc{ServiceName: "orders.Orders"}, srv)
}
