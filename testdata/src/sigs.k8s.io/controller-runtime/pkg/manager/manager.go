// Package manager has the part of sigs.k8s.io/controller-runtime/pkg/manager that the tests use.
package manager

import (
	"context"
	"net"
	"net/http"
)

// Server is a server that a manager runs.
type Server struct {
	Name     string
	Server   *http.Server
	Listener net.Listener
}

// Start serves.
func (s *Server) Start(ctx context.Context) error { return s.Server.ListenAndServe() }

// Manager runs servers.
type Manager interface{ Add(s *Server) error }
