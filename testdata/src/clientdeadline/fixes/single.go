package fixes

import "net"

func single(addr string) (net.Conn, error) {
	return net.Dial("tcp", addr) // want `CL2013`
}
