// The package has what a timeout can be added to without a guess at what the caller wants.
package fixes

import (
	"net"
	"net/http"
)

var empty = &http.Client{} // want `CL2011`

var filled = http.Client{ // want `CL2011`
	CheckRedirect: stop,
}

var inLine = http.Client{CheckRedirect: stop} // want `CL2011`

func stop(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func use(address string) {
	empty.Get(address)
	filled.Get(address)
	inLine.Get(address)
}

func connect(addr string) (net.Conn, error) {
	return net.Dial("tcp", addr) // want `CL2013`
}
