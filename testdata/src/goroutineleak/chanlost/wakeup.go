// Package chanlost has waits for what is lost or never comes: signals that are dropped, channels that nobody closes,
// contexts that nobody listens to. Beside them are those that are right.
package chanlost

import (
	"os"
	"os/signal"
	"sync"
	"time"
)

// A queue wakes its worker. A signal that comes while the worker is busy is lost.
type queue struct {
	mu    sync.Mutex
	items []int
	wake  chan struct{}
	stop  chan struct{}
}

func NewQueue() *queue {
	q := &queue{wake: make(chan struct{}), stop: make(chan struct{})}
	go q.work()
	return q
}

func (q *queue) Put(n int) {
	q.mu.Lock()
	q.items = append(q.items, n)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) take() []int {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}

func (q *queue) work() {
	for {
		for range q.take() {
		}
		select {
		case <-q.wake: // want `CL1002: queue.work can wait for ever for q.wake: the signal is sent only if somebody receives at that moment \(line 31\), .* make q.wake with capacity 1`
		case <-q.stop:
			return
		}
	}
}

func (q *queue) Close() { close(q.stop) }

// The sender also sees that all is over.
type stopping struct {
	wake chan struct{}
	stop chan struct{}
}

func NewStopping() *stopping {
	q := &stopping{wake: make(chan struct{}), stop: make(chan struct{})}
	go q.work()
	return q
}

func (q *stopping) Put() {
	select {
	case <-q.stop:
		return
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *stopping) work() {
	for {
		select {
		case <-q.wake: // want `CL1002`
		case <-q.stop:
			return
		}
	}
}

func (q *stopping) Close() { close(q.stop) }

// The sender has counted before.
type counted struct {
	wake chan struct{}
	stop chan struct{}
}

func NewCounted() *counted {
	q := &counted{wake: make(chan struct{}), stop: make(chan struct{})}
	go q.work()
	return q
}

func (q *counted) Put(urgent bool, all []int) int {
	n := 1
	if urgent {
		n = len(all)
	}
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return n
}

func (q *counted) work() {
	for {
		select {
		case <-q.wake: // want `CL1002`
		case <-q.stop:
			return
		}
	}
}

func (q *counted) Close() { close(q.stop) }

// A buffer keeps the signal.
type kept struct {
	wake chan struct{}
	stop chan struct{}
}

func NewKept() *kept {
	q := &kept{wake: make(chan struct{}, 1), stop: make(chan struct{})}
	go q.work()
	return q
}

func (q *kept) Put() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *kept) work() {
	for {
		select {
		case <-q.wake:
		case <-q.stop:
			return
		}
	}
}

func (q *kept) Close() { close(q.stop) }

// A ticker makes up for signals that are lost.
type polled struct {
	wake chan struct{}
	stop chan struct{}
}

func NewPolled() *polled {
	p := &polled{wake: make(chan struct{}), stop: make(chan struct{})}
	go p.work()
	return p
}

func (p *polled) Put() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *polled) work() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-p.wake:
		case <-t.C:
		case <-p.stop:
			return
		}
	}
}

func (p *polled) Close() { close(p.stop) }

// A timer that is not always set makes up for nothing.
type timed struct {
	wake chan struct{}
	next chan time.Duration
	stop chan struct{}
}

func NewTimed() *timed {
	p := &timed{wake: make(chan struct{}), stop: make(chan struct{})}
	go p.work()
	return p
}

func (p *timed) Put() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *timed) work() {
	never := make(chan time.Time)
	var next <-chan time.Time = never
	for {
		select {
		case <-p.wake: // want `CL1002: timed.work can wait for ever for p.wake`
			next = time.After(time.Second)
		case <-next:
			next = never
		case <-p.stop:
			return
		}
	}
}

func (p *timed) Close() { close(p.stop) }

// The sender knows that nobody took it, and does something else.
type offered struct {
	free chan struct{}
	stop chan struct{}
}

func NewOffered() *offered {
	o := &offered{free: make(chan struct{}), stop: make(chan struct{})}
	go o.work()
	return o
}

func (o *offered) Offer() bool {
	select {
	case o.free <- struct{}{}:
		return true
	default:
		return false
	}
}

func (o *offered) work() {
	for {
		select {
		case <-o.free:
		case <-o.stop:
			return
		}
	}
}

func (o *offered) Close() { close(o.stop) }

// Some senders wait.
type mixed struct {
	wake chan struct{}
	stop chan struct{}
}

func NewMixed() *mixed {
	m := &mixed{wake: make(chan struct{}), stop: make(chan struct{})}
	go m.work()
	return m
}

func (m *mixed) Try() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

func (m *mixed) Put() {
	select {
	case m.wake <- struct{}{}:
	case <-m.stop:
	}
}

func (m *mixed) work() {
	for {
		select {
		case <-m.wake:
		case <-m.stop:
			return
		}
	}
}

func (m *mixed) Close() { close(m.stop) }

// signal.Notify does not wait.
func interrupted(stop func()) {
	c := make(chan os.Signal)
	signal.Notify(c, os.Interrupt) // want `CL1002: a signal that comes before somebody receives from c is lost, and interrupted waits for the next one`
	stop()
	<-c
}

func interruptedKept() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
}
