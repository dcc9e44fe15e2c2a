// Package locklatest has locks that a flag tells to be released, that are taken again on a way that is decided before, and
// that are held where a value is sent for which there is always room, beside those that only look like it.
package locklatest

import (
	"errors"
	"sync"
)

// A topic keeps the latest value for each of its subscribers: what was there before is taken out first.
type topic struct {
	mu   sync.Mutex
	subs map[int]chan int
	next int
}

// A Subscription gets values.
type Subscription struct {
	C  <-chan int
	t  *topic
	id int
}

func newTopic() *topic { return &topic{subs: make(map[int]chan int)} }

// Topic is the topic of the process.
var Topic = newTopic()

// Subscribe begins with the current value.
func (t *topic) Subscribe(now int) *Subscription {
	ch := make(chan int, 1)
	ch <- now
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	t.subs[t.next] = ch
	return &Subscription{C: ch, t: t, id: t.next}
}

// Unsubscribe takes it off the list.
func (t *topic) Unsubscribe(s *Subscription) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.subs, s.id)
}

// Publish replaces what was not received.
func (t *topic) Publish(v int) {
	t.mu.Lock()
	for _, ch := range t.subs {
		select {
		case <-ch:
		default:
		}
		ch <- v
	}
	t.mu.Unlock()
}

// A queue does not take anything out.
type queue struct {
	mu   sync.Mutex
	subs map[int]chan int
	next int
}

// Queue is the queue of the process.
var Queue = &queue{subs: make(map[int]chan int)}

// Subscribe begins with nothing.
func (t *queue) Subscribe() (int, <-chan int) {
	ch := make(chan int, 1)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	t.subs[t.next] = ch
	return t.next, ch
}

// Unsubscribe takes it off the list.
func (t *queue) Unsubscribe(id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.subs, id)
}

// Publish waits where a subscriber has left the last value.
func (t *queue) Publish(v int) {
	t.mu.Lock()
	for _, ch := range t.subs {
		ch <- v // want `CL1008`
	}
	t.mu.Unlock()
}

// A transaction holds the lock of its store until it is closed.
type store struct {
	mu     sync.RWMutex
	closed bool
}

type transaction struct {
	s      *store
	closed bool
	rows   []int
}

var errClosed = errors.New("closed")

func (s *store) begin() (*transaction, error) {
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return nil, errClosed
	}
	return &transaction{s: s}, nil
}

func (tx *transaction) check() error {
	if tx.closed {
		return errClosed
	}
	return nil
}

func (tx *transaction) end() {
	tx.closed = true
	tx.rows = nil
	tx.s.mu.RUnlock()
}

func (tx *transaction) rollback() error {
	if err := tx.check(); err != nil {
		return err
	}
	tx.end()
	return nil
}

func (s *store) view(f func(*transaction) error) error {
	tx, err := s.begin()
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.rollback()
		return err
	}
	return tx.rollback()
}

func (s *store) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// A pool also says so of what it has given up, without releasing the lock.
type pool struct{ mu sync.Mutex }

type lease struct {
	p      *pool
	closed bool
}

func (p *pool) take() *lease {
	p.mu.Lock()
	return &lease{p: p}
}

func (l *lease) abandon() { l.closed = true }

func (l *lease) end() {
	l.closed = true
	l.p.mu.Unlock()
}

func (l *lease) release() error {
	if l.closed {
		return errClosed
	}
	l.end()
	return nil
}

func (p *pool) with(f func() error) error {
	l := p.take()
	if f() != nil {
		l.abandon()
		return l.release() // want `CL1010`
	}
	return l.release()
}

// A client asks for a token with a call that needs none.
type client struct {
	mu    sync.Mutex
	token string
}

func (c *client) call(name string, params map[string]string) string {
	if params["token"] == "" {
		params["token"] = c.getToken()
	}
	return name + params["token"]
}

func (c *client) getToken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == "" {
		c.token = c.call("token", map[string]string{"token": "none"})
	}
	return c.token
}

// This one needs one each time.
type careless struct {
	mu    sync.Mutex
	token string
}

func (c *careless) call(name string) string { return name + c.getToken() }

func (c *careless) getToken() string {
	c.mu.Lock() // want `CL1006`
	defer c.mu.Unlock()
	return c.call("token")
}

func tokens() (string, string) {
	good, bad := &client{}, &careless{}
	return good.getToken(), bad.getToken()
}
