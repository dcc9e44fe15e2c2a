// Package negroni has the part of github.com/urfave/negroni that the tests use.
package negroni

import "net/http"

// Negroni is a stack of middleware.
type Negroni struct{ handler http.Handler }

// Classic returns a Negroni.
func Classic() *Negroni { return &Negroni{handler: http.NotFoundHandler()} }

// ServeHTTP serves.
func (n *Negroni) ServeHTTP(w http.ResponseWriter, r *http.Request) { n.handler.ServeHTTP(w, r) }

// Run serves on an address.
func (n *Negroni) Run(addr ...string) { _ = http.ListenAndServe(addr[0], n) }
