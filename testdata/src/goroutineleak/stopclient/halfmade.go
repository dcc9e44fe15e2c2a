package stopclient

import "context"

// A latch is a lock that can be waited for: it is made locked.
type latch struct{ open chan struct{} }

func lockedLatch() latch { return latch{open: make(chan struct{}, 1)} }

func (l *latch) lock(ctx context.Context) error {
	select {
	case <-l.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *latch) waitLock() { <-l.open }

func (l *latch) unlock() { l.open <- struct{}{} }

// A Flow comes from a Session, which unlocks it when it is complete.
type Flow struct {
	in   latch
	done bool
}

type Session struct{ streams []*Flow }

func newFlow() *Flow { return &Flow{in: lockedLatch()} }

func (s *Flow) ready() { s.in.unlock() }

func (s *Flow) Close() error {
	s.in.waitLock()
	defer s.in.unlock()
	s.done = true
	return nil
}

func (c *Session) Open(ctx context.Context) *Flow {
	s := newFlow()
	c.streams = append(c.streams, s)
	s.ready()
	return s
}

// A Tap comes from a Session as it is: nobody opens it.
type Tap struct {
	open chan struct{}
	done bool
}

func newTap() *Tap { return &Tap{open: make(chan struct{}, 1)} }

func (t *Tap) Close() error {
	<-t.open // want `CL1011: Tap.Close can wait for ever`
	t.done = true
	return nil
}

func (t *Tap) mark() { t.done = true }

func (c *Session) Tap() *Tap {
	t := newTap()
	t.mark()
	return t
}
