package p

import (
	"io"
	"sync"
)

type box struct {
	mu sync.Mutex
	rw sync.RWMutex
	n  int
}

func Double() {
	var b box
	b.mu.Lock()
	b.mu.Lock() // stuck
	b.mu.Unlock()
	b.mu.Unlock()
}

func DoubleByCall() {
	b := new(box)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inc()
}

func (b *box) inc() {
	b.mu.Lock() // stuck in DoubleByCall
	b.n++
	b.mu.Unlock()
}

func Order() {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		a.Lock()
		b.Lock() // stuck
		b.Unlock()
		a.Unlock()
	}()
	b.Lock()
	a.Lock() // stuck
	a.Unlock()
	b.Unlock()
	wg.Wait()
}

func SameOrder() {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		a.Lock()
		b.Lock()
		b.Unlock()
		a.Unlock()
	}()
	a.Lock()
	b.Lock()
	b.Unlock()
	a.Unlock()
	wg.Wait()
}

func ReaderWriterReader() {
	var b box
	done := make(chan bool)
	go func() {
		b.rw.Lock() // stuck
		b.rw.Unlock()
		close(done)
	}()
	b.rw.RLock()
	b.rw.RLock() // stuck
	b.rw.RUnlock()
	b.rw.RUnlock()
	<-done
}

func HeldAcross() {
	var mu sync.Mutex
	ch := make(chan int)
	go func() {
		mu.Lock() // stuck
		mu.Unlock()
		ch <- 1
	}()
	mu.Lock()
	<-ch // stuck
	mu.Unlock()
}

func CondForgotten() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	ready := false
	go func() {
		mu.Lock()
		ready = true
		mu.Unlock()
	}()
	mu.Lock()
	for !ready {
		c.Wait() // stuck
	}
	mu.Unlock()
}

func CondSignalled() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	ready := false
	go func() {
		mu.Lock()
		ready = true
		c.Signal()
		mu.Unlock()
	}()
	mu.Lock()
	for !ready {
		c.Wait()
	}
	mu.Unlock()
}

func OnceInside() {
	var once sync.Once
	var f func()
	f = func() { once.Do(f) } // stuck
	once.Do(f)
}

func TriedReader() {
	var b box
	if b.rw.TryRLock() {
		b.rw.RUnlock()
	}
	b.rw.Lock()
	b.rw.Unlock()
}

func TriedReaders() {
	var b box
	b.rw.RLock()
	if !b.rw.TryRLock() {
		b.rw.Lock()
	}
	b.rw.RUnlock()
	b.rw.Lock() // stuck
}

func TriedWriter() {
	var b box
	b.rw.RLock()
	if b.rw.TryLock() {
		b.rw.Lock()
	}
	b.rw.RUnlock()
}

// One goroutine takes the lock, another one gives it back.
func HandedBack() {
	var mu sync.Mutex
	taken := make(chan int)
	go func() {
		mu.Lock()
		close(taken)
	}()
	go func() {
		mu.Lock()
		mu.Unlock()
	}()
	<-taken
	mu.Unlock()
}

// Nobody gives it back.
func NotHandedBack() {
	var mu sync.Mutex
	taken := make(chan int)
	go func() {
		mu.Lock()
		close(taken)
	}()
	go func() {
		mu.Lock() // stuck in NotHandedBack
		mu.Unlock()
	}()
	<-taken
}

type gate struct {
	open, broken bool
	wake         *sync.Cond
}

func (g *gate) ready() bool { return g.open || g.broken }

// What a condition asks by a method is known.
func AskedByMethod() {
	g := &gate{wake: sync.NewCond(&sync.Mutex{}), broken: true}
	done := make(chan int)
	go func() {
		g.wake.L.Lock()
		for !g.ready() {
			g.wake.Wait()
		}
		g.wake.L.Unlock()
		close(done)
	}()
	<-done
}

type link struct {
	mu   sync.Mutex
	conn io.Closer
	err  error
}

// Open takes the lock for the goroutine, which gives it back.
func (l *link) Open(dial func() (io.Closer, error)) {
	l.mu.Lock()
	go func() {
		defer l.mu.Unlock()
		l.conn, l.err = dial()
	}()
}

func (l *link) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// OpenNew runs the goroutine by way of another function.
func OpenNew(dial func() (io.Closer, error)) error {
	l := &link{}
	l.mu.Lock()
	go protect(func() {
		defer l.mu.Unlock()
		l.conn, l.err = dial()
	})
	return l.Err()
}

func protect(f func()) {
	defer func() { _ = recover() }()
	f()
}

func OpenAndAsk(l *link, dial func() (io.Closer, error)) error {
	l.Open(dial)
	return l.Err()
}
