// Package handshake shakes hands on connections of all kinds.
package handshake

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"time"
)

func accept(ln net.Listener, config *tls.Config) error {
	for {
		raw, err := ln.Accept()
		if err != nil {
			return err
		}
		go serve(raw, config)
	}
}

func serve(raw net.Conn, config *tls.Config) {
	conn := tls.Server(raw, config)
	if err := conn.Handshake(); err != nil { // want `CL2014: conn.Handshake waits for the peer's handshake and no deadline is set on the connection: a peer that stays silent holds the goroutine and the connection for ever; use HandshakeContext`
		raw.Close()
	}
}

// traefik, CVE-2026-22045: the deadline that the connection had is taken away first.
func acmeChallenge(conn net.Conn, config *tls.Config) {
	conn.SetDeadline(time.Time{})
	_ = tls.Server(conn, config).Handshake() // want `CL2014: .*Handshake waits for the peer's handshake and the deadline of the connection is taken away before it`
}

func dialed(addr string, config *tls.Config) (*tls.Conn, error) {
	raw, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, config)
	return conn, conn.Handshake() // want `CL2014: conn.Handshake waits for the peer's handshake`
}

// Bounded: a deadline before, by whatever function has the connection; a context; a timer that closes it.

func deadline(addr string, config *tls.Config) (*tls.Conn, error) {
	raw, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	if err := raw.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return nil, err
	}
	conn := tls.Client(raw, config)
	return conn, conn.Handshake()
}

func acceptBounded(ln net.Listener, config *tls.Config) error {
	for {
		raw, err := ln.Accept()
		if err != nil {
			return err
		}
		bound(raw)
		go serveBounded(raw, config)
	}
}

func bound(conn net.Conn) { conn.SetReadDeadline(time.Now().Add(10 * time.Second)) }

func serveBounded(raw net.Conn, config *tls.Config) {
	conn := tls.Server(raw, config)
	if err := conn.Handshake(); err != nil {
		raw.Close()
	}
}

func withContext(ctx context.Context, raw net.Conn, config *tls.Config) error {
	return tls.Client(raw, config).HandshakeContext(ctx)
}

func watched(raw net.Conn, config *tls.Config) error {
	timer := time.AfterFunc(5*time.Second, func() { raw.Close() })
	defer timer.Stop()
	return tls.Client(raw, config).Handshake()
}

// A connection from elsewhere may have a deadline.
func state(conn net.Conn) (tls.ConnectionState, bool) {
	secure, ok := conn.(*tls.Conn)
	if !ok || secure.Handshake() != nil {
		return tls.ConnectionState{}, false
	}
	return secure.ConnectionState(), true
}

// How traefik reads the server name of a connection: the handshake is with bytes in memory.
type replay struct {
	net.Conn
	hello io.Reader
}

func (r replay) Read(p []byte) (int, error) { return r.hello.Read(p) }

func serverName(hello []byte, config *tls.Config) {
	_ = tls.Server(replay{hello: bytes.NewReader(hello)}, config).Handshake()
}
