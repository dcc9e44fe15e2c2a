package lockwait

import "sync"

type acceptor struct {
	mu    sync.Mutex
	conns sync.WaitGroup
}

func (a *acceptor) accept(n int) {
	for range n {
		go a.handle()
	}
}

// handle counts itself when it has the lock: who waits for the lock is not waited for.
func (a *acceptor) handle() {
	a.mu.Lock()
	a.conns.Add(1)
	a.mu.Unlock()
	defer a.conns.Done()
}

func (a *acceptor) Close() {
	a.mu.Lock()
	a.conns.Wait()
	a.mu.Unlock()
}

type late struct {
	mu    sync.Mutex
	conns sync.WaitGroup
	open  int
}

func (l *late) accept(n int) {
	for range n {
		go l.handle()
	}
}

// handle needs the lock once more when it is counted.
func (l *late) handle() {
	l.conns.Add(1)
	defer l.conns.Done()
	l.mu.Lock()
	l.open++
	l.mu.Unlock()
}

func (l *late) Close() {
	l.mu.Lock()
	l.conns.Wait() // want `CL1008`
	l.mu.Unlock()
}
