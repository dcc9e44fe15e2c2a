package semaphore

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Two at a time, each of which gives back what it took.
func bounded(work func(int) error) {
	sem := semaphore.NewWeighted(2)
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if sem.Acquire(context.Background(), 1) != nil {
				return
			}
			defer sem.Release(1)
			_ = work(i)
		}()
	}
	wg.Wait()
}

// Who fails keeps its place, and the third one finds none.
func keptOnFailure(work func(int) error) {
	sem := semaphore.NewWeighted(2)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = sem.Acquire(context.Background(), 1) // want `sem.Acquire blocks for ever: on a path, what was acquired is not given back`
			if work(i) != nil {
				return
			}
			sem.Release(1)
		}()
	}
	wg.Wait()
}

// The caller's context ends the wait.
func untilCancelled(ctx context.Context, work func(int) error) error {
	sem := semaphore.NewWeighted(1)
	for i := range 3 {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		if err := work(i); err != nil {
			return err
		}
	}
	return nil
}

// All of it is taken to wait for the others: their goroutines give it back.
func drained(work func(int)) {
	sem := semaphore.NewWeighted(2)
	for i := range 2 {
		_ = sem.Acquire(context.Background(), 1)
		go func() {
			defer sem.Release(1)
			work(i)
		}()
	}
	_ = sem.Acquire(context.Background(), 2)
}

// It asks for more than there is while it holds some.
func tooMuch(work func()) {
	sem := semaphore.NewWeighted(2)
	_ = sem.Acquire(context.Background(), 1)
	work()
	_ = sem.Acquire(context.Background(), 2) // want `sem.Acquire blocks for ever`
	sem.Release(3)
}

// Whoever finds no room goes on without.
func tried(work func()) {
	sem := semaphore.NewWeighted(1)
	for range 3 {
		if sem.TryAcquire(1) {
			work()
		}
	}
}
