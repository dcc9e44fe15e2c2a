package lockdouble

import "sync"

// A recursive function whose result tells what it did is followed to an end.

type tree struct {
	mu          sync.Mutex
	left, right *tree
	full        bool
}

func (t *tree) lockFirst() bool {
	if t == nil {
		return false
	}
	if ok := t.left.lockFirst(); ok {
		return ok
	}
	t.mu.Lock()
	if t.full {
		t.mu.Unlock()
		return t.right.lockFirst()
	}
	t.mu.Unlock()
	return t.left.lockFirst()
}
