// Package library has types whose objects start goroutines.
package library

import (
	"context"
	"log"
	"sync"
	"time"
)

// Cache has no way to end its goroutine.
type Cache struct {
	mu    sync.Mutex
	items map[string]time.Time
	once  sync.Once
}

func NewCache() *Cache { // want NewCache:`starts \(\*Cache\).expire \(for\)`
	c := &Cache{items: make(map[string]time.Time)}
	go c.expire() // want `CL1022: each Cache starts a goroutine that nothing can end: .for. in \(\*Cache\).expire has no way out`
	return c
}

func (c *Cache) expire() {
	for {
		time.Sleep(time.Second)
		c.mu.Lock()
		clear(c.items)
		c.mu.Unlock()
	}
}

// Dialer starts it at its first use.
type Dialer struct {
	once  sync.Once
	addrs map[string]time.Time
}

func (d *Dialer) Dial(addr string) { // want Dial:`starts \(\*Dialer\).clean \(for\) once for 1`
	d.once.Do(func() {
		d.addrs = make(map[string]time.Time)
		go d.clean() // want `CL1022: each Dialer starts a goroutine`
	})
}

func (d *Dialer) clean() {
	for {
		time.Sleep(time.Second)
		clear(d.addrs)
	}
}

// Pool ends its goroutine.
type Pool struct{ done chan struct{} }

func NewPool() *Pool {
	p := &Pool{done: make(chan struct{})}
	go p.run()
	return p
}

func (p *Pool) run() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-p.done:
			return
		}
	}
}

func (p *Pool) Close() { close(p.done) }

// Uploader has a Close that forgets the goroutine.
type Uploader struct {
	queue chan string
	mu    sync.Mutex
}

func NewUploader() *Uploader { // want NewUploader:`starts \(\*Uploader\).flush \(for range time.Tick\(time.Second\)\)`
	u := &Uploader{queue: make(chan string, 16)}
	go u.flush() // want `CL1023: \(\*Uploader\).Close does not end this goroutine: .for range time.Tick\(time.Second\). in \(\*Uploader\).flush has no way out`
	return u
}

func (u *Uploader) flush() {
	for range time.Tick(time.Second) {
		u.mu.Lock()
		log.Print(len(u.queue))
		u.mu.Unlock()
	}
}

func (u *Uploader) Close() { close(u.queue) }

// Sampler is started by those who have it: that is their decision.
type Sampler struct{ n int }

func NewSampler() *Sampler { return new(Sampler) }

func (s *Sampler) Start() { // want Start:`starts the function literal \(for\)`
	go func() {
		for {
			time.Sleep(time.Second)
			s.n++
		}
	}()
}

// Once for the package.

type registry struct{ names []string }

func newRegistry() *registry {
	r := new(registry)
	go func() {
		for range time.Tick(time.Hour) {
			r.names = nil
		}
	}()
	return r
}

func (r *registry) Close() {}

var names = newRegistry()

var clock = sync.OnceValue(func() *Cache { return NewCache() })

func Watch(f func()) { // want Watch:`starts the function literal \(for range time.Tick\(time.Second\)\)`
	go func() {
		for range time.Tick(time.Second) {
			f()
		}
	}()
}

func Go(f func()) { // want Go:`spawns 0`
	go func() {
		defer func() { _ = recover() }()
		f()
	}()
}

func Loop() { // want Loop:`loops for`
	for {
		time.Sleep(time.Second)
		log.Print(names.names, clock())
	}
}

// Feed waits for a channel that nobody closes.
type Feed struct {
	done  chan struct{}
	count int
}

func NewFeed() *Feed { // want NewFeed:`starts \(\*Feed\).run \(for\)`
	f := &Feed{done: make(chan struct{})}
	go f.run() // want `CL1023: \(\*Feed\).Close does not end this goroutine: .for. in \(\*Feed\).run has no way out, because nobody closes done or sends to it`
	return f
}

func (f *Feed) run() {
	for {
		select {
		case <-time.After(time.Second):
			f.count++
		case <-f.done:
			return
		}
	}
}

func (f *Feed) Done() <-chan struct{} { return f.done }

func (f *Feed) Close() { f.count = 0 }

// Stream's channel is closed through a variable.
type Stream struct {
	done  chan struct{}
	count int
}

func NewStream() *Stream {
	s := &Stream{done: make(chan struct{})}
	go s.run()
	return s
}

func (s *Stream) run() {
	for {
		select {
		case <-time.After(time.Second):
			s.count++
		case <-s.done:
			return
		}
	}
}

func (s *Stream) Close() {
	done := s.done
	s.done = nil
	close(done)
}

// Link's channel comes from elsewhere, and Hub's is given away.
type Link struct{ done chan struct{} }

func NewLink(done chan struct{}) *Link {
	l := &Link{done: done}
	go func() {
		for {
			select {
			case <-time.After(time.Second):
				log.Print("tick")
			case <-l.done:
				return
			}
		}
	}()
	return l
}

func (l *Link) Close() {}

type Hub struct{ done chan struct{} }

func NewHub(register func(chan struct{})) *Hub {
	h := &Hub{done: make(chan struct{})}
	register(h.done)
	go func() {
		for {
			select {
			case <-time.After(time.Second):
				log.Print("tick")
			case <-h.done:
				return
			}
		}
	}()
	return h
}

func (h *Hub) Close() {}

// Contexts.

func Refresh(ctx context.Context, load func(context.Context) error) { // want Refresh:`starts the function literal \(for\)`
	go func() { // want `CL1025: the goroutine goes on for ever after ctx is cancelled: .for. in the function literal has no way out`
		for {
			time.Sleep(time.Minute)
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			if err := load(ctx); err != nil {
				log.Print(err)
			}
			cancel()
		}
	}()
}

func poll(ctx context.Context) {
	for range time.Tick(time.Minute) {
		log.Print("poll")
	}
}

func Poll(ctx context.Context) { // want Poll:`starts poll \(for range time.Tick\(time.Minute\)\)`
	go poll(ctx) // want `CL1025: the goroutine goes on for ever after ctx is cancelled: .for range time.Tick\(time.Minute\). in poll has no way out`
}

func PollForEver() { // want PollForEver:`starts poll`
	go poll(context.Background())
}

// The context is for the start alone.
func Start(ctx context.Context, prepare func(context.Context)) { // want Start:`starts the function literal`
	prepare(ctx)
	go func() {
		for range time.Tick(time.Minute) {
			log.Print("tick")
		}
	}()
}

func RefreshRight(ctx context.Context, load func(context.Context) error) { // want RefreshRight:`spawns 1`
	go func() {
		for {
			if err := load(ctx); err != nil {
				return
			}
			time.Sleep(time.Minute)
		}
	}()
}

// Serve is run by others.
func (f *Feed) Serve(ctx context.Context) error { // want Serve:`loops for`
	for { // want `CL1025: \(\*Feed\).Serve never returns, not even when ctx is cancelled: .for. in \(\*Feed\).Serve has no way out`
		time.Sleep(time.Second)
		f.count++
	}
}

func (f *Feed) ServeRight(ctx context.Context) error {
	for {
		select {
		case <-time.After(time.Second):
			f.count++
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (f *Feed) ServeUntil(ctx context.Context) error {
	for ctx.Err() == nil {
		time.Sleep(time.Second)
		f.count++
	}
	return ctx.Err()
}

// Nobody says that it ends.
func (f *Feed) ServeForEver(_ context.Context) error { // want ServeForEver:`loops for`
	for {
		time.Sleep(time.Second)
		f.count++
	}
}

// Gauge starts its goroutine in a method that the constructor calls.
type Gauge struct{ n int }

func NewGauge(report bool) *Gauge { // want NewGauge:`starts the function literal`
	g := new(Gauge)
	if report {
		g.report()
	}
	return g
}

func (g *Gauge) report() {
	go func() { // want `CL1022: each Gauge starts a goroutine`
		for range time.Tick(time.Minute) {
			log.Print(g.n)
		}
	}()
}

// keeper is made and started by another type.
type keeper struct{ stopped bool }

func (k *keeper) run() {
	for {
		time.Sleep(time.Second)
		log.Print(k.stopped)
	}
}

func (k *keeper) stop() { k.stopped = true }

type Tokens struct{ keeper *keeper }

func (t *Tokens) Enable() { // want Enable:`starts \(\*keeper\).run`
	t.keeper = new(keeper)
	go t.keeper.run() // want `CL1023: \(\*keeper\).stop does not end this goroutine`
}

func (t *Tokens) Disable() { t.keeper.stop() }
