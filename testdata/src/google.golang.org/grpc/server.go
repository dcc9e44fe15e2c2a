// Package grpc has the part of google.golang.org/grpc that the tests use.
package grpc

import (
	"net"

	"google.golang.org/grpc/keepalive"
)

// Server is a gRPC server.
type Server struct{ opts []ServerOption }

// ServerOption configures a Server.
type ServerOption interface{ apply(*Server) }

type serverOption struct{ f func(*Server) }

func (o serverOption) apply(s *Server) { o.f(s) }

// NewServer returns a Server.
func NewServer(opts ...ServerOption) *Server { return &Server{opts: opts} }

// Serve serves on a listener.
func (s *Server) Serve(l net.Listener) error { return nil }

// Stop ends the server.
func (s *Server) Stop() {}

// GracefulStop ends the server when its calls have ended.
func (s *Server) GracefulStop() {}

// MaxRecvMsgSize bounds messages.
func MaxRecvMsgSize(m int) ServerOption { return serverOption{func(*Server) {}} }

// KeepaliveParams sets the keepalive of connections.
func KeepaliveParams(p keepalive.ServerParameters) ServerOption {
	return serverOption{func(*Server) {}}
}
