// Package billing uses clients of another package.
package billing

import (
	"net/http"

	"clientdeadline/packages/rates"
)

func made(address string) (*http.Response, error) {
	client := rates.Plain()
	return client.Get(address) // want `CL2011: this http.Client has no Timeout and its request no deadline`
}

func madeBounded(address string) (*http.Response, error) {
	return rates.Bounded().Get(address)
}

func handed() (*http.Response, error) {
	client := &http.Client{} // want `CL2011: http.Client client has no Timeout and its request no deadline`
	return rates.Fetch(client, "EUR")
}

func handedBounded() (*http.Response, error) {
	client := &http.Client{}
	rates.SetTimeout(client)
	return rates.Fetch(client, "EUR")
}

func handedDefault() (*http.Response, error) {
	return rates.Fetch(http.DefaultClient, "EUR") // want `CL2012: rates.Fetch sends a request without a deadline through http.DefaultClient`
}

// What the other package sends with, and for whom, is not known here.
func handedRequest(req *http.Request) (*http.Response, error) {
	client := &http.Client{}
	return rates.Send(client, req)
}
