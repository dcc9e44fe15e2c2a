// Package beside bounds one of two calls of the same object.
package beside

import (
	"context"
	"io"
	"time"
)

type lease interface {
	Get(ctx context.Context) (holder string, err error)
	Update(ctx context.Context, holder string) error
	Watch(ctx context.Context) (<-chan string, error)
	Open(ctx context.Context) (io.ReadCloser, error)
	Start(ctx context.Context) error
}

type elector struct{ config struct{ lease, other lease } }

func (e *elector) release() error {
	ctx := context.Background()
	holder, err := e.config.lease.Get(ctx) // want `e.config.lease.Get may wait for ever for an answer: its context comes from context.Background\(\), which has no deadline, but e.config.lease.Update, which is called on the same object after it, has one; use that for both`
	if err != nil || holder == "" {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return e.config.lease.Update(bounded, "")
}

// Each makes its own.
func twoRoots(l lease) error {
	if _, err := l.Get(context.TODO()); err != nil { // want `l.Get may wait for ever for an answer`
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return l.Update(ctx, "")
}

func both(l lease) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := l.Get(ctx); err != nil {
		return err
	}
	return l.Update(ctx, "")
}

// Another object may be another peer.
func (e *elector) others() error {
	if _, err := e.config.other.Get(context.Background()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return e.config.lease.Update(ctx, "")
}

// It has answered: what is asked after that may take its time.
func answered(l lease) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := l.Update(ctx, ""); err != nil {
		return "", err
	}
	return l.Get(context.Background())
}

// Streams and what is started outlast the call.
func started(l lease) error {
	if err := l.Start(context.Background()); err != nil {
		return err
	}
	if _, err := l.Watch(context.Background()); err != nil {
		return err
	}
	if _, err := l.Open(context.Background()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return l.Update(ctx, "")
}

// The callers may have set a deadline.
func given(ctx context.Context, l lease) error {
	if _, err := l.Get(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return l.Update(ctx, "")
}

// In a loop each comes after the other.
func rounds(l lease, n int) {
	for range n {
		l.Get(context.Background())
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		l.Update(ctx, "")
		cancel()
	}
}

// A helper of the project makes the context with the deadline.
func helped(l lease) error {
	if _, err := l.Get(context.Background()); err != nil {
		return err
	}
	ctx, cancel := short()
	defer cancel()
	return l.Update(ctx, "")
}

func short() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Second)
}
