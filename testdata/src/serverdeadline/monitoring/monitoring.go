// Package monitoring has servers that bound the header only, and no server that bounds idle connections: it is meant so.
package monitoring

import (
	"net"
	"net/http"
	"time"
)

type service struct {
	timeout time.Duration
}

// Pages are large, and a browser must be able to wait for them: no WriteTimeout.
func (s *service) monitor(l net.Listener, mux http.Handler) {
	srv := &http.Server{
		Handler:           mux,
		MaxHeaderBytes:    1 << 20,
		ReadHeaderTimeout: 5 * time.Second,
	}
	go func() { _ = srv.Serve(l) }()
}

// Connections are kept for the next stream.
func (s *service) streams(mux http.Handler) error {
	srv := &http.Server{Addr: ":10010", Handler: mux, ReadHeaderTimeout: 30 * time.Minute}
	return srv.ListenAndServe()
}

// A bound for whole requests bounds idle connections as well; it says nothing about the servers above.
func (s *service) websocket(mux http.Handler) error {
	srv := &http.Server{Addr: ":8443", Handler: mux, ReadTimeout: s.timeout}
	return srv.ListenAndServe()
}

// Without any bound it is still found.
func (s *service) unbound(mux http.Handler) error {
	srv := &http.Server{Addr: ":8081", Handler: mux} // want `^CL2001: `
	return srv.ListenAndServe()
}
