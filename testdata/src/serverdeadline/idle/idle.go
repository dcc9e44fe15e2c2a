// Command idle has servers that bound the header only.
package main

import (
	"net/http"
	"time"
)

func plain() error {
	srv := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second} // want `^CL2002: each idle keep-alive connection to srv stays open until its client closes it, because neither IdleTimeout nor ReadTimeout is set \(since Go 1.20 ReadHeaderTimeout starts only with the next request\): set IdleTimeout$`
	return srv.ListenAndServe()
}

// What the package does elsewhere shows that the bound above was forgotten.
func bounded() error {
	srv := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second, IdleTimeout: time.Minute}
	return srv.ListenAndServe()
}

// A zero that is written out is a decision.
func explicitZero() error {
	srv := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second, IdleTimeout: 0}
	return srv.ListenAndServe()
}

// One cause, one finding: the one about the header names both fields.
func both() error {
	srv := &http.Server{Addr: ":8080"} // want `^CL2001: `
	return srv.ListenAndServe()
}

// IdleTimeout falls back to ReadTimeout.
func fallback() error {
	srv := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second, ReadTimeout: time.Minute}
	return srv.ListenAndServe()
}

// Without keep-alives nothing is idle.
func noKeepAlives() error {
	srv := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second}
	srv.SetKeepAlivesEnabled(false)
	return srv.ListenAndServe()
}

func main() { _ = plain() }
