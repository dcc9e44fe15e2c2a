// Package clientv3 has the part of go.etcd.io/etcd/client/v3 that the tests use.
package clientv3

import "time"

// Config configures a client.
type Config struct {
	Endpoints          []string
	DialTimeout        time.Duration
	Username, Password string
}

// Client is a client.
type Client struct{ cfg Config }

// New makes a client.
func New(cfg Config) (*Client, error) { return &Client{cfg}, nil }
