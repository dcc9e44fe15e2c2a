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
