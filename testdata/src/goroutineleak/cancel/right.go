package cancel

import (
	"context"
	"io"
	"sync"
	"time"
)

func cancelledOnFailure(path string) (*watcher, error) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watcher{path: path, cancel: cancel}
	go w.run(ctx)
	if path == "" {
		cancel()
		return nil, errPath
	}
	return w, nil
}

func closedOnFailure(path string) (*watcher, error) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watcher{path: path, cancel: cancel}
	go w.run(ctx)
	if path == "" {
		w.Close()
		return nil, errPath
	}
	return w, nil
}

func closedByDefer(path string) (_ *watcher, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watcher{path: path, cancel: cancel}
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	go w.run(ctx)
	if path == "" {
		return nil, errPath
	}
	return w, nil
}

// The registry may close it.
func registered(path string, registry *sync.Map) (*watcher, error) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watcher{path: path, cancel: cancel}
	registry.Store(path, w)
	go w.run(ctx)
	if path == "" {
		return nil, errPath
	}
	return w, nil
}

// Supervised has a goroutine that closes it when quit says so.
func Supervised(path string, quit <-chan struct{}) (*watcher, error) {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watcher{path: path, cancel: cancel}
	go w.run(ctx)
	go func() {
		<-quit
		w.Close()
	}()
	if path == "" {
		return nil, errPath
	}
	return w, nil
}

// The same condition decides both.
func ifAsked(parent context.Context, timeout time.Duration, do func(context.Context) error) error {
	ctx := parent
	var cancel context.CancelFunc
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(parent, timeout)
	}
	err := do(ctx)
	if timeout > 0 {
		cancel()
	}
	return err
}

func ifMade(parent context.Context, bounded bool, do func(context.Context) error) error {
	ctx := parent
	var cancel context.CancelFunc
	if bounded {
		ctx, cancel = context.WithCancel(parent)
	}
	err := do(ctx)
	if cancel != nil {
		cancel()
	}
	return err
}

type body struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

func open(parent context.Context, get func(context.Context) (io.ReadCloser, error)) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(parent)
	rc, err := get(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return &body{rc, cancel}, nil
}

func afterTimer(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	time.AfterFunc(time.Second, cancel)
	return ctx
}

func endedByGoroutine(parent context.Context, work func(context.Context)) context.Context {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		defer cancel()
		work(ctx)
	}()
	return ctx
}

type set struct{ cancels []context.CancelFunc }

func (s *set) add(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	s.cancels = append(s.cancels, cancel)
	return ctx
}

func (s *set) end() {
	for _, cancel := range s.cancels {
		cancel()
	}
}

func viaHelperRight(ctx context.Context, get func(context.Context) error) error {
	ctx, cancel := withDeadline(ctx)
	if cancel != nil {
		defer cancel()
	}
	return get(ctx)
}

// The parent ends the child.
func nested(parent context.Context, get func(context.Context) error) error {
	outer, cancelOuter := context.WithCancel(parent)
	inner, cancelInner := context.WithCancel(outer)
	if err := get(inner); err != nil {
		cancelOuter()
		return err
	}
	cancelInner()
	cancelOuter()
	return nil
}

func deferredBefore(parent context.Context, get func(context.Context) error) error {
	var cancel context.CancelFunc
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	ctx, cancel2 := context.WithCancel(parent)
	cancel = cancel2
	return get(ctx)
}

// begin gives no context where the service is stopping already.
func (s *startup) begin(parent context.Context) (context.Context, context.CancelFunc, bool) {
	ctx, cancel := context.WithCancel(parent)
	if s.stopping {
		cancel()
		return nil, nil, false
	}
	return ctx, cancel, true
}

type startup struct{ stopping bool }

func (s *startup) run(parent context.Context, get func(context.Context) error) error {
	ctx, cancel, ok := s.begin(parent)
	if !ok {
		return nil
	}
	defer cancel()
	return get(ctx)
}

type labelled struct{ ctx context.Context }

// Nothing waits for this context, and nothing knows of it but who has it.
func neverCancelled() *labelled {
	l := &labelled{}
	l.ctx, _ = context.WithCancel(context.Background())
	return l
}
