package main

import (
	"net"
	"net/http"
	"testing"
)

// otel-collector#5699, agents#961: who serves for a test alone has no slow clients.
func TestBackend(t *testing.T) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	backend := &http.Server{Handler: http.NotFoundHandler()}
	defer backend.Close()
	go backend.Serve(l)
	go http.Serve(l, nil)
	monitoring(l, nil)
}
