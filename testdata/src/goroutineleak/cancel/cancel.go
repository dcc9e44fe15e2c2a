package cancel

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"time"
)

var errPath = errors.New("no path")

type watcher struct {
	path   string
	cancel context.CancelFunc
}

// The object is dropped with the only cancel function, and its goroutine runs already.
func newWatcher(path string) (*watcher, error) {
	ctx, cancel := context.WithCancel(context.Background()) // want `CL2025: cancel is not called when the function returns at line 25: the goroutine started with it waits for ever; call cancel there`
	w := &watcher{path: path, cancel: cancel}
	go w.run(ctx)
	if path == "" {
		return nil, errPath
	}
	return w, nil
}

func (w *watcher) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.path += "."
		}
	}
}

func (w *watcher) Close() { w.cancel() }

// An option that fails has kept nothing.
func newWatcherWith(options ...func(*watcher) error) (*watcher, error) {
	ctx, cancel := context.WithCancel(context.Background()) // want `CL2025: cancel is not called when the function returns at line 51: whatever has the context is never told to stop`
	w := &watcher{cancel: cancel}
	for _, option := range options {
		if err := option(w); err != nil {
			return nil, err
		}
	}
	go w.run(ctx)
	return w, nil
}

func assignedToField(path string) (*watcher, error) {
	w := new(watcher)
	var ctx context.Context
	ctx, w.cancel = context.WithCancel(context.Background()) // want `CL2025: w.cancel is not called when the function returns at line 64: the goroutine started with it waits for ever`
	go w.run(ctx)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return w, nil
}

// The goroutine waits for the channel.
func watchDone(parent context.Context, poll func() bool) error {
	ctx, cancel := context.WithCancel(parent) // want `CL2025: cancel is not called when the function returns at line 75: the goroutine started with it waits until the parent context ends`
	go discard(ctx.Done())
	for range 3 {
		if !poll() {
			return errPath
		}
	}
	cancel()
	return nil
}

func discard(done <-chan struct{}) {
	<-done
	println("done")
}

func captured(parent context.Context, work func()) {
	ctx, cancel := context.WithCancel(parent) // want `CL2025: cancel is not called when the function returns: the goroutine started with it waits until the parent context ends; call cancel when the goroutine should end`
	_ = cancel
	var wg sync.WaitGroup
	wg.Go(work)
	go func() {
		<-ctx.Done()
		work()
	}()
	wg.Wait()
}

func inLoop(parent context.Context, urls []string, get func(context.Context, string) error) error {
	for _, url := range urls {
		ctx, cancel := context.WithTimeout(parent, time.Second) // want `CL2025: cancel is not called in each round of the loop: the context and its timer stay until the deadline`
		if err := get(ctx, url); err != nil {
			cancel()
			return err
		}
	}
	return nil
}

func untilInterrupt(ready chan struct{}) bool {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) // want `CL2025: stop is not called when the function returns at line 114: the signals stay caught`
	select {
	case <-ctx.Done():
		return false
	case <-ready:
		return true
	case <-time.After(time.Minute):
	}
	stop()
	return false
}

// A field that nobody reads.
type poller struct {
	stop context.CancelFunc
}

func newPoller(run func()) *poller {
	ctx, cancel := context.WithCancel(context.Background()) // want `CL2025: poller.stop is never called: the goroutine started with it waits for ever`
	go poll(ctx, run)
	return &poller{stop: cancel}
}

func poll(ctx context.Context, run func()) {
	for ctx.Err() == nil {
		run()
	}
}

// A helper that makes a context only where there is no deadline yet.
func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, nil
	}
	return context.WithTimeout(ctx, time.Second)
}

func viaHelper(ctx context.Context, get func(context.Context) error) error {
	ctx, cancel := withDeadline(ctx) // want `CL2025: cancel is not called when the function returns at line 151: the context and its timer stay until the deadline`
	if err := get(ctx); err != nil {
		return err
	}
	if cancel != nil {
		cancel()
	}
	return nil
}

// A service has its context in a field, and a goroutine from the middle of its constructor on.
type service struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newService(check ...func() error) (*service, error) {
	s := new(service)
	s.ctx, s.cancel = context.WithCancel(context.Background()) // want `CL2025: s.cancel is not called when the function returns at line 174: the goroutine started with it waits for ever`
	if len(check) == 0 {
		return nil, errPath
	}
	go s.loop()
	for _, check := range check {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *service) loop() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
			println("alive")
		}
	}
}

func (s *service) Close() { s.cancel() }

// The cancel function is nil where none was made.
func bounded(parent context.Context, timeout time.Duration) (ctx context.Context, cancel context.CancelFunc, err error) {
	if timeout < 0 {
		return nil, nil, errPath
	}
	if ctx = parent; timeout > 0 {
		ctx, cancel = context.WithTimeout(parent, timeout)
	}
	return ctx, cancel, nil
}

func boundedCall(parent context.Context, get func(context.Context) error) error {
	ctx, cancel, err := bounded(parent, time.Second) // want `CL2025: cancel is not called when the function returns`
	if err != nil {
		return err
	}
	_ = cancel
	return get(ctx)
}

type source struct{ cached bool }

// open always gives a context.
func (s *source) open(parent context.Context) (context.Context, context.CancelFunc, bool) {
	ctx, cancel := context.WithCancel(parent)
	if s.cached {
		return ctx, cancel, true
	}
	return ctx, cancel, false
}

// That it is not cached does not mean that there is nothing to cancel.
func (s *source) read(parent context.Context, get func(context.Context) error) error {
	ctx, cancel, cached := s.open(parent) // want `CL2025`
	if !cached {
		return nil
	}
	defer cancel()
	return get(ctx)
}

func thrownAway(done func()) {
	ctx, _ := context.WithCancel(context.Background()) // want `the cancel function is not called when the function returns: the goroutine started with it waits for ever; `
	go func() {
		<-ctx.Done()
		done()
	}()
}
