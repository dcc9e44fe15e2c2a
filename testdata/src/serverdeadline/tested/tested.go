// Package tested has a server whose tests set what it does not.
package tested

import "net/http"

// Service serves.
type Service struct{ server *http.Server }

// New returns a Service.
func New() *Service {
	return &Service{server: &http.Server{Addr: ":8080"}} // want `CL2001: a client of server`
}

// Run serves.
func (s *Service) Run() error { return s.server.ListenAndServe() }
