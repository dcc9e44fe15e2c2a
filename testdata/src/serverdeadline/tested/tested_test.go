package tested

import (
	"net/http"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	s := New()
	s.server.ReadTimeout = time.Second
	go s.Run()
	backend := &http.Server{Addr: ":8081"} // want `CL2001: a client of backend`
	go backend.ListenAndServe()
}
