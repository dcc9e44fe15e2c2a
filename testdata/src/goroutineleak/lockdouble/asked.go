package lockdouble

import "sync"

var types sync.Mutex

type schema struct{ known sync.Map }

// What was loaded before the lock is known: it is not made again.
func (s *schema) constrain(name string) int {
	n := s.load(name)
	types.Lock()
	defer types.Unlock()
	return n + s.load(name)
}

// Nothing was asked before.
func (s *schema) first(name string) int {
	types.Lock()
	defer types.Unlock()
	return s.load(name) // want `CL1006: s.load waits for ever`
}

func (s *schema) load(name string) int {
	if v, ok := s.known.Load(name); ok {
		return v.(int)
	}
	return s.make(name)
}

func (s *schema) make(name string) int {
	types.Lock()
	defer types.Unlock()
	s.known.Store(name, len(name))
	return len(name)
}
