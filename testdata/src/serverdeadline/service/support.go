package main

import (
	"net/http"
	"testing"
)

// startForTest helps tests of other packages, although it is in no test file.
func startForTest(t *testing.T) {
	srv := &http.Server{Addr: ":0"}
	t.Cleanup(func() { _ = srv.Close() })
	go srv.ListenAndServe()
}
