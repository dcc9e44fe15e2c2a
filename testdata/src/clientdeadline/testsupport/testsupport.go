// Package testsupport has what the tests of several packages share: a test that hangs is stopped by go test.
package testsupport

import (
	"net"
	"net/http"
	"testing"
)

func Reachable(t testing.TB, addr string) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func Status(t testing.TB, address string) int {
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
