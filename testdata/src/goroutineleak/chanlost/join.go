package chanlost

import (
	"context"
	"sync"
	"time"
)

func report() {}

// The goroutine loops for ever, and is waited for.
func metrics(run func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range time.Tick(time.Second) {
			report()
		}
	}()
	run()
	<-done // want `CL1002: the receive from done waits for ever: the goroutine, which closes it at its end, loops without a way out`
	report()
}

// Its context is never cancelled.
func metricsUncancelled(run func()) {
	done := make(chan struct{})
	ctx, _ := context.WithCancel(context.Background())
	go func(ctx context.Context) {
		defer close(done)
		tick := time.Tick(time.Second)
		for {
			select {
			case <-tick:
				report()
			case <-ctx.Done():
				return
			}
		}
	}(ctx)
	run()
	<-done // want `CL1002`
	report()
}

// Cancelled before it is waited for.
func metricsCancelled(run func()) {
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func(ctx context.Context) {
		defer close(done)
		tick := time.Tick(time.Second)
		for {
			select {
			case <-tick:
				report()
			case <-ctx.Done():
				return
			}
		}
	}(ctx)
	run()
	cancel()
	<-done
	report()
}

// Nothing is left to do: it is meant to go on for ever.
func forever() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range time.Tick(time.Second) {
			report()
		}
	}()
	<-done
}

// Workers that nothing ends.
type workers struct {
	wg   sync.WaitGroup
	jobs chan func()
	quit chan struct{}
}

func NewWorkers() *workers {
	w := &workers{jobs: make(chan func()), quit: make(chan struct{})}
	w.wg.Add(1)
	go w.work()
	return w
}

func (w *workers) Do(f func()) {
	select {
	case w.jobs <- f:
	case <-w.quit:
	}
}

func (w *workers) work() {
	defer w.wg.Done()
	for {
		select {
		case f := <-w.jobs: // want `CL1002`
			f()
		}
	}
}

func (w *workers) Drain() {
	close(w.quit)
	w.wg.Wait() // want `CL1004: w.wg.Wait waits for ever: workers.work, which calls Done of it at its end, loops without a way out`
	report()
}

// Workers that end.
type ending struct {
	wg   sync.WaitGroup
	jobs chan func()
	quit chan struct{}
}

func NewEnding() *ending {
	w := &ending{jobs: make(chan func()), quit: make(chan struct{})}
	w.wg.Add(1)
	go w.work()
	return w
}

func (w *ending) Do(f func()) {
	select {
	case w.jobs <- f:
	case <-w.quit:
	}
}

func (w *ending) work() {
	defer w.wg.Done()
	for {
		select {
		case f := <-w.jobs:
			f()
		case <-w.quit:
			return
		}
	}
}

func (w *ending) Drain() {
	close(w.quit)
	w.wg.Wait()
	report()
}
