// Package backoff is what the tests need of github.com/cenkalti/backoff/v4.
package backoff

import (
	"context"
	"time"
)

type (
	Operation                func() error
	OperationWithData[T any] func() (T, error)
	BackOff                  interface{ NextBackOff() time.Duration }
	BackOffContext           interface{ BackOff }
	Notify                   func(error, time.Duration)
	ExponentialBackOff       struct{ MaxElapsedTime time.Duration }
	ConstantBackOff          struct{ Interval time.Duration }
)

func (*ExponentialBackOff) NextBackOff() time.Duration { return 0 }
func (*ConstantBackOff) NextBackOff() time.Duration    { return 0 }

func NewExponentialBackOff() *ExponentialBackOff                { return nil }
func NewConstantBackOff(d time.Duration) *ConstantBackOff       { return nil }
func WithMaxRetries(b BackOff, max uint64) BackOff              { return b }
func WithContext(b BackOff, ctx context.Context) BackOffContext { return b }
func Permanent(err error) error                                 { return err }
func Retry(o Operation, b BackOff) error                        { return nil }
func RetryNotify(o Operation, b BackOff, notify Notify) error   { return nil }

func RetryWithData[T any](o OperationWithData[T], b BackOff) (v T, err error) { return v, nil }
