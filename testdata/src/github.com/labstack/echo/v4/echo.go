// Package echo has the part of github.com/labstack/echo/v4 that the tests use.
package echo

import "net/http"

// Echo is the framework.
type Echo struct {
	Server    *http.Server
	TLSServer *http.Server
}

// New returns an Echo.
func New() *Echo { return &Echo{Server: new(http.Server), TLSServer: new(http.Server)} }

// ServeHTTP serves.
func (e *Echo) ServeHTTP(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }

// Start serves on an address.
func (e *Echo) Start(address string) error {
	e.Server.Addr = address
	return e.Server.ListenAndServe()
}

// StartTLS serves with TLS.
func (e *Echo) StartTLS(address string, certFile, keyFile any) error {
	e.TLSServer.Addr = address
	return e.TLSServer.ListenAndServeTLS("", "")
}

// StartServer serves with a server.
func (e *Echo) StartServer(s *http.Server) error {
	s.Handler = e
	return s.ListenAndServe()
}
