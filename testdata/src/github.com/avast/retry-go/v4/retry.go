// Package retry is what the tests need of github.com/avast/retry-go/v4.
package retry

import (
	"context"
	"time"
)

type (
	Option        func()
	RetryableFunc func() error
)

func Do(f RetryableFunc, opts ...Option) error { return nil }
func Attempts(n uint) Option                   { return nil }
func Delay(d time.Duration) Option             { return nil }
func RetryIf(f func(error) bool) Option        { return nil }
func Context(ctx context.Context) Option       { return nil }
func Unrecoverable(err error) error            { return err }
