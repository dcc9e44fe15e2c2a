// Package websocket has the part of github.com/gorilla/websocket that the tests use.
package websocket

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Dialer connects to WebSocket servers.
type Dialer struct {
	Proxy            func(*http.Request) (*url.URL, error)
	HandshakeTimeout time.Duration
}

// DefaultDialer is a dialer with default values.
var DefaultDialer = &Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: 45 * time.Second}

// Conn is a connection.
type Conn struct{ open bool }

// Dial connects.
func (d *Dialer) Dial(urlStr string, requestHeader http.Header) (*Conn, *http.Response, error) {
	return d.DialContext(context.Background(), urlStr, requestHeader)
}

// DialContext connects.
func (d *Dialer) DialContext(ctx context.Context, urlStr string, requestHeader http.Header) (*Conn, *http.Response, error) {
	return &Conn{open: ctx.Err() == nil}, nil, nil
}
