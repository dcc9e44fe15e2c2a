// Package chanrecv has receivers that nobody serves any more, beside those who are always released, and channels that are
// closed too often.
package chanrecv

import (
	"context"
	"errors"
	"time"
)

func load(string) (string, error) { return "", nil }

// An error leaves the loop without an end.
func index(names []string) error {
	work := make(chan string)
	go func() {
		for range work { // want `CL1002`
		}
	}()
	for _, name := range names {
		d, err := load(name)
		if err != nil {
			return err
		}
		work <- d
	}
	close(work)
	return nil
}

// Closed on every path.
func indexed(names []string) error {
	work := make(chan string)
	defer close(work)
	go func() {
		for range work {
		}
	}()
	for _, name := range names {
		d, err := load(name)
		if err != nil {
			return err
		}
		work <- d
	}
	return nil
}

// Never closed at all.
func neverClosed(names []string) {
	work := make(chan string)
	for range 4 {
		go func() {
			for range work { // want `CL1002`
			}
		}()
	}
	for _, name := range names {
		work <- name
	}
}

// The last value says that it is the last.
func sentinel(names []string) {
	work := make(chan string)
	go func() {
		for name := range work {
			if name == "" {
				return
			}
		}
	}()
	for _, name := range names {
		work <- name
	}
	work <- ""
}

// The goroutine returns an error without a word.
func silent(name string) string {
	result := make(chan string)
	go func() {
		d, err := load(name)
		if err != nil {
			return
		}
		result <- d
	}()
	return <-result // want `CL1002`
}

// Whoever waits already is served.
func offered(name string) {
	stop := make(chan error)
	go func() {
		_, err := load(name)
		select {
		case stop <- err:
		default:
		}
	}()
	<-stop
}

// Closed in any case.
func told(name string) string {
	result := make(chan string, 1)
	go func() {
		defer close(result)
		d, err := load(name)
		if err != nil {
			return
		}
		result <- d
	}()
	return <-result
}

type scheduler struct {
	jobs chan func()
	stop chan struct{}
	done chan struct{}
}

func newScheduler() *scheduler {
	s := &scheduler{jobs: make(chan func()), stop: make(chan struct{}), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *scheduler) run() {
	for {
		select {
		case job := <-s.jobs:
			job()
		case <-s.stop:
			return
		}
	}
}

// Submit blocks when the scheduler was stopped meanwhile.
func (s *scheduler) Submit(job func()) {
	s.jobs <- job // want `CL1001`
}

// Stop waits for what run never closes.
func (s *scheduler) Stop() {
	close(s.stop)
	<-s.done // want `CL1002`
}

// A way to block that nobody can end.
func (s *scheduler) Block() {
	<-make(chan bool) // want `CL1002`
}

// There is no channel in a timer that calls a function.
func watchdog(ctx context.Context, kill func()) error {
	t := time.AfterFunc(time.Second, kill)
	_, err := load("")
	if !t.Stop() {
		<-t.C // want `CL1002`
	}
	return err
}

func drained(d time.Duration) error {
	t := time.NewTimer(d)
	_, err := load("")
	if !t.Stop() {
		<-t.C
	}
	return err
}

type door struct {
	open, shut chan struct{}
}

func newDoor() *door { return &door{open: make(chan struct{}), shut: make(chan struct{})} }

// Nobody opens or shuts it.
func (d *door) Wait() {
	select { // want `CL1003`
	case <-d.open:
	case <-d.shut:
	}
}

type gate struct{ open chan struct{} }

func (g *gate) Open() { close(g.open) }

func (g *gate) Wait(d time.Duration) error {
	select {
	case <-g.open:
		return nil
	case <-time.After(d):
		return errors.New("shut")
	}
}

// Meant to be for ever.
func forever() { select {} }

func closedTwice(names []string, out chan string) {
	defer close(out) // want `CL1013`
	if len(names) == 0 {
		close(out)
		return
	}
	for _, name := range names {
		out <- name
	}
}

func sentAfterClose(out chan string) {
	close(out)
	out <- "late" // want `CL1013`
}

func closedOnce(names []string, out chan string) {
	if len(names) == 0 {
		close(out)
		return
	}
	for _, name := range names {
		out <- name
	}
	close(out)
}

func renewed(g *gate) {
	close(g.open)
	g.open = make(chan struct{})
	close(g.open)
}

// One of as many goroutines as there are receives sends nothing.
func collect(names []string) (all []string) {
	results := make(chan string, len(names))
	for _, name := range names {
		go func() {
			d, err := load(name)
			if err != nil {
				return
			}
			results <- d
		}()
	}
	for range names {
		all = append(all, <-results) // want `CL1002`
	}
	return all
}

// Each sends.
func collectAll(names []string) (all []string) {
	results := make(chan string, len(names))
	for _, name := range names {
		go func() {
			d, err := load(name)
			if err != nil {
				results <- ""
				return
			}
			results <- d
		}()
	}
	for range names {
		all = append(all, <-results)
	}
	return all
}

type journal struct {
	lines chan string
}

// OpenJournal starts a goroutine that nothing ends.
func OpenJournal() *journal {
	j := &journal{lines: make(chan string, 100)}
	go j.write()
	return j
}

func (j *journal) Log(line string) { j.lines <- line }

func (j *journal) write() {
	for range j.lines { // want `CL1002`
	}
}

// It ends only after it has closed the channel.
func forward(in chan string, failed chan error) {
	out := make(chan string)
	go func() {
		for range out {
		}
	}()
	go func() {
		for {
			if in == nil && failed == nil {
				break
			}
			select {
			case line, ok := <-in:
				if !ok {
					close(out)
					in = nil
					continue
				}
				out <- line
			case _, ok := <-failed:
				if !ok {
					failed = nil
				}
			}
		}
	}()
}

// asked asks before it drains: with a timer of AfterFunc it never does.
func asked(kill func()) {
	t := time.AfterFunc(time.Second, kill)
	if !t.Stop() {
		if t.C != nil {
			<-t.C
		}
	}
}
