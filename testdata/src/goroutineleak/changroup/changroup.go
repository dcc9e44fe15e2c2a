// Package changroup sends to the goroutines of an errgroup, which leave with the first error.
package changroup

import (
	"context"

	"golang.org/x/sync/errgroup"
)

type bucket interface {
	Iter(ctx context.Context, f func(name string) error) error
	Exists(ctx context.Context, name string) (bool, error)
}

// wrongContext asks the parent, which goes on when all workers have failed.
func wrongContext(ctx context.Context, b bucket) error {
	names := make(chan string, 4)
	var eg, groupCtx = errgroup.WithContext(ctx)
	for range 4 {
		eg.Go(func() error {
			for name := range names {
				if _, err := b.Exists(groupCtx, name); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := b.Iter(ctx, func(name string) error {
		select {
		case names <- name: // want `the send on names waits until ctx ends when the goroutines of the group, which receive, have all failed: that ends groupCtx only; select on its Done instead`
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	close(names)
	if err != nil {
		return err
	}
	return eg.Wait()
}

// wrongInLoop does it without a function in between, with a parent above the parent.
func wrongInLoop(ctx context.Context, b bucket, all []string) error {
	names := make(chan string)
	outer, cancel := context.WithCancel(ctx)
	defer cancel()
	eg, groupCtx := errgroup.WithContext(outer)
	eg.Go(func() error {
		for name := range names {
			if _, err := b.Exists(groupCtx, name); err != nil {
				return err
			}
		}
		return nil
	})
	for _, name := range all {
		select {
		case names <- name: // want `the send on names waits until ctx ends when`
		case <-ctx.Done():
			close(names)
			return ctx.Err()
		}
	}
	close(names)
	return eg.Wait()
}

// rightContext asks the group's.
func rightContext(ctx context.Context, b bucket, all []string) error {
	names := make(chan string)
	eg, groupCtx := errgroup.WithContext(ctx)
	eg.Go(func() error {
		for name := range names {
			if _, err := b.Exists(groupCtx, name); err != nil {
				return err
			}
		}
		return nil
	})
	for _, name := range all {
		select {
		case names <- name:
		case <-groupCtx.Done():
			close(names)
			return eg.Wait()
		}
	}
	close(names)
	return eg.Wait()
}

// workersStay take all names, whatever happens.
func workersStay(ctx context.Context, b bucket, all []string) error {
	names := make(chan string)
	eg, groupCtx := errgroup.WithContext(ctx)
	eg.Go(func() error {
		var first error
		for name := range names {
			if _, err := b.Exists(groupCtx, name); err != nil && first == nil {
				first = err
			}
		}
		return first
	})
	for _, name := range all {
		select {
		case names <- name:
		case <-ctx.Done():
			close(names)
			return ctx.Err()
		}
	}
	close(names)
	return eg.Wait()
}

// workersLeaveWithTheParent leave only when the context ends that the sender asks, too.
func workersLeaveWithTheParent(ctx context.Context, b bucket, all []string) error {
	names := make(chan string)
	eg, _ := errgroup.WithContext(ctx)
	eg.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case _, ok := <-names:
				if !ok {
					return nil
				}
			}
		}
	})
	for _, name := range all {
		select {
		case names <- name:
		case <-ctx.Done():
			close(names)
			return ctx.Err()
		}
	}
	close(names)
	return eg.Wait()
}

// oneReceiverStays does not belong to the group.
func oneReceiverStays(ctx context.Context, b bucket, all []string) error {
	names := make(chan string)
	eg, groupCtx := errgroup.WithContext(ctx)
	eg.Go(func() error {
		for name := range names {
			if _, err := b.Exists(groupCtx, name); err != nil {
				return err
			}
		}
		return nil
	})
	go func() {
		for range names {
		}
	}()
	for _, name := range all {
		select {
		case names <- name:
		case <-ctx.Done():
			close(names)
			return ctx.Err()
		}
	}
	close(names)
	return eg.Wait()
}
