// Package order has functions in which goroutines get stuck in an order that the test knows.
package order

import (
	"sync"
	"time"
)

func Timeout() {
	c := make(chan int)
	go func() { c <- 1 }()
	select {
	case <-c:
	case <-time.After(time.Second):
	}
}

func Partner() {
	c, d := make(chan int), make(chan int)
	go func() {
		select {
		case <-c:
		case <-d:
		}
		<-d
	}()
	c <- 1
}

func Nested() {
	var mu sync.RWMutex
	done := make(chan bool, 2)
	go func() {
		mu.RLock()
		mu.RLock()
		mu.RUnlock()
		mu.RUnlock()
		done <- true
	}()
	go func() {
		mu.Lock()
		mu.Unlock()
		done <- true
	}()
	<-done
	<-done
}

func Missed() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	go func() {
		mu.Lock()
		c.Wait()
		c.Wait()
		mu.Unlock()
	}()
	mu.Lock()
	c.Signal()
	mu.Unlock()
}
