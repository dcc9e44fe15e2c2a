// Package helped has others try again.
package helped

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/avast/retry-go/v4"
	"github.com/cenkalti/backoff/v4"
	"k8s.io/apimachinery/pkg/util/wait"

	"lostwait/tries"
)

type client interface {
	Get(ctx context.Context, key string) (string, error)
	Put(ctx context.Context, key string) error
	Ready() bool
}

type notFound struct{ error }

func exponential(ctx context.Context, c client) error {
	return backoff.Retry(func() error { // want `backoff.Retry tries again after any failure of c.Put, waits in between, and does not know ctx: when that has ended, each try fails and all of them are made, while the caller waits; give it the policy by backoff.WithContext`
		return c.Put(ctx, "k")
	}, backoff.NewExponentialBackOff())
}

// Some kind of failure is permanent, but not the end of the context.
func kinds(ctx context.Context, c client) (value string, err error) {
	policy := backoff.NewExponentialBackOff()
	policy.MaxElapsedTime = time.Hour
	b := backoff.BackOff(policy)
	if policy.MaxElapsedTime == 0 {
		b = backoff.WithMaxRetries(policy, 0)
	}
	err = backoff.RetryNotify(func() error { // want `backoff.RetryNotify tries again after any failure of c.Get`
		value, err = c.Get(ctx, "k")
		if err == nil {
			return nil
		}
		var none notFound
		if errors.As(err, &none) {
			return backoff.Permanent(err)
		}
		return err
	}, b, func(error, time.Duration) {})
	return value, err
}

func data(ctx context.Context, c client) (string, error) {
	return backoff.RetryWithData(func() (string, error) { // want `backoff.RetryWithData tries again after any failure of c.Get`
		v, err := c.Get(ctx, "k")
		if err != nil {
			return "", fmt.Errorf("get: %w", err)
		}
		return v, nil
	}, backoff.NewConstantBackOff(5*time.Second))
}

func given(ctx context.Context, c client) error {
	return backoff.Retry(func() error { return c.Put(ctx, "k") }, backoff.WithContext(backoff.NewExponentialBackOff(), ctx))
}

func limited(ctx context.Context, c client) error {
	return backoff.Retry(func() error { return c.Put(ctx, "k") }, backoff.WithMaxRetries(backoff.WithContext(backoff.NewExponentialBackOff(), ctx), 10))
}

// It is over soon.
func few(ctx context.Context, c client) error {
	return backoff.Retry(func() error { return c.Put(ctx, "k") }, backoff.WithMaxRetries(backoff.NewConstantBackOff(100*time.Millisecond), 5))
}

func many(ctx context.Context, c client) error {
	return backoff.Retry(func() error { return c.Put(ctx, "k") }, backoff.WithMaxRetries(backoff.NewConstantBackOff(time.Second), 10)) // want `backoff.Retry tries again after any failure of c.Put`
}

// The policy may know the context.
func elsewhere(ctx context.Context, c client, policy backoff.BackOff) error {
	return backoff.Retry(func() error { return c.Put(ctx, "k") }, policy)
}

func permanent(ctx context.Context, c client) error {
	return backoff.Retry(func() error {
		if err := c.Put(ctx, "k"); err != nil {
			return backoff.Permanent(err)
		}
		return nil
	}, backoff.NewExponentialBackOff())
}

func classified(ctx context.Context, c client) error {
	return backoff.Retry(func() error {
		err := c.Put(ctx, "k")
		if err != nil && !temporary(err) {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.NewExponentialBackOff())
}

func temporary(err error) bool { return !errors.Is(err, context.Canceled) }

func asks(ctx context.Context, c client) error {
	return backoff.Retry(func() error {
		err := c.Put(ctx, "k")
		if ctx.Err() != nil {
			return backoff.Permanent(err)
		}
		return err
	}, backoff.NewExponentialBackOff())
}

// Each try has a time of its own, and no context is at hand.
func detached(c client) error {
	return backoff.Retry(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return c.Put(ctx, "k")
	}, backoff.NewExponentialBackOff())
}

func attempts(ctx context.Context, c client) {
	retry.Do(func() error { return c.Put(ctx, "k") })                                       // want `retry.Do tries again after any failure of c.Put, .* give it the option retry.Context`
	retry.Do(func() error { return c.Put(ctx, "k") }, retry.Attempts(20), retry.Delay(1e9)) // want `retry.Do tries again after any failure of c.Put`
	retry.Do(func() error { return c.Put(ctx, "k") }, retry.Attempts(3))
	retry.Do(func() error { return c.Put(ctx, "k") }, retry.Attempts(20), retry.Context(ctx))
	retry.Do(func() error { return c.Put(ctx, "k") }, retry.RetryIf(temporary))
	retry.Do(func() error { return retry.Unrecoverable(c.Put(ctx, "k")) })
}

func polls(ctx context.Context, c client) error {
	if err := wait.PollInfinite(time.Second, func() (bool, error) { // want `wait.PollInfinite tries again after any failure of c.Get, .* use wait.PollUntilContextCancel`
		v, err := c.Get(ctx, "k")
		if err != nil {
			return false, nil
		}
		return v != "", nil
	}); err != nil {
		return err
	}
	return wait.PollImmediate(time.Second, time.Minute, func() (bool, error) {
		v, err := c.Get(ctx, "k")
		if err != nil {
			return false, err // it ends all
		}
		return v != "", nil
	})
}

func own(ctx context.Context, c client) {
	again(10, func() error { return c.Put(ctx, "k") }) // want `again tries again after any failure of c.Put, .* give it the context too`
	heeding(ctx, func() error { return c.Put(ctx, "k") })
	quick(func() error { return c.Put(ctx, "k") })
	picky(func() error { return c.Put(ctx, "k") })
	eachOf([]string{"a"}, func(key string) error { return c.Put(ctx, key) })
}

func again(n int, do func() error) (err error) {
	for range n {
		if err = do(); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}

func heeding(ctx context.Context, do func() error) (err error) {
	for {
		if err = do(); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}

func quick(do func() error) (err error) {
	for range 3 {
		if err = do(); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

func picky(do func() error) (err error) {
	for {
		if err = do(); err == nil || !temporary(err) {
			return err
		}
		time.Sleep(time.Second)
	}
}

func eachOf(keys []string, do func(string) error) {
	for _, key := range keys {
		if err := do(key); err != nil {
			fmt.Println(err)
		}
		time.Sleep(time.Second)
	}
}

func made(ctx context.Context, c client) {
	retry.Do(put(ctx, c)) // want `retry.Do tries again after any failure of c.Put`
	retry.Do(put(context.Background(), c))
}

func put(ctx context.Context, c client) func() error {
	return func() error { return c.Put(ctx, "k") }
}

func foreign(ctx context.Context, c client) {
	tries.Policy{Tries: 5}.Do("put", func() error { return c.Put(ctx, "k") }) // want `Do tries again after any failure of c.Put, .* give it the context too`
	tries.Policy{Tries: 5}.Do("put", func() error { return c.Put(context.Background(), "k") })
	tries.Once(func() error { return c.Put(ctx, "k") })
}
