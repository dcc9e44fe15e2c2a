// Package connect has the part of connectrpc.com/connect that the tests use.
package connect

import "context"

// Request is the request of a unary call.
type Request[T any] struct{ Msg *T }

// Response is the response of a unary call.
type Response[T any] struct{ Msg *T }

// NewResponse returns a Response.
func NewResponse[T any](msg *T) *Response[T] { return &Response[T]{Msg: msg} }

// ServerStream is the server's side of a stream of responses.
type ServerStream[Res any] struct{ sent []*Res }

// Send sends a response.
func (s *ServerStream[Res]) Send(msg *Res) error { s.sent = append(s.sent, msg); return nil }

// BidiStream is the server's side of a stream in both directions.
type BidiStream[Req, Res any] struct{ ctx context.Context }

// Send sends a response.
func (s *BidiStream[Req, Res]) Send(msg *Res) error { return s.ctx.Err() }

// Receive receives a request.
func (s *BidiStream[Req, Res]) Receive() (*Req, error) { return nil, s.ctx.Err() }

// HTTPClient sends requests.
type HTTPClient interface{ Do(req any) (any, error) }

// ClientOption configures a client.
type ClientOption interface{ client() }

// Client is what generated clients call.
type Client[Req, Res any] struct{ url string }

// NewClient makes a client.
func NewClient[Req, Res any](client HTTPClient, url string, options ...ClientOption) *Client[Req, Res] {
	return &Client[Req, Res]{url}
}

// CallUnary calls a method and waits for the answer.
func (c *Client[Req, Res]) CallUnary(ctx context.Context, req *Request[Req]) (*Response[Res], error) {
	return nil, ctx.Err()
}

// CallServerStream calls a method that answers with a stream.
func (c *Client[Req, Res]) CallServerStream(ctx context.Context, req *Request[Req]) (*ServerStreamForClient[Res], error) {
	return nil, ctx.Err()
}

// ServerStreamForClient is the client's side of a stream of responses.
type ServerStreamForClient[Res any] struct{ msg *Res }

// Receive waits for the next message.
func (s *ServerStreamForClient[Res]) Receive() bool { return s.msg != nil }
