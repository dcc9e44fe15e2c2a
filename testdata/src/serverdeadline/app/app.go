// Command app serves servers of its platform library, and lets it serve its own.
package main

import (
	"net/http"

	"serverdeadline/lib"
)

func made(h http.Handler) error {
	srv := lib.NewServer(":8080", h)
	return srv.ListenAndServe() // want `CL2001: a client of the http.Server that lib.NewServer returns`
}

func madeAndHardened(h http.Handler) error {
	return lib.Harden(lib.NewServer(":8080", h)).ListenAndServe()
}

func madeBounded(h http.Handler) error {
	return lib.NewBounded(":8080", h).ListenAndServe()
}

func madeLocal() error { return lib.NewLocal().ListenAndServe() }

func served(stop chan struct{}) error {
	srv := &http.Server{Addr: ":8080"} // want `CL2001: a client of srv`
	return lib.Run(srv, stop)
}

func servedBounded(stop chan struct{}) error {
	srv := &http.Server{Addr: ":8080"}
	return lib.Run(lib.Harden(srv), stop)
}

func main() {
	if err := made(http.NotFoundHandler()); err != nil {
		panic(err)
	}
}
