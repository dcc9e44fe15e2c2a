// Package ended has objects whose callers are left waiting: only after the work of the object has been ended, or in the midst
// of it.
package ended

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"sync"
	"time"
)

type job struct{ name string }

func (j job) run() error {
	if j.name == "" {
		return errors.New("no name")
	}
	return nil
}

// A Scheduler works until its context ends.
type Scheduler struct {
	jobs chan job
}

func NewScheduler(ctx context.Context) *Scheduler {
	s := &Scheduler{jobs: make(chan job)}
	go s.loop(ctx)
	return s
}

func (s *Scheduler) loop(ctx context.Context) {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case <-ctx.Done():
			return
		}
	}
}

// Schedule does not wait for the job to be taken.
func (s *Scheduler) Schedule(name string) {
	go func() {
		s.jobs <- job{name} // want `CL1001: .*only once Scheduler.loop has been told to end`
	}()
}

// A Fragile scheduler gives up at the first job that fails, and its callers wait although nobody has ended it.
type Fragile struct {
	jobs chan job
	stop chan struct{}
}

func NewFragile() *Fragile { // want NewFragile:"starts a goroutine until End"
	s := &Fragile{jobs: make(chan job), stop: make(chan struct{})}
	go s.loop()
	return s
}

func (s *Fragile) loop() {
	for {
		select {
		case j := <-s.jobs:
			if err := j.run(); err != nil {
				return
			}
		case <-s.stop:
			return
		}
	}
}

func (s *Fragile) Schedule(name string) {
	s.jobs <- job{name} // want `CL1001: [^;]*; [^;]*$`
}

func (s *Fragile) End() { close(s.stop) }

// An Idle one leaves when nothing comes for a while.
type Idle struct{ jobs chan job }

func NewIdle() *Idle {
	s := &Idle{jobs: make(chan job)}
	go s.loop()
	return s
}

func (s *Idle) loop() {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case <-time.After(time.Minute):
			return
		}
	}
}

func (s *Idle) Schedule(name string) {
	s.jobs <- job{name} // want `CL1001: [^;]*; [^;]*$`
}

// A Waiting one counts those who send, and waits for them: its end never comes.
type Waiting struct {
	jobs    chan job
	stop    chan struct{}
	senders sync.WaitGroup
}

func NewWaiting() *Waiting { // want NewWaiting:"starts a goroutine until End"
	s := &Waiting{jobs: make(chan job), stop: make(chan struct{})}
	go s.loop()
	return s
}

func (s *Waiting) loop() {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case <-s.stop:
			return
		}
	}
}

func (s *Waiting) Schedule(name string) {
	s.senders.Add(1)
	go func() {
		defer s.senders.Done()
		s.jobs <- job{name} // want `CL1001: [^;]*; [^;]*$`
	}()
}

func (s *Waiting) End() {
	close(s.stop)
	s.senders.Wait()
}

// A Locked one keeps a lock while it waits, and everybody else out with it.
type Locked struct {
	mu   sync.Mutex
	n    int
	jobs chan job
	stop chan struct{}
}

func NewLocked() *Locked { // want NewLocked:"starts a goroutine until End"
	s := &Locked{jobs: make(chan job), stop: make(chan struct{})}
	go s.loop()
	return s
}

func (s *Locked) loop() {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case <-s.stop:
			return
		}
	}
}

func (s *Locked) Schedule(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.jobs <- job{name} // want `CL1001: [^;]*; [^;]*$`
}

func (s *Locked) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *Locked) End() { close(s.stop) }

// A Free one has given its lock back.
type Free struct {
	mu   sync.Mutex
	n    int
	jobs chan job
	stop chan struct{}
}

func NewFree() *Free { // want NewFree:"starts a goroutine until End"
	s := &Free{jobs: make(chan job), stop: make(chan struct{})}
	go s.loop()
	return s
}

func (s *Free) loop() {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case <-s.stop:
			return
		}
	}
}

func (s *Free) Schedule(name string) {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.jobs <- job{name} // want `CL1001: .*only once Free.loop has been told to end`
}

func (s *Free) End() { close(s.stop) }

// A Retrying one has goroutines of its own that send, one for each job that failed.
type Retrying struct {
	jobs chan job
	stop chan struct{}
}

func NewRetrying() *Retrying { // want NewRetrying:"starts a goroutine until End"
	s := &Retrying{jobs: make(chan job), stop: make(chan struct{})}
	go s.loop()
	return s
}

func (s *Retrying) loop() {
	for {
		select {
		case j := <-s.jobs:
			if j.run() != nil {
				go func() { s.Schedule(j.name) }()
			}
		case <-s.stop:
			return
		}
	}
}

func (s *Retrying) Schedule(name string) {
	s.jobs <- job{name} // want `CL1001: [^;]*; [^;]*$`
}

func (s *Retrying) End() { close(s.stop) }

// A Daemon works until the process is asked to end.
type Daemon struct {
	states  chan string
	signals chan os.Signal
}

func NewDaemon() *Daemon {
	d := &Daemon{states: make(chan string), signals: make(chan os.Signal, 1)}
	signal.Notify(d.signals, os.Interrupt)
	return d
}

func (d *Daemon) Report(state string) {
	d.states <- state // want `CL1001: .*only once Daemon.Run has been told to end`
}

func (d *Daemon) Run() {
	for {
		select {
		case state := <-d.states:
			log.Print(state)
		case <-d.signals:
			log.Print("ends")
			return
		}
	}
}

// Ask is the classic: the channel is the call's own, and so is the context.
func Ask(ctx context.Context, j job) error {
	result := make(chan error)
	go func() {
		result <- j.run() // want `CL1001: [^;]*; [^;]*$`
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An Ordered one is told to leave by a value that its Halt sends, with the channel of the answer.
type Ordered struct {
	jobs  chan job
	names chan string
	halt  chan chan struct{}
}

func NewOrdered() *Ordered { // want NewOrdered:"starts a goroutine until Halt"
	s := &Ordered{jobs: make(chan job), names: make(chan string), halt: make(chan chan struct{})}
	go s.loop()
	return s
}

func (s *Ordered) loop() {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case name := <-s.names:
			log.Print(name)
		case done := <-s.halt:
			done <- struct{}{}
			return
		}
	}
}

func (s *Ordered) Schedule(name string) {
	s.jobs <- job{name} // want `CL1011: .*; it happens only once Ordered.loop has been told to end`
}

func (s *Ordered) Name(name string) {
	s.names <- name // want `CL1011: .*; it happens only once Ordered.loop has been told to end`
}

func (s *Ordered) Halt() {
	done := make(chan struct{})
	s.halt <- done
	<-done
}

// A Kicked one gets signals that make it work, not only leave: it leaves when the work fails.
type Kicked struct {
	jobs chan job
	kick chan struct{}
}

func NewKicked() *Kicked { // want NewKicked:"starts a goroutine until Kick"
	s := &Kicked{jobs: make(chan job), kick: make(chan struct{})}
	go s.loop()
	return s
}

func (s *Kicked) loop() {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case <-s.kick:
			if (job{}).run() != nil {
				return
			}
		}
	}
}

func (s *Kicked) Schedule(name string) {
	s.jobs <- job{name} // want `CL1001: [^;]*; [^;]*$`
}

func (s *Kicked) Kick() {
	s.kick <- struct{}{}
}

// The process has one of these, and whoever wants calls it, also when it has been ended and another one takes its place.
type Recorder struct {
	spans chan string
	stop  chan struct{}
}

var recorder *Recorder

func StartRecorder() {
	recorder = &Recorder{spans: make(chan string), stop: make(chan struct{})}
	go recorder.loop()
}

func StopRecorder() { close(recorder.stop) }

func Record(span string) { recorder.record(span) }

func (r *Recorder) loop() {
	for {
		select {
		case span := <-r.spans:
			log.Print(span)
		case <-r.stop:
			return
		}
	}
}

func (r *Recorder) record(span string) {
	r.spans <- span // want `CL1001: [^;]*; [^;]*$`
}

// AskInTime looks whether anybody waits, right before it sends.
func AskInTime(ctx context.Context, j job) error {
	result := make(chan error)
	go func() {
		if err := j.run(); err != nil && ctx.Err() == nil {
			result <- err // want `CL1001: .*only where the context ends between`
		}
		close(result)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AskTooEarly looks before the work, which takes its time.
func AskTooEarly(ctx context.Context, j job) error {
	result := make(chan error)
	go func() {
		if ctx.Err() == nil {
			result <- j.run() // want `CL1001: [^;]*; [^;]*$`
		}
		close(result)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AskAnother looks at a context that is not the one of who waits.
func AskAnother(ctx, other context.Context, j job) error {
	result := make(chan error)
	go func() {
		if err := j.run(); err != nil && other.Err() == nil {
			result <- err // want `CL1001: [^;]*; [^;]*$`
		}
		close(result)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A Mixed one has callers that wait on two channels of one loop. One of them has a lock while it waits: it is shown, and
// tells of the others.
type Mixed struct {
	mu    sync.Mutex
	n     int
	jobs  chan job
	names chan string
}

func NewMixed(ctx context.Context) *Mixed {
	s := &Mixed{jobs: make(chan job), names: make(chan string)}
	go s.loop(ctx)
	return s
}

func (s *Mixed) loop(ctx context.Context) {
	for {
		select {
		case j := <-s.jobs:
			_ = j.run()
		case name := <-s.names:
			log.Print(name)
		case <-ctx.Done():
			return
		}
	}
}

func (s *Mixed) Schedule(name string) {
	s.jobs <- job{name}
}

func (s *Mixed) Locked(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	s.names <- name // want `CL1001: [^;]*; [^;]*; the same holds for line 478, more.go:5, more.go:6 and 1 more$`
}
