package serverdeadline

import "testing"

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"localhost:8080":         true,
		"localhost:":             true, // the rest is not known
		"127.0.0.1:6060":         true,
		"127.1.2.3:0":            true,
		"[::1]:6060":             true,
		"":                       false,
		":8080":                  false,
		"localhost":              false, // the rest may be ".example.com:80"
		"localhost.example.com:": false,
		"0.0.0.0:80":             false,
		"[::]:80":                false,
		"10.0.0.1:80":            false,
		"127.0.0.1":              false, // the rest may be "23:80"
		"127.0.0.1.nip.io:80":    false,
	} {
		if got := loopback(address); got != want {
			t.Errorf("loopback(%q) = %v", address, got)
		}
	}
}
