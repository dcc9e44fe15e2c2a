// Package stopflow has channels of fields at whose one end somebody leaves when the work ends, and at the other somebody
// waits for nothing else.
package stopflow

import (
	"context"
	"sync"
	"sync/atomic"
)

// The tasks of a tunnel are taken until the workers stop; who puts one in waits for a worker.
type tunnel struct{ tasks chan string }

func (t *tunnel) take(stop <-chan struct{}) (string, bool) {
	select {
	case task := <-t.tasks:
		return task, true
	case <-stop:
		return "", false
	}
}

func (t *tunnel) put(task string) {
	t.tasks <- task // want `CL1001: tunnel.put can stay for ever sending on t.tasks: tunnel.take, which receives, returns when stop is ready, and nobody else receives; wait for stop here, too, in a select`
}

func Tunnel() *tunnel { return &tunnel{tasks: make(chan string)} }

// The replies of a connection are waited for until it is closed.
type Conn struct {
	replies chan int
	closed  chan struct{}
	once    sync.Once
}

func Dial() *Conn {
	c := &Conn{replies: make(chan int), closed: make(chan struct{})}
	return c
}

func (c *Conn) Call() int {
	select {
	case v := <-c.replies:
		return v
	case <-c.closed:
		return -1
	}
}

func (c *Conn) handle(v int) {
	if v > 0 {
		c.replies <- v // want `CL1001: Conn.handle can stay for ever sending on c.replies: Conn.Call, which receives, returns when c.closed is ready`
	}
}

func (c *Conn) Serve(next func() int) {
	for v := next(); v != 0; v = next() {
		c.handle(v)
	}
}

func (c *Conn) Abort() { c.once.Do(func() { close(c.closed) }) }

// The mirror image: the server leaves, the one who asked waits.
type Counter struct {
	values chan int
	quit   chan struct{}
}

func NewCounter() *Counter { // want NewCounter:`starts a goroutine until Stop`
	c := &Counter{values: make(chan int), quit: make(chan struct{})}
	go c.count()
	return c
}

func (c *Counter) count() {
	for i := 0; ; i++ {
		select {
		case c.values <- i:
		case <-c.quit:
			return
		}
	}
}

func (c *Counter) Next() int { return <-c.values } // want `CL1011: Counter.Stop leaves a call of Counter.Next that is under way behind: the receive from c.values blocks for ever`

func (c *Counter) Stop() { close(c.quit) }

// The same where nothing is named like the end of it.
type dispenser struct {
	numbers chan int
	over    chan struct{}
}

func Dispenser() *dispenser { return &dispenser{numbers: make(chan int), over: make(chan struct{})} }

func (d *dispenser) dispense(n int) {
	select {
	case d.numbers <- n:
	case <-d.over:
	}
}

func (d *dispenser) pull() int {
	return <-d.numbers // want `CL1002: dispenser.pull can stay for ever waiting for d.numbers: dispenser.dispense, which sends, returns when d.over is ready, and nobody else sends; wait for d.over here, too, in a select`
}

func (d *dispenser) leave() { close(d.over) }

// Both ends wait for the end.
type fair struct {
	values chan int
	quit   chan struct{}
}

func Fair() *fair { return &fair{values: make(chan int), quit: make(chan struct{})} }

func (f *fair) take() int {
	select {
	case v := <-f.values:
		return v
	case <-f.quit:
		return 0
	}
}

func (f *fair) put(v int) {
	select {
	case f.values <- v:
	case <-f.quit:
	}
}

func (f *fair) end() { close(f.quit) }

// The end comes when all have put what they had.
type counted struct {
	values chan int
	quit   chan struct{}
	wg     sync.WaitGroup
}

func Counted() *counted { return &counted{values: make(chan int), quit: make(chan struct{})} }

func (c *counted) take() int {
	select {
	case v := <-c.values:
		return v
	case <-c.quit:
		return 0
	}
}

func (c *counted) start(v int) {
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		c.put(v)
	}()
}

func (c *counted) put(v int) { c.values <- v }

func (c *counted) end() {
	c.wg.Wait()
	close(c.quit)
}

// Who puts says himself that it is over.
type own struct {
	values chan int
	over   chan struct{}
}

func Own(n int) *own {
	o := &own{values: make(chan int), over: make(chan struct{})}
	go func() {
		defer close(o.over)
		for i := range n {
			o.values <- i
		}
	}()
	return o
}

func (o *own) take() int {
	select {
	case v := <-o.values:
		return v
	case <-o.over:
		return -1
	}
}

// The context of one call ends that call.
type perCall struct{ values chan int }

func PerCall() *perCall { return &perCall{values: make(chan int)} }

func (p *perCall) Take(ctx context.Context) int {
	select {
	case v := <-p.values:
		return v
	case <-ctx.Done():
		return 0
	}
}

func (p *perCall) put(v int) { p.values <- v }

// Who puts asks before whether the end has come, and the end waits for the lock.
type locked struct {
	mu     sync.RWMutex
	values chan int
	quit   chan struct{}
}

func Locked() *locked { return &locked{values: make(chan int), quit: make(chan struct{})} }

func (l *locked) take() int {
	select {
	case v := <-l.values:
		return v
	case <-l.quit:
		return 0
	}
}

func (l *locked) put(v int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	l.values <- v
}

func (l *locked) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.quit)
}

// A flag says that the end has come.
type flag struct {
	over   atomic.Bool
	values chan int
	quit   chan struct{}
}

func Flag() *flag { return &flag{values: make(chan int), quit: make(chan struct{})} }

func (f *flag) take() int {
	select {
	case v := <-f.values:
		return v
	case <-f.quit:
		return 0
	}
}

func (f *flag) put(v int) {
	if f.over.Load() {
		return
	}
	f.values <- v
}

func (f *flag) end() {
	f.over.Store(true)
	close(f.quit)
}

// There is room for some.
type roomy struct {
	values chan int
	quit   chan struct{}
}

func Roomy() *roomy { return &roomy{values: make(chan int, 8), quit: make(chan struct{})} }

func (r *roomy) take() int {
	select {
	case v := <-r.values:
		return v
	case <-r.quit:
		return 0
	}
}

func (r *roomy) put(v int) {
	r.values <- v // want `CL1001: roomy.put can stay for ever sending on r.values`
}

func (r *roomy) end() { close(r.quit) }

// Each question has a channel of its own, with room for the answer.
type asked struct {
	questions chan question
	quit      chan struct{}
}

type question struct{ answer chan int }

func Asked() *asked { return &asked{questions: make(chan question), quit: make(chan struct{})} }

func (a *asked) ask() int {
	q := question{make(chan int, 1)}
	select {
	case a.questions <- q:
	case <-a.quit:
		return 0
	}
	select {
	case v := <-q.answer:
		return v
	case <-a.quit:
		return 0
	}
}

func (a *asked) reply() {
	for {
		select {
		case q := <-a.questions:
			q.answer <- 1
		case <-a.quit:
			return
		}
	}
}

func (a *asked) end() { close(a.quit) }
