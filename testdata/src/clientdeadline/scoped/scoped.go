package scoped

import (
	"context"
	"net"
)

// Where there is a context its deadline is what the caller wants: nothing is changed.
func scoped(ctx context.Context, addr string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return net.Dial("tcp", addr) // want `CL2013`
}
