// Package tested has tests that do what the package does not.
package tested

import (
	"log"
	"time"
)

// Feed's channel is closed by a test only.
type Feed struct {
	done  chan struct{}
	count int
}

func NewFeed() *Feed { // want NewFeed:`starts \(\*Feed\).run`
	f := &Feed{done: make(chan struct{})}
	go f.run() // want `CL1023: \(\*Feed\).Close does not end this goroutine: .for. in \(\*Feed\).run has no way out, because nobody closes done or sends to it`
	return f
}

func (f *Feed) run() {
	for {
		select {
		case <-time.After(time.Second):
			f.count++
		case <-f.done:
			return
		}
	}
}

func (f *Feed) Close() { log.Print(f.count) }

// A test stops the ticker.
type watch struct{ ticker *time.Ticker }

func (w *watch) start() {
	go func() {
		for range w.ticker.C {
			log.Print("tick")
		}
	}()
}

var only = &watch{ticker: time.NewTicker(time.Minute)}

func Setup() { only.start() } // want Setup:`starts the function literal`
