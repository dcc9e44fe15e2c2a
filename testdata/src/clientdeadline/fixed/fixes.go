// The package has what a timeout can be added to without a guess at what the caller wants.
package fixed

import (
	"net"
	"net/http"
	"time"
)

var empty = &http.Client{Timeout: 30 * time.Second}

var filled = http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: stop,
}

var inLine = http.Client{Timeout: 30 * time.Second, CheckRedirect: stop}

func stop(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func use(address string) {
	empty.Get(address)
	filled.Get(address)
	inLine.Get(address)
}

func connect(addr string) (net.Conn, error) {
	return net.DialTimeout("tcp", addr, 10*time.Second)
}
