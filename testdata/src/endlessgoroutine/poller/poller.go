// Package poller stops tickers.
package poller

import (
	"log"
	"sync"
	"time"
)

type poller struct {
	ticker *time.Ticker
	mu     sync.Mutex
	refs   int
}

func newPoller() *poller {
	p := &poller{ticker: time.NewTicker(time.Minute)}
	go func() { // want `CL1024: the goroutine never ends: \(\*poller\).Stop stops the ticker, but Stop does not close its channel, so .for range p.ticker.C. waits for ever`
		for range p.ticker.C {
			p.poll()
		}
	}()
	return p
}

func (p *poller) poll() {}

func (p *poller) Stop() { p.ticker.Stop() }

type counted struct {
	ticker *time.Ticker
	mu     sync.Mutex
	refs   int
}

func (c *counted) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refs++
	if c.refs == 1 {
		go c.run() // want `CL1024: .*\(\*counted\).shutdown stops the ticker`
	}
}

func (c *counted) run() {
	for {
		<-c.ticker.C
		log.Print("tick")
	}
}

func (c *counted) shutdown() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refs--; c.refs == 0 {
		c.ticker.Stop()
	}
}

var hooks []func()

func onShutdown(f func()) { hooks = append(hooks, f) }

func clean(sweep func()) {
	ticker := time.NewTicker(12 * time.Hour)
	go func() { // want `CL1024: .*clean stops the ticker`
		for range ticker.C {
			sweep()
		}
	}()
	onShutdown(func() { ticker.Stop() })
}

func whileItRuns(run func()) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	go func() { // want `CL1024: .*whileItRuns stops the ticker`
		for range ticker.C {
			log.Print("still running")
		}
	}()
	run()
}

func whileItRunsRight(run func()) {
	ticker := time.NewTicker(time.Second)
	done := make(chan struct{})
	defer close(done)
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				log.Print("still running")
			case <-done:
				return
			}
		}
	}()
	run()
}

// The goroutine stops its own ticker, in case the loop is ever left.
func daemon() {
	ticker := time.NewTicker(time.Second)
	go func() {
		defer ticker.Stop()
		for range ticker.C {
			log.Print("tick")
		}
	}()
}

// Another ticker is stopped.
func others(run func()) {
	a, b := time.NewTicker(time.Second), time.NewTicker(time.Minute)
	defer b.Stop()
	go func() {
		for range a.C {
			log.Print("tick")
		}
	}()
	run()
}

// The loop waits for more than the ticker: stopping that does not mean the loop.
type queue struct {
	in     chan string
	ticker *time.Ticker
}

func (q *queue) run() {
	go func() {
		for {
			select {
			case s := <-q.in:
				log.Print(s)
			case <-q.ticker.C:
				log.Print("tick")
			}
		}
	}()
}

func (q *queue) Quiet() { q.ticker.Stop() }

// The caller gets the ticker, to stop it.
func Every(d time.Duration, f func()) *time.Ticker { // want Every:`starts the function literal \(for range ticker.C\)`
	ticker := time.NewTicker(d)
	go func() { // want `CL1024: the goroutine never ends: Every returns the ticker for its caller to stop, but Stop does not close its channel`
		for range ticker.C {
			f()
		}
	}()
	return ticker
}

// EveryRight returns what ends the loop.
func EveryRight(d time.Duration, f func()) (stop func()) { // want EveryRight:`spawns 1`
	ticker := time.NewTicker(d)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				f()
			case <-done:
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		ticker.Stop()
		close(done)
	})
}

// Tickers that are kept among others.
type scheduler struct {
	tickers []*time.Ticker
	byName  map[string]*time.Ticker
	last    *time.Ticker
}

func (s *scheduler) add(f func()) {
	ticker := time.NewTicker(time.Second)
	s.tickers = append(s.tickers, ticker)
	go func() { // want `CL1024: .*\(\*scheduler\).stop stops the ticker`
		for range ticker.C {
			f()
		}
	}()
}

func (s *scheduler) addNamed(name string, f func()) {
	ticker := time.NewTicker(time.Second)
	s.byName[name] = ticker
	go func() { // want `CL1024: .*\(\*scheduler\).remove stops the ticker`
		for range ticker.C {
			f()
		}
	}()
}

func (s *scheduler) setLast(f func()) {
	ticker := time.NewTicker(time.Second)
	s.last = ticker
	go func() { // want `CL1024: .*\(\*scheduler\).forget stops the ticker`
		for range ticker.C {
			f()
		}
	}()
}

func (s *scheduler) stop() {
	for _, t := range s.tickers {
		t.Stop()
	}
}

func (s *scheduler) remove(name string) {
	if t, ok := s.byName[name]; ok {
		t.Stop()
		delete(s.byName, name)
	}
}

func (s *scheduler) forget() { s.last.Stop() }

// Paused, not ended.
type blinker struct{ ticker *time.Ticker }

func (b *blinker) run(blink func()) {
	go func() {
		for range b.ticker.C {
			blink()
		}
	}()
}

func (b *blinker) Pause()  { b.ticker.Stop() }
func (b *blinker) Resume() { b.ticker.Reset(time.Second) }
