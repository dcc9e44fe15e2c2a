// Package gin has the part of github.com/gin-gonic/gin that the tests use.
package gin

import (
	"fmt"
	"net"
	"net/http"
)

// Engine is gin's router.
type Engine struct{ handlers map[string]HandlerFunc }

// HandlerFunc handles a request.
type HandlerFunc func(*Context)

// New returns an Engine.
func New() *Engine { return &Engine{handlers: make(map[string]HandlerFunc)} }

// Default returns an Engine.
func Default() *Engine { return New() }

// GET registers a handler.
func (e *Engine) GET(path string, h HandlerFunc) { e.handlers[path] = h }

// POST registers a handler.
func (e *Engine) POST(path string, h HandlerFunc) { e.handlers[path] = h }

// ServeHTTP serves.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.handlers[r.URL.Path](&Context{Request: r, Writer: w, keys: make(map[any]any)})
}

// Run serves on an address.
func (e *Engine) Run(addr ...string) error { return http.ListenAndServe(addr[0], e) }

// RunTLS serves with TLS.
func (e *Engine) RunTLS(addr, certFile, keyFile string) error {
	return http.ListenAndServeTLS(addr, certFile, keyFile, e)
}

// RunUnix serves on a unix socket.
func (e *Engine) RunUnix(file string) error {
	l, err := net.Listen("unix", file)
	if err != nil {
		return err
	}
	return e.RunListener(l)
}

// RunListener serves on a listener.
func (e *Engine) RunListener(l net.Listener) error { return http.Serve(l, e) }

// String writes a text.
func (c *Context) String(code int, format string, args ...any) {
	c.Writer.WriteHeader(code)
	fmt.Fprintf(c.Writer, format, args...)
}
