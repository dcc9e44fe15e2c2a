package grpc

import "context"

// ClientConn is a connection to a server.
type ClientConn struct{ target string }

// DialOption configures a dial.
type DialOption interface{ dial() }

type dialOption struct{}

func (dialOption) dial() {}

// WithBlock makes Dial wait for the connection.
func WithBlock() DialOption { return dialOption{} }

// Dial connects.
func Dial(target string, opts ...DialOption) (*ClientConn, error) {
	return DialContext(context.Background(), target, opts...)
}

// DialContext connects.
func DialContext(ctx context.Context, target string, opts ...DialOption) (*ClientConn, error) {
	return &ClientConn{target}, ctx.Err()
}
