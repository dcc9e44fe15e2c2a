// Package lockwait has functions that wait with a lock held for goroutines that need it.
package lockwait

import (
	"sync"
	"time"
)

type poller struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	stop chan struct{}
	last time.Time
}

func (p *poller) start() {
	p.wg.Add(1)
	go p.run()
}

func (p *poller) run() {
	defer p.wg.Done()
	for {
		select {
		case <-p.stop:
			return
		case now := <-time.After(time.Second):
			p.set(now)
		}
	}
}

func (p *poller) set(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = now
}

func (p *poller) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.stop)
	p.wg.Wait() // want `CL1008: p\.wg\.Wait waits with p\.mu held for a goroutine that needs p\.mu itself \(line \d+\) before it can call p\.wg\.Done`
}

func (p *poller) StopAfterwards() {
	p.mu.Lock()
	close(p.stop)
	p.mu.Unlock()
	p.wg.Wait()
}

type server struct {
	mu   sync.Mutex
	done chan struct{}
	n    int
}

func (s *server) start() {
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		s.mu.Lock()
		s.n++
		s.mu.Unlock()
	}()
}

func (s *server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait() // want `CL1008: s\.wait, called with s\.mu held, waits for a goroutine that needs s\.mu itself`
}

func (s *server) wait() { <-s.done }

func local(inputs []int) int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	sum := 0
	mu.Lock()
	for _, n := range inputs {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			sum += n
		})
	}
	wg.Wait() // want `CL1008: wg\.Wait waits with mu held`
	mu.Unlock()
	return sum
}

type events struct {
	mu  sync.Mutex
	out chan int
	n   int
}

func newEvents() *events {
	e := &events{out: make(chan int)}
	go e.loop()
	return e
}

func (e *events) loop() {
	for v := range e.out {
		e.mu.Lock()
		e.n += v
		e.mu.Unlock()
	}
}

func (e *events) publish(v int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.out <- v // want `CL1008: the send on e\.out waits with e\.mu held`
}

func (e *events) offer(v int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	select {
	case e.out <- v:
	default:
	}
}

// What follows is right: the goroutines do not need the lock of the one who waits.

type quiet struct {
	mu sync.Mutex
	wg sync.WaitGroup
}

func (q *quiet) run() {
	q.wg.Add(1)
	go func() {
		defer q.wg.Done()
		time.Sleep(time.Second)
	}()
}

func (q *quiet) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wg.Wait()
}
