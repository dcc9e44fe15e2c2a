package library

import (
	"net/http"
	"net/http/httptest"
)

// ForTests is a server of httptest.
func ForTests(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.Addr = ":0"
	s.Start()
	return s
}
