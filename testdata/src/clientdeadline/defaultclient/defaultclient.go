// Package defaultclient sends with http.DefaultClient.
package defaultclient

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func avatar(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get("https://avatars.example.com/" + r.FormValue("user")) // want `CL2012: http.Get uses http.DefaultClient, which has no Timeout: when the server accepts the connection and does not answer, the caller waits for ever; use an http.Client with Timeout, or a request with a context that has a deadline`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	image, _ := io.ReadAll(resp.Body)
	w.Write(image)
}

// One finding for one function.
func notify(hook string, users []string) error {
	if _, err := http.Head(hook); err != nil { // want `CL2012: http.Head uses http.DefaultClient`
		return err
	}
	for _, user := range users {
		resp, err := http.Post(hook+user, "application/json", nil)
		if err != nil {
			return err
		}
		resp.Body.Close()
	}
	return nil
}

// A comment speaks for the request that it stands at, and not for others of the function.
func silenced(hook string) {
	//cloudlint:ignore CL2012 the hook runs on this machine
	http.Head(hook)
	http.Get("https://example.com/")  // want `CL2012: http.Get uses http.DefaultClient`
	http.Get("https://example.com/2") //nolint:clientdeadline // it answers at once
}

// The policy loader of kyverno: a linter that only asks for a context was satisfied by TODO.
func loadPolicies(address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.TODO(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req) // want `CL2012: http.DefaultClient.Do sends a request without a deadline through http.DefaultClient, which has no Timeout`
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func withDeadline(address string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

// DefaultClient in a field.
type weather struct{ client *http.Client }

func newWeather() *weather { return &weather{client: http.DefaultClient} }

func (w *weather) today(city string) (*http.Response, error) {
	return w.client.Get("https://weather.example.com/" + city) // want `CL2012: w.client.Get sends a request without a deadline through http.DefaultClient`
}

func ownPort() (*http.Response, error) {
	return http.Get(os.ExpandEnv("http://localhost:$PORT/healthz"))
}

func loopback(port int) error {
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/ready", port))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// One request, one finding: the client that is made here speaks for both.
func either(address string, insecure bool) (*http.Response, error) {
	client := http.DefaultClient
	if insecure {
		client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // want `CL2011: http.Client client has no Timeout`
	}
	return client.Get(address)
}
