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
