// Package waitgroup has WaitGroups and Conds that are never released, beside those that are.
package waitgroup

import (
	"context"
	"log"
	"sync"
)

func fetch(string) error { return nil }

// An error leaves without Done.
func missed(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() {
			if err := fetch(url); err != nil {
				log.Print(err)
				return
			}
			wg.Done()
		}()
	}
	wg.Wait() // want `CL1004`
}

func deferred(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := fetch(url); err != nil {
				log.Print(err)
				return
			}
		}()
	}
	wg.Wait()
}

func both(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() {
			if err := fetch(url); err != nil {
				wg.Done()
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

// Somebody else does it.
func handedOn(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() {
			if err := fetch(url); err != nil {
				go func() { defer wg.Done(); log.Print(err) }()
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

func forgotten(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() { _ = fetch(url) }()
	}
	wg.Wait() // want `CL1004`
}

func itself(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_ = fetch(url)
			wg.Wait() // want `CL1004`
		}()
	}
}

func inLoop(urls []string) {
	var wg sync.WaitGroup
	wg.Add(len(urls))
	for _, url := range urls {
		go func() {
			defer wg.Done()
			_ = fetch(url)
		}()
		wg.Wait() // want `CL1004`
	}
}

func afterLoop(urls []string) {
	var wg sync.WaitGroup
	wg.Add(len(urls))
	for _, url := range urls {
		go func() {
			defer wg.Done()
			_ = fetch(url)
		}()
	}
	wg.Wait()
}

func started(urls []string) {
	var wg sync.WaitGroup
	for _, url := range urls {
		wg.Go(func() { _ = fetch(url) })
	}
	wg.Wait()
}

type tasks struct {
	wg sync.WaitGroup
}

func (t *tasks) begin() { t.wg.Add(1) }
func (t *tasks) end()   { t.wg.Done() }
func (t *tasks) Wait()  { t.wg.Wait() }

type queue struct {
	mu    sync.Mutex
	ready *sync.Cond
	full  *sync.Cond
	items []string
}

func newQueue() *queue {
	q := new(queue)
	q.ready, q.full = sync.NewCond(&q.mu), sync.NewCond(&q.mu)
	return q
}

func (q *queue) add(item string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) > 100 {
		q.full.Wait() // want `CL1005`
	}
	q.items = append(q.items, item)
	q.ready.Signal()
}

func (q *queue) next() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.ready.Wait()
	}
	item := q.items[0]
	q.items = q.items[1:]
	return item
}

// Two are counted, one is released.
func oneOfTwo(a, b string) {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		_ = fetch(a)
	}()
	go func() { _ = fetch(b) }()
	wg.Wait() // want `CL1004`
}

func two(a, b string) {
	var wg sync.WaitGroup
	wg.Add(2)
	for _, url := range []string{a, b} {
		go func() {
			defer wg.Done()
			_ = fetch(url)
		}()
	}
	wg.Wait()
}

// Those of the second loop are counted, and never done.
func twoLoops(old, next map[string]bool) {
	var wg sync.WaitGroup
	for url := range next {
		wg.Add(1)
		go func() {
			_ = fetch(url)
			wg.Done()
		}()
	}
	wg.Add(len(old))
	for url := range old {
		go func() { _ = fetch(url) }()
	}
	wg.Wait() // want `CL1004`
}

func twoLoopsDone(old, next map[string]bool) {
	var wg sync.WaitGroup
	for url := range next {
		if old[url] {
			continue
		}
		wg.Add(1)
		go func() {
			_ = fetch(url)
			wg.Done()
		}()
	}
	wg.Add(len(old))
	for url := range old {
		go func() {
			defer wg.Done()
			_ = fetch(url)
		}()
	}
	wg.Wait()
}

// march counts jobs, of which a helper takes back those that are left when the context ends. What ends the helper comes
// after the wait.
func march(ctx context.Context, jobs []func()) {
	var left sync.WaitGroup
	in := make(chan func(), len(jobs))
	for range 4 {
		go func() {
			for job := range in {
				job()
				left.Done()
			}
		}()
	}
	for _, job := range jobs {
		left.Add(1)
		in <- job
	}
	left.Add(1)
	in <- func() {}
	done := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			for range in {
				left.Done()
			}
		case <-done:
		}
	}()
	left.Wait()
	close(done)
	close(in)
}
