// Command helpers serves with the functions of net/http.
package main

import (
	"log"
	"net"
	"net/http"
)

func plain() {
	log.Fatal(http.ListenAndServe(":8080", nil)) // want `^CL2003: a client that sends its request header slowly, or stays silent, holds a connection and a goroutine for ever, because http.ListenAndServe serves without timeouts: use an http.Server with ReadHeaderTimeout and IdleTimeout$`
}

func withTLS(h http.Handler) {
	go http.ListenAndServeTLS(":8443", "tls.crt", "tls.key", h) // want `CL2003: .* http.ListenAndServeTLS serves`
}

// The listener is a parameter: nobody knows who can connect.
func metrics(l net.Listener) error {
	return http.Serve(l, http.NotFoundHandler()) // want `CL2003`
}

func metricsWithTLS(l net.Listener) error {
	return http.ServeTLS(l, http.NotFoundHandler(), "tls.crt", "tls.key") // want `CL2003`
}

func configured(addr string) {
	go func() { log.Print(http.ListenAndServe(addr, nil)) }() // want `CL2003`
}

// Only peers on the same machine.
func debug() {
	go http.ListenAndServe("localhost:6060", nil)
	addr := "127.0.0.1:6061"
	go http.ListenAndServe(addr, nil)
	l, err := net.Listen("unix", "/run/debug.sock")
	if err != nil {
		return
	}
	_ = http.Serve(l, nil)
}

// A listener in a field that is only ever a unix socket.
type control struct{ l net.Listener }

func (c *control) open() (err error) {
	c.l, err = net.Listen("unix", "/run/control.sock")
	return err
}

func (c *control) serve() error { return http.Serve(c.l, nil) }

func main() {
	plain()
	configured(":9090")
}
