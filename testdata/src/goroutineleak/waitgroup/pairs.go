package waitgroup

import "sync"

type iterator struct {
	wg *sync.WaitGroup
	n  int
}

// The pairs are released by another goroutine.
func receiveAll(n int, stop <-chan struct{}, add func(func()) error, more func() bool) {
	var pairs []iterator
	var all sync.WaitGroup
	for i := range n {
		var wg sync.WaitGroup
		wg.Add(1)
		pairs = append(pairs, iterator{wg: &wg, n: i})
		all.Add(1)
		go func() {
			defer all.Done()
			defer wg.Wait()
			for more() {
				wg.Add(1)
				if err := add(func() { defer wg.Done(); more() }); err != nil {
					wg.Done()
					return
				}
			}
		}()
	}
	go func() {
		<-stop
		for _, p := range pairs {
			p.wg.Done()
		}
	}()
	all.Wait()
}
