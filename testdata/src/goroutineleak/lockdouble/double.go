// Package lockdouble has goroutines that wait for a lock which they hold, and such that only look so.
package lockdouble

import "sync"

type cache struct {
	mu    sync.RWMutex
	items map[string]int
	next  *cache
	self  *cache
}

func (c *cache) twice() {
	c.mu.Lock()
	c.mu.Lock() // want `CL1006: c\.mu\.Lock waits for ever: c\.mu is locked since line 14, by the same goroutine`
	c.mu.Unlock()
	c.mu.Unlock()
}

func (c *cache) upgrade(name string) {
	c.mu.RLock()
	if c.items[name] == 0 {
		c.mu.Lock() // want `CL1006: c\.mu\.Lock waits for ever: c\.mu is read-locked since line 21`
		c.items[name] = 1
		c.mu.Unlock()
	}
	c.mu.RUnlock()
}

func (c *cache) drop(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.items, name)
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name := range c.items {
		c.drop(name) // want `CL1006: c\.drop waits for ever: it locks c\.mu, which this goroutine has locked at line 37`
	}
}

func (c *cache) retry(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > 0 {
		c.retry(n - 1) // want `CL1006: c\.retry waits for ever`
	}
}

func (c *cache) deferredTooEarly(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.drop(name) // want `CL1006: c\.drop waits for ever`
}

func (c *cache) get(name string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.items[name]
}

func (c *cache) sum(names []string) (sum int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, name := range names {
		sum += c.get(name) // want `CL1009: c\.get read-locks c\.mu, which this goroutine has read-locked at line \d+; if another goroutine calls c\.mu\.Lock in between, both wait for ever`
	}
	return sum
}

func (c *cache) inClosure() {
	clear := func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.items = nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	clear() // want `CL1006: clear waits for ever`
}

func (c *cache) set(name string, lock bool) {
	if lock {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
	c.items[name]++
}

func (c *cache) setLocked(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(name, true) // want `CL1006: c\.set waits for ever`
}

type logger struct{ out *cache }

func (l *logger) both() {
	l.out.mu.Lock()
	defer l.out.mu.Unlock()
	l.log("both") // want `CL1006: l\.log waits for ever: it locks l\.out\.mu`
}

func (l *logger) log(name string) { l.out.drop(name) }

// What follows is right.

func (c *cache) setUnlocked(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(name, false)
}

func (c *cache) another() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next.drop("x")
}

func (c *cache) walk() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		c.next.walk()
	}
}

func chain(c *cache) {
	for ; c != nil; c = c.next {
		c.mu.Lock()
		defer c.mu.Unlock()
	}
}

func (c *cache) swap() {
	c.self.mu.Lock()
	old := c.self
	c.self = c.next
	c.self.mu.Lock()
	c.self.mu.Unlock()
	old.mu.Unlock()
}

func (c *cache) unlocksAround(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.around(name)
}

// around expects c.mu to be held, and releases it for a while.
func (c *cache) around(name string) {
	c.mu.Unlock()
	c.drop(name)
	c.mu.Lock()
}

func (c *cache) tries() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mu.TryLock()
}

func (c *cache) starts() {
	c.mu.Lock()
	defer c.mu.Unlock()
	go c.drop("x")
}

func (c *cache) released(name string) {
	c.mu.RLock()
	_, ok := c.items[name]
	c.mu.RUnlock()
	if ok {
		c.drop(name)
	}
}

func exchange(a, b *cache) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
}

// shelfSet is only used by a store, whose own lock keeps readers of the set and its writers apart.
type shelfSet struct {
	mu     sync.RWMutex
	levels []int
}

type shelfStore struct {
	mu   sync.RWMutex
	sets map[string]*shelfSet
}

func (s *shelfStore) Find(name string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sets[name].find(0)
}

func (s *shelfStore) Put(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sets[name].put(n)
}

func (s *shelfSet) find(level int) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if level+1 < len(s.levels) {
		return s.find(level + 1)
	}
	return level
}

func (s *shelfSet) put(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.levels = append(s.levels, n)
}
