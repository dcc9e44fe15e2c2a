// Package stock has one place of each kind that can be mutated.
package stock

import (
	"context"
	"sync"
)

// A Stock counts goods.
type Stock struct {
	mu    sync.Mutex
	items map[string]int
}

// Add adds goods.
func (s *Stock) Add(name string, n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[name] += n
	if n < 0 {
		return 0
	}
	return s.items[name]
}

// Count counts with one goroutine for each shelf.
func Count(ctx context.Context, shelves []func() int) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	counts := make(chan int, 2)
	var wg sync.WaitGroup
	for _, shelf := range shelves {
		wg.Add(1)
		go func() {
			defer wg.Done()
			select {
			case counts <- shelf():
			case <-ctx.Done():
				return
			}
		}()
	}
	finished := make(chan struct{})
	go func() {
		wg.Wait()
		close(counts)
		finished <- struct{}{}
	}()
	total := 0
	for n := range counts {
		total += n
	}
	<-finished
	return total
}
