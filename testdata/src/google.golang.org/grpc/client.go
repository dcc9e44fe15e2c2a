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

// CallOption configures a call.
type CallOption interface{ call() }

// ClientConnInterface is what generated clients call.
type ClientConnInterface interface {
	Invoke(ctx context.Context, method string, args, reply any, opts ...CallOption) error
	NewStream(ctx context.Context, desc *StreamDesc, method string, opts ...CallOption) (ClientStream, error)
}

// StreamDesc describes a stream.
type StreamDesc struct{ StreamName string }

// ClientStream is the client's side of a stream.
type ClientStream interface {
	Context() context.Context
	CloseSend() error
	SendMsg(m any) error
	RecvMsg(m any) error
}

// ServerStreamingClient is the client's side of a stream of responses.
type ServerStreamingClient[Res any] interface {
	Recv() (*Res, error)
	ClientStream
}

// Invoke calls a method and waits for the answer.
func (cc *ClientConn) Invoke(ctx context.Context, method string, args, reply any, opts ...CallOption) error {
	return ctx.Err()
}

// NewStream starts a stream.
func (cc *ClientConn) NewStream(ctx context.Context, desc *StreamDesc, method string, opts ...CallOption) (ClientStream, error) {
	return nil, ctx.Err()
}
