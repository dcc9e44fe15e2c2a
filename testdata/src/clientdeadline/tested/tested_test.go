package tested

import (
	"net/http"
	"testing"
	"time"
)

func TestCached(t *testing.T) {
	if _, err := NewCached(http.DefaultClient).Get("https://example.com"); err != nil {
		t.Fatal(err)
	}
	if _, err := (&http.Client{}).Get("https://example.com"); err != nil {
		t.Fatal(err)
	}
}

func TestPlain(t *testing.T) {
	p := NewPlain()
	p.client.Timeout = time.Second
	if _, err := p.Get("https://example.com"); err != nil {
		t.Fatal(err)
	}
}
