// Package rates is imported: what it does with clients travels in facts.
package rates

import (
	"net/http"
	"time"
)

// Plain returns a client for its callers to use.
func Plain() *http.Client { return &http.Client{} }

// Bounded returns one with a timeout.
func Bounded() *http.Client { return &http.Client{Timeout: 5 * time.Second} }

// Fetch sends with the client of its caller.
func Fetch(client *http.Client, currency string) (*http.Response, error) {
	return client.Get("https://rates.example.com/" + currency)
}

// SetTimeout bounds the client of its caller.
func SetTimeout(client *http.Client) { client.Timeout = 5 * time.Second }

// Send sends with the client of its caller; only for some callers it is known that their requests have no deadline.
func Send(client *http.Client, req *http.Request) (*http.Response, error) { return client.Do(req) }

// Today is one of them.
func Today(client *http.Client) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, "https://rates.example.com/today", nil)
	if err != nil {
		return nil, err
	}
	return Send(client, req)
}
