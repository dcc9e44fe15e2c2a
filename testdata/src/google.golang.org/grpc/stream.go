package grpc

import (
	"context"

	"google.golang.org/grpc/metadata"
)

// ServiceDesc describes a service.
type ServiceDesc struct{ ServiceName string }

// ServiceRegistrar is where services are registered.
type ServiceRegistrar interface {
	RegisterService(desc *ServiceDesc, impl any)
}

// RegisterService registers a service.
func (s *Server) RegisterService(desc *ServiceDesc, impl any) {}

// ServerStream is the server's side of a stream.
type ServerStream interface {
	SetHeader(metadata.MD) error
	SendHeader(metadata.MD) error
	SetTrailer(metadata.MD)
	Context() context.Context
	SendMsg(m any) error
	RecvMsg(m any) error
}

// ServerStreamingServer is the server's side of a stream of responses.
type ServerStreamingServer[Res any] interface {
	Send(*Res) error
	ServerStream
}

// BidiStreamingServer is the server's side of a stream in both directions.
type BidiStreamingServer[Req, Res any] interface {
	Recv() (*Req, error)
	Send(*Res) error
	ServerStream
}

// UnaryServerInfo tells of a call.
type UnaryServerInfo struct{ FullMethod string }

// UnaryHandler serves a call.
type UnaryHandler func(ctx context.Context, req any) (any, error)
