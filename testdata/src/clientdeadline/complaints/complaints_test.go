package complaints

import (
	"context"
	"net"
	"net/http"
	"testing"
)

// noctx#6, router#569: a test has its own end.
func TestFetch(t *testing.T) {
	resp, err := http.Get("https://example.com/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if _, err := net.Dial("tcp", "example.com:80"); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	(&http.Client{}).Do(req)
}
