package waitgroup

import "sync"

// Two are counted, and one of them calls Done.
type pair struct {
	wg   sync.WaitGroup
	work chan int
}

func (p *pair) Start() {
	p.wg.Add(2)
	go p.read()
	go p.write()
}

func (p *pair) read() {
	defer p.wg.Done()
	for range p.work {
	}
}

func (p *pair) write() {
	for range p.work {
	}
}

func (p *pair) Stop() {
	close(p.work)
	p.wg.Wait() // want `CL1004: p.wg.Wait waits for ever: more is added at line 12 than is ever released by Done`
}

// Both do.
type twins struct {
	wg   sync.WaitGroup
	work chan int
}

func (p *twins) Start() {
	p.wg.Add(2)
	go p.read()
	go p.write()
}

func (p *twins) read() {
	defer p.wg.Done()
	for range p.work {
	}
}

func (p *twins) write() {
	defer p.wg.Done()
	for range p.work {
	}
}

func (p *twins) Stop() {
	close(p.work)
	p.wg.Wait()
}

// A loop starts what is counted before it.
type looped struct {
	wg   sync.WaitGroup
	work chan int
}

func (p *looped) Start() {
	p.wg.Add(2)
	for range 2 {
		go p.read()
	}
}

func (p *looped) read() {
	defer p.wg.Done()
	for range p.work {
	}
}

func (p *looped) Stop() {
	close(p.work)
	p.wg.Wait()
}

// What is counted by one function is started by another.
type split struct {
	wg   sync.WaitGroup
	work chan int
}

func (p *split) Start() {
	p.wg.Add(1)
	p.begin()
	p.wg.Add(1)
	go p.read()
}

func (p *split) begin() { go p.read() }

func (p *split) read() {
	defer p.wg.Done()
	for range p.work {
	}
}

func (p *split) Stop() {
	close(p.work)
	p.wg.Wait()
}

// A request counts itself; a stream is counted and never released.
type conn struct {
	wg      sync.WaitGroup
	mu      sync.Mutex
	streams map[int]bool
}

func (c *conn) Request(f func()) {
	c.wg.Add(1)
	defer c.wg.Done()
	f()
}

func (c *conn) Open(id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streams[id] = true
	c.wg.Add(1)
}

func (c *conn) Drop(id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.streams, id)
}

func (c *conn) Close() {
	c.wg.Wait() // want `CL1004: c.wg.Wait waits for ever: more is added at line \d+ than is ever released by Done`
}

// Two groups one after the other; the second has no Done.
func stages(first, second []func()) {
	var wg sync.WaitGroup
	wg.Add(len(first))
	for _, f := range first {
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
	wg.Add(len(second))
	for _, f := range second {
		go f()
	}
	wg.Wait() // want `CL1004`
}

// The same with both.
func stagesRight(first, second []func()) {
	var wg sync.WaitGroup
	wg.Add(len(first))
	for _, f := range first {
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
	wg.Add(len(second))
	for _, f := range second {
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}

func guarded(f func()) {
	defer func() { _ = recover() }()
	f()
}

// A helper runs the methods.
type helped struct {
	wg   sync.WaitGroup
	work chan int
}

func (h *helped) Start() {
	h.wg.Add(2)
	go guarded(h.read)
	go guarded(h.write)
}

func (h *helped) read() {
	defer h.wg.Done()
	for range h.work {
	}
}

func (h *helped) write() {
	defer h.wg.Done()
	for range h.work {
	}
}

func (h *helped) Stop() {
	close(h.work)
	h.wg.Wait()
}
