// Package ssh has the part of golang.org/x/crypto/ssh that the tests use.
package ssh

import (
	"net"
	"time"
)

// ClientConfig configures a client.
type ClientConfig struct {
	User            string
	Auth            []AuthMethod
	HostKeyCallback HostKeyCallback
	Timeout         time.Duration
}

// AuthMethod is a method of authentication.
type AuthMethod interface{ method() string }

// HostKeyCallback checks the server's key.
type HostKeyCallback func(hostname string, remote net.Addr) error

// Signer signs.
type Signer interface {
	Sign(data []byte) ([]byte, error)
}

type publicKeys []Signer

func (publicKeys) method() string { return "publickey" }

// PublicKeys authenticates with keys.
func PublicKeys(signers ...Signer) AuthMethod { return publicKeys(signers) }

// Conn is a connection.
type Conn interface{ Close() error }

// NewChannel and Request are what the server asks for.
type (
	NewChannel interface{ Reject() error }
	Request    struct{ Type string }
)

// Client is a client.
type Client struct{ Conn }

// Dial connects and shakes hands.
func Dial(network, addr string, config *ClientConfig) (*Client, error) { return nil, nil }

// NewClientConn shakes hands.
func NewClientConn(c net.Conn, addr string, config *ClientConfig) (Conn, <-chan NewChannel, <-chan *Request, error) {
	return nil, nil, nil, nil
}

// NewClient makes a client of a connection.
func NewClient(c Conn, chans <-chan NewChannel, reqs <-chan *Request) *Client { return &Client{c} }
