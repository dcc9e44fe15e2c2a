// Command fixes has servers that --fix can bound.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
)

func oneLine() error {
	srv := &http.Server{Addr: ":8080"} // want `CL2001`
	return srv.ListenAndServe()
}

func manyLines(h http.Handler) error {
	srv := &http.Server{ // want `CL2001`
		Addr:    ":8080",
		Handler: h, // the routes
	}
	return srv.ListenAndServe()
}

func empty(l net.Listener) error {
	srv := http.Server{} // want `CL2001`
	return srv.Serve(l)
}

func helpers(l net.Listener, h http.Handler) {
	go func() { log.Print(http.ListenAndServe(":8080", nil)) }()                        // want `CL2003`
	go func() { log.Print(http.ListenAndServeTLS(":8443", "tls.crt", "tls.key", h)) }() // want `CL2003`
	go func() { log.Print(http.ServeTLS(l, h, "tls.crt", "tls.key")) }()                // want `CL2003`
	fmt.Println(http.Serve(l, h))                                                       // want `CL2003`
}

func main() {
	if err := oneLine(); err != nil {
		log.Fatal(err)
	}
}
