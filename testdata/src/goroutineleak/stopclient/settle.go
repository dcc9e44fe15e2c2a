package stopclient

import "sync"

// Stop does nothing before the start; who stops what he has started has seen it run.
type scheduler struct {
	mu      sync.Mutex
	running bool
	stop    chan struct{}
}

func newScheduler() *scheduler { return &scheduler{stop: make(chan struct{}, 1)} }

func (s *scheduler) StartBlocking() {
	s.set(true)
	<-s.stop
}

func (s *scheduler) set(running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = running
}

func (s *scheduler) isRunning() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

func (s *scheduler) Stop() {
	if s.isRunning() {
		s.set(false)
		s.stop <- struct{}{}
	}
}
