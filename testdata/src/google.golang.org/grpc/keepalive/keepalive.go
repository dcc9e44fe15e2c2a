// Package keepalive has the part of google.golang.org/grpc/keepalive that the tests use.
package keepalive

import "time"

// ServerParameters bound connections.
type ServerParameters struct {
	MaxConnectionIdle time.Duration
	MaxConnectionAge  time.Duration
}
