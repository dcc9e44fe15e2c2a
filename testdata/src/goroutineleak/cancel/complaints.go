package cancel

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
)

// What users of gosec's G118 reported as false within a week of its release: the cancel function has another owner.

// goyek#572: both results go into fields.
type task struct {
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}
}

func (t *task) start(parent context.Context) {
	t.ctx, t.cancel = context.WithCancel(parent)
	go t.wait()
}

func (t *task) wait() {
	defer close(t.done)
	<-t.ctx.Done()
}

func (t *task) stop() {
	t.cancel()
	<-t.done
}

// The same, and nobody ever calls it.
type endless struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (e *endless) start() {
	e.ctx, e.cancel = context.WithCancel(context.Background()) // want `CL2025: endless.cancel is never called: the goroutine started with it waits for ever`
	go e.wait()
}

func (e *endless) wait() { <-e.ctx.Done() }

// gosec#1590: a goroutine calls it.
func inGoroutine(parent context.Context, interrupted <-chan os.Signal, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		<-interrupted
		cancel()
	}()
	return work(ctx)
}

// gosec#1591: returned in a struct, and in a struct by value.
type session struct {
	ctx context.Context
	end context.CancelFunc
}

func newSession(parent context.Context) *session {
	ctx, cancel := context.WithCancel(parent)
	return &session{ctx: ctx, end: cancel}
}

func newSessionValue(parent context.Context) session {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	s := session{ctx: ctx}
	s.end = cancel
	return s
}

func (s *session) close() { s.end() }

// gosec#1595: who has the object cancels.
func (t *task) restart(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	t.cancel = cancel
	go func() {
		defer close(t.done)
		<-ctx.Done()
	}()
}

// gosec#1601: a variable of the package.
var (
	rootCtx    context.Context
	rootCancel context.CancelFunc
)

func openRoot() {
	rootCtx, rootCancel = context.WithCancel(context.Background())
	go func() { <-rootCtx.Done() }()
}

func shut() { rootCancel() }

// gosec#1584: a chain of functions that end the program, the last first.
type program struct{ ends []func() error }

func (p *program) onEnd(end func() error) { p.ends = append(p.ends, end) }

func (p *program) run(serve func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	p.onEnd(func() error {
		cancel()
		return nil
	})
	go serve(ctx)
}

func (p *program) end() (err error) {
	for i := len(p.ends) - 1; i >= 0; i-- {
		err = errors.Join(err, p.ends[i]())
	}
	return err
}

// It is kept in a map or a channel, or is a value of an interface.
type sessions struct {
	mu   sync.Mutex
	open map[string]context.CancelFunc
	all  sync.Map
	ends chan context.CancelFunc
}

func (s *sessions) add(parent context.Context, id string) context.Context {
	ctx, cancel := context.WithCancel(parent)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[id] = cancel
	return ctx
}

func (s *sessions) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel, ok := s.open[id]; ok {
		cancel()
		delete(s.open, id)
	}
}

func (s *sessions) addAny(parent context.Context, id string) context.Context {
	ctx, cancel := context.WithCancel(parent)
	s.all.Store(id, cancel)
	return ctx
}

func (s *sessions) send(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	s.ends <- cancel
	return ctx
}

// The function that is returned calls it.
func stopper(parent context.Context, work func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(parent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// Nobody knows what a function that is passed in does with it.
func handedOut(parent context.Context, keep func(context.CancelFunc)) context.Context {
	ctx, cancel := context.WithCancel(parent)
	keep(cancel)
	return ctx
}

// The loop goes on only by way of an error; the deferred call comes once.
func firstOf(parent context.Context, urls []string, get func(context.Context, string) error) error {
	for _, url := range urls {
		if url == "" {
			continue
		}
		ctx, cancel := context.WithTimeout(parent, time.Second)
		defer cancel()
		return get(ctx, url)
	}
	return errPath
}

// A fan-out that answers as soon as enough peers have: the others may finish within the timeout, which ends the context by
// itself. Only a failure cuts them short.
func fanOut(parent context.Context, peers []string, quorum int, forward func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), time.Second)
	var failed error
	defer func() {
		if failed != nil {
			cancel()
		}
	}()
	answers := make(chan error, len(peers))
	for _, peer := range peers {
		go func() { answers <- forward(ctx, peer) }()
	}
	for range quorum {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-answers:
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// The context outlives the function that made it, and only a failure ends it there.
func handshake(parent context.Context, greet func(context.Context) error) (context.Context, context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(parent)
	if err := greet(ctx); err != nil {
		cancel()
		return nil, nil, err
	}
	return ctx, cancel, nil
}
