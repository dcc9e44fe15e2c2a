package stopclient

import (
	"context"
	"sync"
	"time"
)

// A close reaches the goroutine wherever it is.
type closed struct {
	once sync.Once
	stop chan struct{}
	done chan struct{}
}

func newClosed(read func() error) *closed {
	c := &closed{stop: make(chan struct{}), done: make(chan struct{})}
	go c.loop(read)
	return c
}

func (c *closed) loop(read func() error) {
	defer close(c.done)
	for {
		select {
		case <-c.stop:
			return
		default:
		}
		if err := read(); err != nil {
			return
		}
	}
}

func (c *closed) Close() {
	c.once.Do(func() { close(c.stop) })
	<-c.done
}

// The stop channel has room.
type roomy struct{ stop chan struct{} }

func newRoomy(read func() error) *roomy {
	r := &roomy{stop: make(chan struct{}, 1)}
	go func() {
		for {
			select {
			case <-r.stop:
				return
			default:
			}
			if read() != nil {
				return
			}
		}
	}()
	return r
}

func (r *roomy) Stop() { r.stop <- struct{}{} }

// Nobody is told who does not listen.
type offered struct{ stop chan struct{} }

func newOffered(read func() error) *offered {
	o := &offered{stop: make(chan struct{})}
	go func() {
		for {
			select {
			case <-o.stop:
				return
			default:
			}
			if read() != nil {
				return
			}
		}
	}()
	return o
}

func (o *offered) Stop() {
	select {
	case o.stop <- struct{}{}:
	default:
	}
}

// Close gives up after a while.
type patient struct {
	quit, done chan struct{}
}

func newPatient(dial func() error) *patient {
	p := &patient{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		if dial() != nil {
			return
		}
		<-p.quit
		close(p.done)
	}()
	return p
}

func (p *patient) Close() {
	close(p.quit)
	select {
	case <-p.done:
	case <-time.After(time.Second):
	}
}

// The goroutine always answers, whatever made it leave.
type deferred struct {
	quit chan struct{}
	err  chan error
}

func newDeferred(dial func() error) *deferred {
	d := &deferred{quit: make(chan struct{}), err: make(chan error, 1)}
	go func() {
		var err error
		defer func() { d.err <- err }()
		if err = dial(); err != nil {
			return
		}
		<-d.quit
	}()
	return d
}

func (d *deferred) Close() error {
	close(d.quit)
	return <-d.err
}

// A producer that waits for the end, too.
type producer struct {
	items chan int
	ctx   context.Context
	end   context.CancelFunc
	wg    sync.WaitGroup
}

func newProducer(ctx context.Context, read func() int) *producer {
	p := &producer{items: make(chan int)}
	p.ctx, p.end = context.WithCancel(ctx)
	p.wg.Go(func() {
		for {
			select {
			case p.items <- read():
			case <-p.ctx.Done():
				return
			}
		}
	})
	return p
}

func (p *producer) Next() (int, bool) {
	select {
	case v := <-p.items:
		return v, true
	case <-p.ctx.Done():
		return 0, false
	}
}

func (p *producer) Close() {
	p.end()
	p.wg.Wait()
}

// The values are the user's: what comes after Close is read until the channel is closed.
type Watcher struct {
	events chan int
	quit   chan struct{}
}

func NewWatcher(read func() int) *Watcher { // want NewWatcher:`starts a goroutine until Close`
	w := &Watcher{events: make(chan int), quit: make(chan struct{})}
	go func() {
		defer close(w.events)
		for {
			select {
			case <-w.quit:
				return
			default:
			}
			w.events <- read()
		}
	}()
	return w
}

func (w *Watcher) Events() <-chan int { return w.events }

func (w *Watcher) Close() { close(w.quit) }

// Close drains what is left.
type drained struct {
	items chan int
	quit  chan struct{}
}

func newDrained(read func() int) *drained {
	d := &drained{items: make(chan int), quit: make(chan struct{})}
	go func() {
		defer close(d.items)
		for {
			select {
			case <-d.quit:
				return
			default:
			}
			d.items <- read()
		}
	}()
	return d
}

func (d *drained) Take() (int, bool) { v, ok := <-d.items; return v, ok }

func (d *drained) Close() {
	close(d.quit)
	for range d.items {
	}
}

// The goroutine is told to stop by one method, and everything is over with another.
type twoSteps struct {
	work chan int
	quit chan struct{}
}

func newTwoSteps() *twoSteps {
	t := &twoSteps{work: make(chan int), quit: make(chan struct{})}
	go func() {
		for range t.work {
		}
		<-t.quit
	}()
	return t
}

func (t *twoSteps) CloseSend() { close(t.work) }

func (t *twoSteps) Close() {
	t.CloseSend()
	close(t.quit)
}

// What a stream waits for comes from the connection that it belongs to.
type conn struct {
	streams []*stream
}

type stream struct {
	data   chan int
	closed chan struct{}
}

func (c *conn) newStream() *stream {
	s := newStream()
	c.streams = append(c.streams, s)
	return s
}

func newStream() *stream { return &stream{data: make(chan int), closed: make(chan struct{})} }

func (s *stream) Read() int { return <-s.data }

func (s *stream) CloseWrite() { close(s.closed) }

func (c *conn) handle(i, v int) { c.streams[i].data <- v }

// A second call of Close finds the flag.
type flagged struct {
	mu     sync.Mutex
	closed bool
	quit   chan struct{}
	done   chan struct{}
}

func newFlagged() *flagged {
	f := &flagged{quit: make(chan struct{}), done: make(chan struct{})}
	go f.run()
	return f
}

func (f *flagged) run() {
	defer close(f.done)
	<-f.quit
}

func (f *flagged) Close() error {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return nil
	}
	f.closed = true
	f.mu.Unlock()
	close(f.quit)
	<-f.done
	return nil
}

// Its users say how many there are, and when each is done.
type throttle struct {
	wg  sync.WaitGroup
	sem chan struct{}
}

func newThrottle() *throttle { return &throttle{sem: make(chan struct{}, 2)} }

func (t *throttle) Do() {
	t.sem <- struct{}{}
	t.wg.Add(1)
}

func (t *throttle) Done() {
	<-t.sem
	t.wg.Done()
}

func (t *throttle) Finish() {
	t.wg.Wait()
	for range 2 {
		t.sem <- struct{}{}
	}
}

// Who asks waits for the end, too.
type job struct {
	n     int
	reply chan int
}

type answering struct {
	requests chan job
	quit     chan struct{}
}

func newAnswering() *answering {
	a := &answering{requests: make(chan job, 4), quit: make(chan struct{})}
	go a.serve()
	return a
}

func (a *answering) serve() {
	for {
		select {
		case r := <-a.requests:
			r.reply <- 2 * r.n
		case <-a.quit:
			return
		}
	}
}

func (a *answering) Double(n int) int {
	r := job{n: n, reply: make(chan int, 1)}
	select {
	case a.requests <- r:
	case <-a.quit:
		return 0
	}
	select {
	case v := <-r.reply:
		return v
	case <-a.quit:
		return 0
	}
}

func (a *answering) Stop() { close(a.quit) }
