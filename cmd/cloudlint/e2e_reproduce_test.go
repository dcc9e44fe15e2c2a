package main

import (
	"os"
	"strings"
	"testing"
)

// The second reader waits behind a writer only if that comes between two statements, which takes no time: by itself this
// does not happen in a year.
const nested = `-- go.mod --
module corp.example/shop

go 1.26
-- stock/stock.go --
package stock

import "sync"

type Stock struct {
	mu sync.RWMutex
	n  map[string]int
}

func (s *Stock) Count(name string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.count(name)
}

func (s *Stock) count(name string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.n[name]
}

func (s *Stock) Put(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n[name]++
}
-- stock/stock_test.go --
package stock

import (
	"sync"
	"testing"
	"time"
)

func TestStock(t *testing.T) {
	s := &Stock{n: make(map[string]int)}
	done := make(chan bool, 2)
	var once sync.WaitGroup
	once.Add(1)
	go func() { once.Wait(); s.Count("nail"); done <- true }()
	go func() { once.Wait(); s.Put("nail"); done <- true }()
	once.Done()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
	time.Sleep(20 * time.Millisecond)
}
`

func TestVerifyReproduce(t *testing.T) {
	dir := module(t, nested)
	r := cloudlint(t, dir, "verify", "--reproduce", "CL1009@stock/stock.go:13")
	r.want(t, 4, "CL1009 stock/stock.go:13: confirmed: a goroutine waits there for ever (sync.RWMutex.RLock)", "    1 ", "    2 ", "    3 ", "    TestStock of corp.example/shop/stock; again: cloudlint verify --reproduce ")
	// The command that it prints does the same.
	_, again, _ := strings.Cut(strings.TrimSpace(r.stdout), "again: cloudlint ")
	args := strings.Fields(strings.ReplaceAll(again, "'", ""))
	cloudlint(t, dir, args...).want(t, 4, "CL1009 stock/stock.go:13: confirmed", "    1 ", "    2 ", "    3 ", "    TestStock ")

	// Once it is mended there is nothing to force; and what no test comes to is not confirmed.
	edit(t, dir, "stock/stock_test.go", "s.Count(\"nail\");", "")
	r = cloudlint(t, dir, "verify", "--reproduce", "CL1009@stock/stock.go:13")
	r.want(t, 0, "CL1009 stock/stock.go:13: not confirmed in ")
	if !strings.Contains(r.stdout, "which refutes nothing; step 1 of 3 was never reached in its turn, at stock/stock.go:") {
		t.Errorf("it does not say what was missed: %s", r.stdout)
	}
	edit(t, dir, "stock/stock.go", "return s.count(name)", "return s.n[name]")
	cloudlint(t, dir, "verify", "--reproduce", "CL1009@stock/stock.go:13").wantError(t, 2, "no finding is CL1009@stock/stock.go:13")
	cloudlint(t, dir, "verify", "--perturb", "2", "--schedule", "race:1").wantError(t, 2, "give one of them")
	cloudlint(t, dir, "verify", "--schedule", "nap:1").wantError(t, 2, "no way to run")
}

const stopped = `-- go.mod --
module corp.example/queue

go 1.26
-- queue.go --
package queue

// A Queue works on what is put.
type Queue struct {
	in   chan int
	done chan struct{}
	sum  int
}

func New() *Queue {
	q := &Queue{in: make(chan int), done: make(chan struct{})}
	go q.work()
	return q
}

func (q *Queue) work() {
	for {
		select {
		case v := <-q.in:
			q.sum += v
		case <-q.done:
			return
		}
	}
}

func (q *Queue) Put(v int) { q.in <- v }

func (q *Queue) Stop() { close(q.done) }
-- queue_test.go --
package queue

import "testing"

func TestQueue(t *testing.T) {
	q := New()
	go q.Put(1)
	q.Stop()
}
`

// That a goroutine stays confirms what is said of a method that ends the work only after that method was called.
func TestVerifyReproduceStop(t *testing.T) {
	dir := module(t, stopped)
	cloudlint(t, dir, "verify", "--reproduce", "CL1011@queue.go:27").
		want(t, 4, "CL1011 queue.go:27: confirmed: a goroutine waits there for ever (chan send)", "    1 ", "    2 ", "    3 goroutine 1: the close of", "    4 ", "    5 goroutine 3: the send on q.in waits (queue.go:27)", "    TestQueue ")
	if os.Getenv("CLOUDLINT_REPRODUCE") == "" { // of .ci/full: what is not confirmed takes 13 runs
		return
	}
	edit(t, dir, "queue_test.go", "\tq.Stop()\n", "")
	edit(t, dir, "queue_test.go", "q := New()", "q := &Queue{in: make(chan int), done: make(chan struct{})}")
	cloudlint(t, dir, "verify", "--reproduce", "CL1011@queue.go:27").want(t, 0, "CL1011 queue.go:27: not confirmed in ")
}
