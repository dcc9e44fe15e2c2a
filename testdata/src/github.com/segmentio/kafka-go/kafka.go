// Package kafka has the part of github.com/segmentio/kafka-go that the tests use.
package kafka

import "time"

// Dialer connects to brokers.
type Dialer struct {
	ClientID string
	Timeout  time.Duration
}

// ReaderConfig configures a Reader.
type ReaderConfig struct {
	Brokers []string
	Topic   string
	Dialer  *Dialer
}

// Reader reads a topic.
type Reader struct{ config ReaderConfig }

// NewReader starts a Reader.
func NewReader(config ReaderConfig) *Reader { return &Reader{config} }
