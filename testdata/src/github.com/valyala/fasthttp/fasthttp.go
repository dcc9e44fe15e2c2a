// Package fasthttp has the part of github.com/valyala/fasthttp that the tests use.
package fasthttp

import (
	"net"
	"os"
	"time"
)

// StatusNoContent is 204.
const StatusNoContent = 204

// RequestCtx is the context of a request.
type RequestCtx struct{ code int }

// SetStatusCode sets the response's status code.
func (c *RequestCtx) SetStatusCode(code int) { c.code = code }

// RequestHandler handles a request.
type RequestHandler func(ctx *RequestCtx)

// ConnState is the state of a connection.
type ConnState int

// Server is the server.
type Server struct {
	Handler      RequestHandler
	Name         string
	ReadTimeout  time.Duration
	WriteTimeout time.Duration
	IdleTimeout  time.Duration
	ConnState    func(net.Conn, ConnState)

	open []net.Listener
}

// ListenAndServe serves on an address.
func (s *Server) ListenAndServe(addr string) error { return nil }

// ListenAndServeUNIX serves on a unix socket.
func (s *Server) ListenAndServeUNIX(addr string, mode os.FileMode) error { return nil }

// Serve serves on a listener.
func (s *Server) Serve(l net.Listener) error { s.open = append(s.open, l); return nil }

// Shutdown ends the server.
func (s *Server) Shutdown() error { return nil }

// ListenAndServe serves on an address.
func ListenAndServe(addr string, handler RequestHandler) error {
	s := &Server{Handler: handler}
	return s.ListenAndServe(addr)
}
