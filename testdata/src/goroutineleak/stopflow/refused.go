package stopflow

import "sync"

// A service starts goroutines as long as it runs.
type service struct {
	mu      sync.Mutex
	running bool
}

func (s *service) start(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		return false
	}
	go f()
	return true
}

// The mirror counts a goroutine that the service may refuse to start.
type mirror struct {
	wg  sync.WaitGroup
	srv *service
}

func (m *mirror) Setup() {
	m.wg.Wait() // want `CL1004: m.wg.Wait waits for ever: service.start, called at line 30, can return false without starting the goroutine that was counted, and nobody calls Done then; call Done where it returns false`
	m.wg.Add(1)
	if !m.srv.start(func() { m.copy() }) {
		return
	}
}

func (m *mirror) copy() { defer m.wg.Done() }

// The same with the count taken back.
type careful struct {
	wg  sync.WaitGroup
	srv *service
}

func (c *careful) Setup() {
	c.wg.Wait()
	c.wg.Add(1)
	if !c.srv.start(func() { c.copy() }) {
		c.wg.Done()
	}
}

func (c *careful) copy() { defer c.wg.Done() }

// A starter that refuses nobody, or says whether the work went well.
func always(f func()) bool {
	f()
	return false
}

type content struct{ wg sync.WaitGroup }

func (c *content) Setup() {
	c.wg.Wait()
	c.wg.Add(1)
	if !always(func() { c.copy() }) {
		return
	}
}

func (c *content) copy() { defer c.wg.Done() }
