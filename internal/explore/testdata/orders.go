package p

import (
	"context"
	"sync"
	"sync/atomic"
)

// The programs in this file are stuck only if one goroutine is stopped before an operation that cannot wait.

func CancelledBeforeAsked() {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan int)
	go func() {
		ch <- 1 // stuck
	}()
	go func() { cancel() }()
	if ctx.Err() != nil {
		return
	}
	<-ch
}

func AskedBeforeClosed() {
	done, never := make(chan int), make(chan int)
	go func() {
		select {
		case <-done:
		default:
			<-never // stuck
		}
	}()
	close(done)
}

func TriedWhileLocked() {
	var mu sync.Mutex
	ch := make(chan int)
	go func() {
		if mu.TryLock() {
			mu.Unlock()
			return
		}
		ch <- 1 // stuck
	}()
	mu.Lock()
	mu.Unlock()
}

func SignalledTooEarly() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	go func() {
		mu.Lock()
		c.Wait() // stuck
		mu.Unlock()
	}()
	c.Signal()
}

func SentBeforeClosed() {
	ch, never := make(chan int, 1), make(chan int)
	go func() {
		ch <- 1
		<-never // stuck
	}()
	close(ch)
}

func CountedBeforeLooked() {
	var n atomic.Int32
	ch := make(chan int)
	go func() {
		n.Add(1)
		ch <- 1
	}()
	if n.Load() == 1 {
		<-ch
		<-ch // stuck
	}
	<-ch
}

func CancelledWhenDeferred() {
	ctx, cancel := context.WithCancel(context.Background())
	ch := make(chan int)
	go func() {
		if ctx.Err() == nil {
			ch <- 1 // stuck
		}
	}()
	defer cancel()
}

func AskedBeforeAwaited() {
	ch := make(chan int)
	go func() {
		select {
		case ch <- 1:
		default:
		}
	}()
	<-ch // stuck
}

func AskedAfterAwaited() {
	ch, never := make(chan int), make(chan int)
	go func() {
		select {
		case <-ch:
		case <-never:
		}
	}()
	select {
	case ch <- 1:
		<-never // stuck
	default:
		ch <- 1
	}
}

// Signal wakes whoever has waited longest: the other one here, if it came first.
func WhoWaitedLonger() {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	go func() {
		mu.Lock()
		for !ready {
			cond.Wait()
		}
		mu.Unlock()
	}()
	go func() {
		mu.Lock()
		ready = true
		cond.Signal()
		mu.Unlock()
	}()
	mu.Lock()
	for !ready {
		cond.Wait() // stuck
	}
	mu.Unlock()
	cond.Signal()
}

// More goroutines are started than are followed. That does not keep two of them from waiting for each other.
func Crowd() {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			a.Lock()
			b.Lock() // stuck
			a.Unlock()
			a.Lock() // stuck
			a.Unlock()
			b.Unlock()
		}()
	}
	wg.Wait() // nobody knows of those that are not followed
}

// One that goes on for very long may be as slow as it likes.
func Slow() {
	var rw sync.RWMutex
	c := make(chan int)
	go func() {
		rw.RLock()
		rw.RLock() // stuck
		rw.RUnlock()
		rw.RUnlock()
	}()
	go func() {
		rw.Lock() // stuck
		rw.Unlock()
	}()
	for i := 0; i < 1_000_000; i++ {
		select {
		case c <- i:
		default:
		}
	}
}

// Generated program 71 of seed 202, without what has no part in it.
func StoppedBeforeAnnounced() {
	full, turn := make(chan int, 2), make(chan int)
	go func() {
		select {
		case <-full:
		default:
		}
		turn <- 1 // stuck
		<-full    // stuck
	}()
	go func() { full <- 1 }()
	go func() {
		full <- 2
		<-turn
	}()
	select { // stuck
	case turn <- 0:
	case <-full:
		return
	}
	full <- 0 // stuck
	<-turn
}
