package chanlost

import (
	"context"
	"io"
	"time"
)

// Nobody closes what looks like a way out.
type reader struct {
	data   chan int
	closed chan struct{}
}

func NewReader() *reader { return &reader{data: make(chan int), closed: make(chan struct{})} }

func (r *reader) Put(n int) { r.data <- n }

func (r *reader) Read() (int, bool) {
	select {
	case n := <-r.data:
		return n, true
	case <-r.closed: // want `CL1003: this case is never taken: nothing ever sends on r.closed or closes it`
		return 0, false
	}
}

// Close closes it.
type closer struct {
	data   chan int
	closed chan struct{}
}

func NewCloser() *closer { return &closer{data: make(chan int), closed: make(chan struct{})} }

func (r *closer) Put(n int) {
	select {
	case r.data <- n:
	case <-r.closed:
	}
}

func (r *closer) Read() (int, bool) {
	select {
	case n := <-r.data:
		return n, true
	case <-r.closed:
		return 0, false
	}
}

func (r *closer) Close() { close(r.closed) }

// Handed out, and never closed.
type cache struct {
	synced chan struct{}
}

func NewCache() *cache {
	return &cache{synced: make(chan struct{})} // want `CL1002: who receives from the channel that cache.Synced returns waits for ever: nothing ever sends on synced or closes it`
}

func (c *cache) Synced() <-chan struct{} { return c.synced }

// Handed out and waited for.
type loader struct {
	ready chan struct{}
}

func NewLoader() *loader { return &loader{ready: make(chan struct{})} }

func (l *loader) Ready() <-chan struct{} { return l.ready }

func (l *loader) Wait() {
	<-l.ready // want `CL1002: the receive from l.ready waits for ever`
}

// Who gets it may close it.
type open struct {
	ready chan struct{}
}

func NewOpen() *open { return &open{ready: make(chan struct{})} }

func (o *open) Ready() chan struct{} { return o.ready }

func (o *open) Wait(other chan int) {
	select {
	case <-o.ready:
	case <-other:
	}
}

// A channel that stays nil, or is a timer's, switches a case off and on.
func switched(in <-chan int, limit time.Duration) int {
	var late <-chan time.Time
	if limit > 0 {
		late = time.After(limit)
	}
	select {
	case n := <-in:
		return n
	case <-late:
		return 0
	}
}

// Who asks is always told the same.
type asked struct{ stopped chan struct{} }

func NewAsked() *asked { return &asked{stopped: make(chan struct{})} }

func (a *asked) Stopped() bool {
	select {
	case <-a.stopped: // want `CL1003: this case is never taken: nothing ever sends on a.stopped or closes it, so that the answer is always the same`
		return true
	default:
		return false
	}
}

// Work to heat a processor, on purpose without an end.
func heat(n int) {
	done := make(chan int)
	for range n {
		go func() {
			for {
				select {
				case <-done:
					return
				default:
				}
			}
		}()
	}
}

// The context is not heard.
type shards struct {
	started chan struct{}
	out     chan int
}

func NewShards() *shards { return &shards{started: make(chan struct{}), out: make(chan int)} }

func (s *shards) Start() { close(s.started) }

func (s *shards) Out() <-chan int { return s.out }

func (s *shards) WaitStarted(ctx context.Context) bool {
	select {
	case <-s.started: // want `CL1003: shards.WaitStarted waits for s.started and does not notice when ctx is cancelled`
		return true
	}
}

func (s *shards) Send(ctx context.Context, n int) {
	s.out <- n // want `CL1003: shards.Send waits for s.out and does not notice when ctx is cancelled`
}

func (s *shards) WaitHeard(ctx context.Context) bool {
	select {
	case <-s.started:
		return true
	case <-ctx.Done():
		return false
	}
}

// It says that it does not listen.
func (s *shards) WaitDeaf(_ context.Context) { <-s.started }

// And so does it without a name.
func (s *shards) WaitNameless(context.Context, int) { <-s.started }

type key struct{}

func nameFrom(ctx context.Context) string { s, _ := ctx.Value(key{}).(string); return s }

// A name for the log says nothing about the end.
func (s *shards) WaitNamed(ctx context.Context) string {
	name := nameFrom(ctx)
	<-s.started // want `CL1003: shards.WaitNamed waits for s.started and does not notice when ctx is cancelled`
	return name
}

func check(ctx context.Context) error { return ctx.Err() }

// A question whether all is over is one.
func (s *shards) WaitChecked(ctx context.Context) {
	if check(ctx) != nil {
		return
	}
	<-s.started
}

// Another function listens.
func (s *shards) WaitOther(ctx context.Context) {
	watch(ctx, s.started)
	<-s.started
}

func watch(ctx context.Context, ch chan struct{}) {
	select {
	case <-ctx.Done():
	case <-ch:
	}
}

// A loop over a channel ends when that is closed.
func (s *shards) Drain(ctx context.Context, in <-chan int) {
	for range in {
	}
}

// Its own goroutine answers.
func (s *shards) Sum(ctx context.Context, in []int) int {
	sum := make(chan int, 1)
	go func() {
		total := 0
		for _, n := range in {
			total += n
		}
		sum <- total
	}()
	return <-sum
}

// Who takes the question has the channel of the answer.
type handler struct{ reload chan chan error }

func NewHandler() *handler { return &handler{reload: make(chan chan error)} }

func (h *handler) Reloads() <-chan chan error { return h.reload }

func (h *handler) Reload() error {
	answer := make(chan error)
	h.reload <- answer
	return <-answer
}

// A channel like those of others, by way of an interface.
type checker interface{ Done() <-chan struct{} }

type registration struct {
	synced  chan struct{}
	handles []checker
}

func NewRegistration(handles []checker) checker {
	r := &registration{
		synced:  make(chan struct{}), // want `CL1002: who receives from the channel that registration.Done returns waits for ever`
		handles: handles,
	}
	go func() {
		for _, h := range r.handles {
			<-h.Done()
		}
	}()
	return r
}

func (r *registration) Done() <-chan struct{} { return r.synced }

type registered struct {
	synced  chan struct{}
	handles []checker
}

func NewRegistered(handles []checker) checker {
	r := &registered{synced: make(chan struct{}), handles: handles}
	go func() {
		for _, h := range r.handles {
			<-h.Done()
		}
		close(r.synced)
	}()
	return r
}

func (r *registered) Done() <-chan struct{} { return r.synced }

// A hook on which tests send.
type observed struct {
	seen chan int
	in   chan int
	stop chan struct{}
}

func NewObserved() *observed {
	o := &observed{seen: make(chan int), in: make(chan int), stop: make(chan struct{})}
	go o.run()
	return o
}

func (o *observed) run() {
	for {
		select {
		case <-o.seen:
		case <-o.in:
		case <-o.stop:
			return
		}
	}
}

func (o *observed) Put(n int) {
	select {
	case o.in <- n:
	case <-o.stop:
	}
}

func (o *observed) Close() { close(o.stop) }

type transfer struct {
	pipe   *io.PipeWriter
	cancel context.CancelFunc
	over   chan struct{}
}

// finish asks the other side to end, and waits for its answer.
func (t *transfer) finish(ctx context.Context) error {
	err := t.pipe.Close()
	<-t.over
	return err
}

// abort cancels what it waits for.
func (t *transfer) abort(ctx context.Context) {
	t.cancel()
	<-t.over
}

func (t *transfer) run(copy func()) {
	defer close(t.over)
	copy()
}
