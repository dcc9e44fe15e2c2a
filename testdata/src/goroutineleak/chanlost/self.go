package chanlost

import (
	"context"
	"sync"
)

// A semaphore without room: who comes first waits for itself.
type limiter struct {
	slots chan struct{}
}

func NewLimiter() *limiter { return &limiter{slots: make(chan struct{})} }

func (l *limiter) Do(f func()) {
	l.slots <- struct{}{} // want `CL1001: the send on l.slots waits for ever: l.slots has no buffer, and all that receive from it do so only after they have sent`
	defer func() { <-l.slots }()
	f()
}

func (l *limiter) Go(f func()) {
	l.slots <- struct{}{}
	go func() {
		f()
		<-l.slots
	}()
}

// One with room.
type roomy struct {
	slots chan struct{}
}

func NewRoomy(n int) *roomy { return &roomy{slots: make(chan struct{}, n)} }

func (l *roomy) Do(f func()) {
	l.slots <- struct{}{}
	defer func() { <-l.slots }()
	f()
}

// Somebody else receives.
type handed struct {
	turns chan struct{}
}

func NewHanded() *handed {
	h := &handed{turns: make(chan struct{})}
	go func() {
		for range 10 {
			<-h.turns
		}
	}()
	return h
}

func (h *handed) Do(f func()) {
	h.turns <- struct{}{}
	f()
}

// A pool that is filled by who makes it, without room.
type pool struct{ free chan []byte }

func NewPool(n int) *pool {
	p := &pool{free: make(chan []byte)}
	for range n {
		p.free <- make([]byte, 1024) // want `CL1001: NewPool blocks for ever sending on p.free: it has just made p.free, without a buffer, and nobody else has it yet`
	}
	return p
}

func (p *pool) Get(ctx context.Context) []byte {
	select {
	case b := <-p.free:
		return b
	case <-ctx.Done():
		return nil
	}
}

// With room.
func NewPoolRoomy(n int) *pool {
	p := &pool{free: make(chan []byte, n)}
	for range n {
		p.free <- make([]byte, 1024)
	}
	return p
}

// Somebody takes what is put in.
func NewPoolServed(n int, use func([]byte)) *pool {
	p := &pool{free: make(chan []byte)}
	go func() {
		for range n {
			use(<-p.free)
		}
	}()
	for range n {
		p.free <- make([]byte, 1024)
	}
	return p
}

// Nothing closes the samples, and Close has something left to do.
type samples struct {
	mu  sync.Mutex
	in  chan int
	all []int
}

func NewSamples(n int) *samples { return &samples{in: make(chan int, n)} }

func (s *samples) Add(n int) { s.in <- n }

func (s *samples) Finish() {
	for n := range s.in { // want `CL1002: the loop over s.in never ends, so that samples.Finish does not get to what comes after it: nothing closes s.in`
		s.all = append(s.all, n)
	}
	s.mu.Lock()
	s.mu.Unlock()
}

// A goroutine that would say goodbye.
type daemon struct{ in chan int }

var only = func() *daemon {
	d := &daemon{in: make(chan int)}
	go d.loop()
	return d
}()

func (d *daemon) loop() {
	for range d.in {
	}
	report()
}

func Tell(n int) { only.in <- n }

// A method that is there to go on until the process ends.
type server struct{ in chan int }

func NewServer() *server { return &server{in: make(chan int)} }

func (s *server) Add(n int) { s.in <- n }

func (s *server) Run() {
	for range s.in {
	}
}

// What is taken is never given back.
type taken struct{ slots chan struct{} }

func NewTaken(n int) *taken { return &taken{slots: make(chan struct{}, n)} }

func (t *taken) Do(f func()) {
	t.slots <- struct{}{} // want `CL1001: the send on t.slots waits for ever, once its room is filled: nothing ever receives from t.slots`
	f()
}

// One value fits.
type noted struct{ failed chan error }

func start() *noted {
	n := &noted{failed: make(chan error, 1)}
	n.failed <- nil
	return n
}

var _ = start
