package stopflow

import (
	"log"
	"time"
)

// What the watchdog calls ends the process, so that it is there as long as there is anybody to stop it.
type watchdog struct {
	stop chan struct{}
	bark func(string)
}

func newWatchdog() *watchdog {
	w := &watchdog{stop: make(chan struct{}), bark: func(who string) { log.Panicf("no news of %s", who) }}
	go w.watch()
	return w
}

func (w *watchdog) watch() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-t.C:
			w.bark("worker")
			return
		}
	}
}

// Close tells the watchdog to go.
func (w *watchdog) Close() { w.stop <- struct{}{} }

// This one only complains, and is gone.
type lapdog struct {
	stop chan struct{}
	bark func(string)
}

func newLapdog() *lapdog {
	w := &lapdog{stop: make(chan struct{}), bark: func(who string) { log.Printf("no news of %s", who) }}
	go w.watch()
	return w
}

func (w *lapdog) watch() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-t.C:
			w.bark("worker")
			return
		}
	}
}

// Close waits for a receiver that may have gone.
func (w *lapdog) Close() { w.stop <- struct{}{} } // want `CL1011`
