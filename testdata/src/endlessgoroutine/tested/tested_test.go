package tested

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestFeed(t *testing.T) {
	f := NewFeed()
	defer close(f.done)
	only.ticker.Stop()
}

func TestHandler(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		go func() { // want `CL1021`
			for range time.Tick(time.Second) {
				t.Log("tick")
			}
		}()
	}))
	defer srv.Close()
}
