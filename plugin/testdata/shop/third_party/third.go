// Package third is excluded.
package third

import "net/http"

// Get asks without a bound.
func Get() (*http.Response, error) { return http.Get("http://shop.example/") }
