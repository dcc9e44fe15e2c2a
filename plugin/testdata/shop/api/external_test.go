package api_test

import (
	"net/http"
	"testing"

	"shop.example/shop/api"
)

func TestRegister(t *testing.T) {
	new(api.API).Register(http.NewServeMux())
	if resp, err := http.Get("http://shop.example/"); err == nil {
		resp.Body.Close()
	}
}
