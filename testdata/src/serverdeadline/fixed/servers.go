// Command fixes has servers that --fix can bound.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

func oneLine() error {
	srv := &http.Server{Addr: ":8080", ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	return srv.ListenAndServe()
}

func manyLines(h http.Handler) error {
	srv := &http.Server{
		Addr:              ":8080",
		Handler:           h, // the routes
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	return srv.ListenAndServe()
}

func empty(l net.Listener) error {
	srv := http.Server{ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	return srv.Serve(l)
}

func helpers(l net.Listener, h http.Handler) {
	go func() {
		log.Print((&http.Server{Addr: ":8080", ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}).ListenAndServe())
	}()
	go func() {
		log.Print((&http.Server{Addr: ":8443", Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}).ListenAndServeTLS("tls.crt", "tls.key"))
	}()
	go func() {
		log.Print((&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}).ServeTLS(l, "tls.crt", "tls.key"))
	}()
	fmt.Println((&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}).Serve(l))
}

func main() {
	if err := oneLine(); err != nil {
		log.Fatal(err)
	}
}
