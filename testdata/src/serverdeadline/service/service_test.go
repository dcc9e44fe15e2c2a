package main

import (
	"net/http"
	"testing"
)

// Tests may serve as they like; a server that only tests serve is not reported either.
func TestServe(t *testing.T) {
	srv := &http.Server{Addr: ":8080"}
	go srv.ListenAndServe()
	go unserved().ListenAndServe()
	go http.ListenAndServe(":8080", nil)
}
