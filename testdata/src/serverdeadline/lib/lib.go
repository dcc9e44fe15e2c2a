// Package lib is a platform library: its servers are served elsewhere, and it serves those of others.
package lib

import (
	"net/http"
	"time"
)

// NewServer returns a server without bounds.
func NewServer(addr string, h http.Handler) *http.Server { // want NewServer:"result 0 writes Addr writes Handler;"
	return &http.Server{Addr: addr, Handler: h}
}

// NewBounded returns a server with bounds.
func NewBounded(addr string, h http.Handler) *http.Server { // want NewBounded:"result 0 writes Addr writes Handler writes ReadTimeout;"
	return &http.Server{Addr: addr, Handler: h, ReadTimeout: time.Minute}
}

// NewLocal returns a server for the same machine.
func NewLocal() *http.Server { // want NewLocal:"result 0 writes Addr;"
	return &http.Server{Addr: "localhost:6060"}
}

// Harden sets bounds.
func Harden(s *http.Server) *http.Server { // want Harden:"param 0 writes ReadHeaderTimeout writes IdleTimeout result 0;"
	s.ReadHeaderTimeout = 10 * time.Second
	s.IdleTimeout = time.Minute
	return s
}

// Run serves until it is told to stop.
func Run(s *http.Server, stop <-chan struct{}) error { // want Run:`param 0 calls .*ListenAndServe calls .*Close;`
	go func() {
		<-stop
		_ = s.Close()
	}()
	return s.ListenAndServe()
}
