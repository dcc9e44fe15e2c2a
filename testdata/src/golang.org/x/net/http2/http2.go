// Package http2 has the part of golang.org/x/net/http2 that the tests use.
package http2

import "net/http"

// Server is an HTTP/2 server.
type Server struct{ MaxConcurrentStreams uint32 }

// ConfigureServer adds HTTP/2 support to a server.
func ConfigureServer(s *http.Server, conf *Server) error {
	if s.TLSNextProto == nil {
		s.TLSNextProto = nil
	}
	return nil
}
