package cancel

import "context"

func call(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// The goroutine that has cancel forgets it on one of its ways.
func post(stop chan struct{}) error {
	done := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background()) // want `CL2025: cancel is not called when the goroutine that has it returns at line \d+`
	go func() {
		select {
		case <-done:
			cancel()
		case <-stop:
		}
	}()
	err := call(ctx)
	done <- struct{}{}
	return err
}

// It calls it on both.
func postRight(stop chan struct{}) error {
	done := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-done:
			cancel()
		case <-stop:
			cancel()
		}
	}()
	err := call(ctx)
	done <- struct{}{}
	return err
}

// Where the context is done already, there is nothing to cancel.
func postDone(parent context.Context, stop chan struct{}) error {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		select {
		case <-ctx.Done():
		case <-stop:
			cancel()
		}
	}()
	return call(ctx)
}

// Others have it, too.
func postBoth(stop chan struct{}) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return call(ctx)
}
