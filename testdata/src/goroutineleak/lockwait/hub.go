package lockwait

import (
	"context"
	"sync"
)

// The subscribers of a broker sign off with the lock that Publish holds while it waits for them.
type Broker struct {
	mu   sync.Mutex
	subs map[chan string]bool
}

func (b *Broker) Subscribe() <-chan string {
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan string)
	b.subs[ch] = true
	return ch
}

func (b *Broker) Publish(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.subs {
		ch <- s // want `CL1008: the send on ch waits with b.mu held, and Broker.Unsubscribe needs b.mu \(line 31\): a subscriber that has stopped receiving and calls Unsubscribe waits for ever, and with it everybody else; call b.mu.Unlock before the send, or send in a select that does not wait for ever`
	}
}

func (b *Broker) Unsubscribe(sub <-chan string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.subs {
		if ch == sub {
			delete(b.subs, ch)
			close(ch)
		}
	}
}

// A slice of listeners, under a lock for readers.
type Notifier struct {
	mu        sync.RWMutex
	listeners []chan<- int
}

func (n *Notifier) Add(ch chan<- int) {
	n.mu.Lock()
	n.listeners = append(n.listeners, ch)
	n.mu.Unlock()
}

func (n *Notifier) Remove(ch chan<- int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, l := range n.listeners {
		if l == ch {
			n.listeners = append(n.listeners[:i], n.listeners[i+1:]...)
			return
		}
	}
}

func (n *Notifier) Notify(v int) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for _, l := range n.listeners {
		l <- v // want `CL1008: the send on l waits with n.mu held, and Notifier.Remove needs n.mu`
	}
}

// Who receives takes himself off the list when his context ends.
type feed struct {
	sync.Mutex
	next int
	subs map[int]subscription
}

type subscription struct{ ch chan<- string }

func (f *feed) add() (<-chan string, int) {
	f.Lock()
	defer f.Unlock()
	ch := make(chan string, 10)
	f.next++
	f.subs[f.next] = subscription{ch}
	return ch, f.next
}

func (f *feed) remove(id int) {
	f.Lock()
	defer f.Unlock()
	delete(f.subs, id)
}

func (f *feed) publish(s string) {
	f.Lock()
	defer f.Unlock()
	for id := range f.subs {
		f.subs[id].ch <- s // want `CL1008: the send on f.subs\[...\].ch waits for ever with f held where watch, which receives, leaves: it needs f for that \(line \d+\), and receives no more`
	}
}

func watch(ctx context.Context, f *feed, show func(string) error) error {
	updates, id := f.add()
	for {
		select {
		case <-ctx.Done():
			f.remove(id)
			return ctx.Err()
		case s := <-updates:
			if err := show(s); err != nil {
				f.remove(id)
				return err
			}
		}
	}
}

// Nobody is waited for who does not receive.
type politeBroker struct {
	mu   sync.Mutex
	subs map[chan string]bool
}

func (b *politeBroker) Subscribe() chan string {
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan string, 1)
	b.subs[ch] = true
	return ch
}

func (b *politeBroker) Publish(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.subs {
		select {
		case ch <- s:
		default:
		}
	}
}

func (b *politeBroker) Unsubscribe(ch chan string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, ch)
}

// The list is copied under the lock, and the sends come after.
type copying struct {
	mu   sync.Mutex
	subs map[chan string]bool
}

func (c *copying) Subscribe() chan string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan string)
	c.subs[ch] = true
	return ch
}

func (c *copying) Publish(s string) {
	c.mu.Lock()
	var all []chan string
	for ch := range c.subs {
		all = append(all, ch)
	}
	c.mu.Unlock()
	for _, ch := range all {
		ch <- s
	}
}

func (c *copying) Unsubscribe(ch chan string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.subs, ch)
}

// The receiver leaves only when the channel is closed, and drains it before he signs off.
type drained struct {
	mu   sync.Mutex
	subs map[int]chan string
}

func (d *drained) add(id int) <-chan string {
	d.mu.Lock()
	defer d.mu.Unlock()
	ch := make(chan string)
	d.subs[id] = ch
	return ch
}

func (d *drained) remove(id int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.subs, id)
}

func (d *drained) publish(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.subs {
		d.subs[id] <- s
	}
}

func (d *drained) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.subs {
		close(d.subs[id])
	}
}

func read(d *drained, show func(string)) {
	ch := d.add(1)
	for s := range ch {
		show(s)
	}
	d.remove(1)
}

// One value has room, whoever holds what.
type timers struct {
	mu  sync.Mutex
	all map[int]bool
}

func (t *timers) start(run func(func())) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := make(chan int, 1)
	run(func() {})
	go func() { t.drop(<-ch) }()
	ch <- len(t.all)
}

func (t *timers) drop(i int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, i)
}

// Each waiter has room for the one value, and is off the list with it.
type waiters struct {
	mu  sync.Mutex
	all map[int]chan error
}

func (w *waiters) Add(id int) <-chan error {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := make(chan error, 1)
	w.all[id] = ch
	return ch
}

func (w *waiters) Drop(id int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, id)
}

func (w *waiters) Fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, ch := range w.all {
		ch <- err
		delete(w.all, id)
	}
}
