// Package defaultset bounds http.DefaultClient for the whole program.
package defaultset

import (
	"net/http"
	"time"
)

func setup() { http.DefaultClient.Timeout = 15 * time.Second }

func rates(currency string) (*http.Response, error) {
	return http.Get("https://rates.example.com/" + currency)
}

func status() (*http.Response, error) {
	client := http.DefaultClient
	return client.Get("https://status.example.com")
}
