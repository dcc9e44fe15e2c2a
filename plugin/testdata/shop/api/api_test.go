package api

import (
	"net/http"
	"testing"
)

func TestNothing(t *testing.T) {
	resp, err := http.Get("http://shop.example/")
	if err != nil {
		t.Skip(err)
	}
	resp.Body.Close()
}
