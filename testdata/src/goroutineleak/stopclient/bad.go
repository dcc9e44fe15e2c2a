// Package stopclient has types whose goroutines a method ends, or should.
package stopclient

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A Reader tells its goroutine to stop by a send, which waits for ever if the goroutine has left because of an error.
type Reader struct{ stop chan struct{} }

func NewReader(read func() error) *Reader {
	r := &Reader{stop: make(chan struct{})}
	go r.loop(read)
	return r
}

func (r *Reader) loop(read func() error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-r.stop:
			return
		case <-tick.C:
			if err := read(); err != nil {
				return
			}
		}
	}
}

func (r *Reader) Close() {
	r.stop <- struct{}{} // want `CL1011: Reader.Close can wait for ever: the send on r.stop is never over: Reader.loop, which receives from r.stop, has ended by then; close the channel instead of sending on it`
}

// A Worker says that it is done only where it was told to be.
type Worker struct {
	quit, done chan struct{}
	dial       func() error
}

func NewWorker(dial func() error) *Worker { // want NewWorker:`starts a goroutine until Stop`
	w := &Worker{quit: make(chan struct{}), done: make(chan struct{}), dial: dial}
	go w.run()
	return w
}

func (w *Worker) run() {
	if err := w.dial(); err != nil {
		return
	}
	<-w.quit
	close(w.done)
}

func (w *Worker) Stop() {
	close(w.quit)
	<-w.done // want `CL1011: Worker.Stop can wait for ever: the receive from w.done is never over: Worker.run can end without sending on w.done or closing it; close it with defer where the goroutine begins`
}

// A Feed does not reach its producer in the middle of a send.
type Feed struct {
	items chan int
	quit  chan struct{}
}

func NewFeed(read func() (int, error)) *Feed {
	f := &Feed{items: make(chan int), quit: make(chan struct{})}
	go func() {
		for {
			select {
			case <-f.quit:
				return
			default:
			}
			v, err := read()
			if err != nil {
				return
			}
			f.items <- v // want `CL1011: Feed.Close leaves the goroutine that NewFeed starts at line 72 behind: the send on f.items blocks for ever: nobody receives from f.items any more; send in a select with a channel that is closed at the end`
		}
	}()
	return f
}

func (f *Feed) Next(ctx context.Context) (int, error) {
	select {
	case v := <-f.items:
		return v, nil
	case <-f.quit:
		return 0, errors.New("closed")
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (f *Feed) Close() { close(f.quit) }

// An Actor leaves those who ask when it is stopped.
type Actor struct {
	requests chan chan int
	quit     chan struct{}
}

func NewActor() *Actor {
	return &Actor{requests: make(chan chan int), quit: make(chan struct{})}
}

func (a *Actor) Run() {
	n := 0
	for {
		select {
		case reply := <-a.requests:
			n++
			reply <- n
		case <-a.quit:
			return
		}
	}
}

func (a *Actor) Get() int {
	reply := make(chan int)
	a.requests <- reply // want `CL1011: Actor.Stop leaves a call of Actor.Get that is under way behind: the send on a.requests blocks for ever: Actor.Run, which receives from a.requests, has ended by then; send in a select with a channel that is closed at the end`
	return <-reply
}

func (a *Actor) Stop() { close(a.quit) }

// A Pipeline waits for its goroutine, which waits for somebody to take its last value.
type Pipeline struct {
	out  chan int
	quit chan struct{}
	wg   sync.WaitGroup
}

func NewPipeline(read func() int) *Pipeline { // want NewPipeline:`starts a goroutine until Shutdown`
	p := &Pipeline{out: make(chan int), quit: make(chan struct{})}
	p.wg.Add(1)
	go p.run(read)
	return p
}

func (p *Pipeline) run(read func() int) {
	defer p.wg.Done()
	for {
		select {
		case <-p.quit:
			return
		default:
		}
		p.out <- read() // want `CL1011: the send on p.out blocks for ever once the work is stopped: nobody receives from p.out any more; and Pipeline.Shutdown, which waits for it at line 163, never returns; send in a select with a channel that is closed at the end`
	}
}

func (p *Pipeline) Take() int { return <-p.out } // want `CL1011: Pipeline.Shutdown leaves a call of Pipeline.Take that is under way behind: the receive from p.out blocks for ever: Pipeline.run can end without sending on p.out or closing it; let Shutdown close a channel that it waits for, too`

func (p *Pipeline) Shutdown() {
	close(p.quit)
	p.wg.Wait()
}

// A Twin starts two goroutines and stops one.
type Twin struct {
	ctx    context.Context
	cancel context.CancelFunc
	a, b   chan int
}

func NewTwin() *Twin { // want NewTwin:`starts a goroutine until Close`
	t := &Twin{a: make(chan int), b: make(chan int)}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	go t.first()
	go t.second()
	return t
}

func (t *Twin) first() {
	for {
		select {
		case v := <-t.a:
			select {
			case t.b <- v:
			case <-t.ctx.Done():
				return
			}
		case <-t.ctx.Done():
			return
		}
	}
}

func (t *Twin) second() {
	for v := range t.b { // want `CL1011: Twin.Close leaves the goroutine that NewTwin starts at line 177 behind: the receive from t.b blocks for ever: Twin.first can end without sending on t.b or closing it; let Close close a channel that it waits for, too`
		if v < 0 {
			return
		}
	}
}

func (t *Twin) Put(ctx context.Context, v int) {
	select {
	case t.a <- v:
	case <-t.ctx.Done():
	case <-ctx.Done():
	}
}

func (t *Twin) Close() { t.cancel() }

// A Queue forgets the requests that are in it when it is stopped.
type Queue struct {
	requests chan request
	quit     chan struct{}
}

type request struct {
	n     int
	reply chan int
}

func NewQueue() *Queue { // want NewQueue:`starts a goroutine until Stop`
	q := &Queue{requests: make(chan request, 4), quit: make(chan struct{})}
	go q.serve()
	return q
}

func (q *Queue) serve() {
	for {
		select {
		case r := <-q.requests:
			r.reply <- 2 * r.n
		case <-q.quit:
			return
		}
	}
}

func (q *Queue) Double(n int) int {
	r := request{n: n, reply: make(chan int, 1)}
	select {
	case q.requests <- r:
	case <-q.quit:
		return 0
	}
	return <-r.reply // want `CL1011: Queue.Stop leaves a call of Queue.Double that is under way behind: the receive from r.reply blocks for ever: Queue.serve can end without sending on r.reply or closing it`
}

func (q *Queue) Stop() { close(q.quit) }

// A File is opened by its store; Close cancels, and does not close what the goroutine loops over.
type Store struct {
	fetch func(context.Context, int) (string, error)
}

type File struct {
	ctx    context.Context
	cancel context.CancelFunc
	wanted chan<- int
	parts  <-chan string
}

func (s *Store) Open(parent context.Context) *File {
	ctx, cancel := context.WithCancel(parent)
	wanted, parts := make(chan int), make(chan string)
	go func() {
		defer close(wanted)
		defer close(parts)
		for n := range wanted { // want `CL1011: File.Close leaves the goroutine that Store.Open starts at line \d+ behind: the receive from wanted blocks for ever: nobody is left to send on wanted or to close it`
			part, err := s.fetch(ctx, n)
			if err != nil {
				return
			}
			parts <- part
		}
	}()
	return newFile(ctx, cancel, wanted, parts)
}

func newFile(ctx context.Context, cancel context.CancelFunc, wanted chan<- int, parts <-chan string) *File {
	return &File{ctx: ctx, cancel: cancel, wanted: wanted, parts: parts}
}

func (f *File) Read(n int) (string, error) {
	select {
	case f.wanted <- n:
	case <-f.ctx.Done():
		return "", f.ctx.Err()
	}
	return <-f.parts, nil
}

func (f *File) Close() { f.cancel() }
