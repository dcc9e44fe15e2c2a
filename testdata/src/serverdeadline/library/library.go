// Package library is imported by others, who may do with its exported parts what it cannot see.
package library

import (
	"net/http"
	"time"
)

// App has an exported server: whoever imports this package may set its timeouts before Run.
type App struct{ Server *http.Server }

// New returns an App.
func New() *App { return &App{Server: &http.Server{Addr: ":8080"}} }

// Run serves.
func (a *App) Run() error { return a.Server.ListenAndServe() }

// Default is a variable that others may change.
var Default = &http.Server{Addr: ":8080"}

// RunDefault serves.
func RunDefault() error { return Default.ListenAndServe() }

// Hidden keeps its server for itself.
type Hidden struct{ server *http.Server }

// NewHidden returns a Hidden.
func NewHidden() *Hidden {
	return &Hidden{server: &http.Server{Addr: ":8080"}} // want `CL2001: a client of server`
}

// Run serves.
func (h *Hidden) Run() error { return h.server.ListenAndServe() }

// Open gives its server away before it is served.
type Open struct{ server *http.Server }

// NewOpen returns an Open.
func NewOpen() *Open { return &Open{server: &http.Server{Addr: ":8080"}} }

// Server lets the caller set timeouts.
func (o *Open) Server() *http.Server { return o.server } // want Server:`result 0 writes Addr calls .*ListenAndServe;`

// Run serves.
func (o *Open) Run() error { return o.server.ListenAndServe() }

// Option changes a server; others write their own.
type Option func(*http.Server)

// WithReadTimeout is one of them.
func WithReadTimeout(d time.Duration) Option { return func(s *http.Server) { s.ReadTimeout = d } }

// RunWithOptions serves.
func RunWithOptions(opts ...Option) error {
	s := &http.Server{Addr: ":8080"}
	for _, o := range opts {
		o(s)
	}
	return s.ListenAndServe()
}

// Start returns the server when it is served already: nobody can set its timeouts any more.
func Start() *http.Server { // want Start:`result 0 writes Addr calls .*ListenAndServe;`
	s := &http.Server{Addr: ":8080"} // want `CL2001: a client of s that`
	go s.ListenAndServe()
	return s
}
