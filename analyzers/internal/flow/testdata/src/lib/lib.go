// Package lib is imported: what its functions do with servers is known by facts.
package lib

import (
	"net/http"
	"time"
)

// New returns a server without bounds.
func New(addr string) *http.Server { // want New:"result 0 writes Addr;"
	return &http.Server{Addr: addr} // want "literal: escapes:returned"
}

// Bound sets the bounds of a server and returns it.
func Bound(srv *http.Server) *http.Server { // want Bound:"param 0 writes IdleTimeout result 0;"
	srv.IdleTimeout = time.Minute
	return srv
}

// Run serves.
func Run(srv *http.Server) error { // want Run:`param 0 calls \(\*net/http.Server\).ListenAndServe;`
	return srv.ListenAndServe()
}

// App keeps a server and serves it later.
type App struct{ srv *http.Server }

// NewApp returns the App of a server.
func NewApp(srv *http.Server) *App { // want NewApp:`param 0 calls \(\*net/http.Server\).ListenAndServe;`
	return &App{srv: srv}
}

// Start serves.
func (a *App) Start() error { return a.srv.ListenAndServe() }

// Hooks gives the server to functions that nobody knows.
func Hooks(srv *http.Server, hooks ...func(*http.Server)) { // want Hooks:"param 0 escapes;"
	for _, h := range hooks {
		h(srv)
	}
}
