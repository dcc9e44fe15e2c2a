package lockmissing

import "sync"

// A request is passed on by value. Whoever has it lets it go on, through the lock that it has a pointer to.
type request struct {
	lock     *sync.Mutex
	accepted chan bool
}

func begin(do func()) request {
	r := request{lock: &sync.Mutex{}, accepted: make(chan bool, 1)}
	r.lock.Lock()
	go func() {
		r.lock.Lock()
		do()
		r.lock.Unlock()
		r.accepted <- true
	}()
	return r
}

func beginAll(n int, do func()) []request {
	requests := make([]request, n)
	for i := range requests {
		requests[i] = begin(do)
	}
	return requests
}

func end(r request) {
	r.lock.Unlock()
	<-r.accepted
}

func runRequests(do func()) {
	for _, r := range beginAll(2, do) {
		end(r)
	}
}

// The same with a lock in an object that is returned.
type work struct {
	mu   sync.Mutex
	done chan bool
}

func startWork(do func()) *work {
	w := &work{done: make(chan bool, 1)}
	w.mu.Lock()
	go func() {
		w.mu.Lock()
		do()
		w.mu.Unlock()
		w.done <- true
	}()
	return w
}

func (w *work) finish() {
	w.mu.Unlock()
	<-w.done
}

// Nobody gives these back.
type held struct {
	lock *sync.Mutex
	done chan bool
}

func hold(do func()) held {
	h := held{lock: &sync.Mutex{}, done: make(chan bool, 1)}
	h.lock.Lock() // want `CL1010: h\.lock is locked here, and nothing ever calls h\.lock\.Unlock`
	go func() {
		h.lock.Lock() // want `CL1010`
		do()
		h.lock.Unlock()
		h.done <- true
	}()
	return h
}

type task struct {
	mu   sync.Mutex
	done chan bool
}

func startTask(do func()) *task {
	t := &task{done: make(chan bool, 1)}
	t.mu.Lock()
	go func() {
		t.mu.Lock() // want `CL1010`
		do()
		t.mu.Unlock()
		t.done <- true
	}()
	return t
}

// What is returned does not lead to this lock.
type gate struct{ lock *sync.Mutex }

func (g gate) open() { g.lock.Unlock() }

func keep(do func()) chan bool {
	g, done := gate{lock: &sync.Mutex{}}, make(chan bool, 1)
	g.lock.Lock()
	go func() {
		g.lock.Lock() // want `CL1010`
		do()
		g.lock.Unlock()
		done <- true
	}()
	return done
}
