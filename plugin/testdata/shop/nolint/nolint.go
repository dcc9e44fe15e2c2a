// Package nolint has one finding for each way to silence it, one that is not silenced, and comments that are wrong.
package nolint

import "net/http"

// Plain is not silenced.
func Plain() (*http.Response, error) {
	return http.Get("http://shop.example/0")
}

// All names the linter of all families.
func All() (*http.Response, error) {
	return http.Get("http://shop.example/1") //nolint:cloudlint // a test
}

// Family names the linter of its family.
func Family() (*http.Response, error) {
	return http.Get("http://shop.example/2") //nolint:cloudlint_timeouts // a test
}

// Both names both, above the function.
//
//nolint:cloudlint,cloudlint_timeouts // a test
func Both() (*http.Response, error) {
	return http.Get("http://shop.example/3")
}

// Bare silences everything.
func Bare() (*http.Response, error) {
	return http.Get("http://shop.example/4") //nolint
}

// Analyzer names the analyzer, which golangci-lint does not know.
func Analyzer() (*http.Response, error) {
	return http.Get("http://shop.example/5") //nolint:clientdeadline // a test
}

// Ours is cloudlint's own form.
func Ours() (*http.Response, error) {
	//cloudlint:ignore CL2012 a test
	return http.Get("http://shop.example/6")
}

// Other names another linter, or another family.
func Other() (*http.Response, error) {
	return http.Get("http://shop.example/7") //nolint:errcheck,cloudlint_goroutines // a test
}

// Reasonless has no effect, and is told.
func Reasonless() (*http.Response, error) {
	//cloudlint:ignore CL2012
	return http.Get("http://shop.example/8")
}

// Unused silences nothing, and is told.
func Unused() int {
	//cloudlint:ignore CL2012 a test
	return 1
}

// Misspelt names no rule, and is told.
func Misspelt() int {
	//cloudlint:ignore CL2o12 a test
	return 1
}
