// Package counted has goroutines of which a counter, a flag or a variable says how many there are, beside those of which none
// says it.
package counted

import (
	"errors"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// The workers share the parts out, and send one value for each of them.
func sharedOut(parts []func() error, n, threads int) error {
	errs := make(chan error, n)
	var next uint32
	for k := 0; k < threads; k++ {
		go func() {
			for {
				i := int(atomic.AddUint32(&next, 1) - 1)
				if i >= len(parts) {
					return
				}
				errs <- parts[i]()
			}
		}()
	}
	for i := 0; i < cap(errs); i++ {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// What is counted does not end the loop: the worker leaves, and what it has not sent is waited for.
func countedAside(parts []func() error, seen *atomic.Int64) {
	errs := make(chan error, 8)
	go func() {
		for _, part := range parts {
			seen.Add(1)
			err := part()
			if err != nil {
				return
			}
			errs <- err
		}
	}()
	for range parts {
		<-errs // want `CL1002`
	}
}

type dialer interface {
	dial() (int, error)
}

// All that were started are received from, and where none was, there is none.
func countedDown(dial []dialer) (best int, err error) {
	ready, failed := make(chan int), make(chan error)
	started := 0
	for _, d := range dial {
		started++
		go func() {
			v, err := d.dial()
			if err != nil {
				failed <- err
				return
			}
			ready <- v
		}()
	}
	if started == 0 {
		return 0, os.ErrInvalid
	}
	var failures []error
	for ; started > 0; started-- {
		select {
		case v := <-ready:
			best = max(best, v)
		case err := <-failed:
			failures = append(failures, err)
		}
	}
	return best, errors.Join(failures...)
}

// The first that fails ends it.
func countedDownToFailure(dial []func() (int, error)) (best int, err error) {
	ready, failed := make(chan int), make(chan error)
	started := 0
	for _, d := range dial {
		started++
		go func() {
			v, err := d()
			if err != nil {
				failed <- err // want `CL1001: .*; the same holds for line 101`
				return
			}
			ready <- v
		}()
	}
	for started > 0 {
		select {
		case v := <-ready:
			started--
			best = max(best, v)
		case err := <-failed:
			return 0, err
		}
	}
	return best, nil
}

// The ticks are not listened to until the answer has come.
func eventually(ok func() bool, wait, tick time.Duration) bool {
	answers := make(chan bool, 1)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for ticks := ticker.C; ; {
		select {
		case <-timer.C:
			return false
		case <-ticks:
			ticks = nil
			go func() { answers <- ok() }()
		case v := <-answers:
			if v {
				return true
			}
			ticks = ticker.C
		}
	}
}

// Each tick starts one more.
func impatient(ok func() bool, wait, tick time.Duration) bool {
	answers := make(chan bool, 1)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-timer.C:
			return false
		case <-ticker.C:
			go func() { answers <- ok() }() // want `CL1001`
		case v := <-answers:
			if v {
				return true
			}
		}
	}
}

// The size is sent in the first round, and received.
func first(next func() int, use func(int)) {
	size := make(chan int)
	go func() {
		i := 0
		for {
			i++
			n := next()
			if i == 1 {
				size <- n
			}
			use(n)
		}
	}()
	use(<-size)
}

// It is sent in each round.
func each(next func() int, use func(int)) {
	size := make(chan int)
	go func() {
		i := 0
		for {
			i++
			n := next()
			if i != 1 {
				size <- n // want `CL1001`
			}
			use(n)
		}
	}()
	use(<-size)
}

type set map[string]bool

func (s set) size() int { return len(s) }

// There is room for one value of each name.
func sized(names set, probe func(string) bool) int {
	found := make(chan string, names.size())
	var wg sync.WaitGroup
	for name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if probe(name) {
				found <- name
			}
		}()
	}
	wg.Wait()
	close(found)
	return len(found)
}

// There are two values of each.
func sizedForHalf(names set, probe func(string) bool) int {
	found := make(chan string, names.size())
	var wg sync.WaitGroup
	for name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if probe(name) {
				found <- name
			}
			found <- "!" + name // want `CL1001`
		}()
	}
	wg.Wait()
	close(found)
	return len(found)
}

// A timer that was just made for good can be stopped.
func idle(f func()) *time.Timer {
	t := time.AfterFunc(math.MaxInt64, f)
	if !t.Stop() {
		<-t.C
	}
	return t
}

// This one may have fired.
func idleSoon(f func()) *time.Timer {
	t := time.AfterFunc(time.Millisecond, f)
	if !t.Stop() {
		<-t.C // want `CL1002`
	}
	return t
}

// The last signal is kept, and what has come so far is stored before it.
func progress(chunks []func() uint64, want []uint64) {
	var done atomic.Uint64
	more := make(chan struct{}, 1)
	go func() {
		for _, chunk := range chunks {
			done.Add(chunk())
			select {
			case more <- struct{}{}:
			default:
			}
		}
	}()
	for _, w := range want {
		for done.Load() < w {
			<-more
		}
	}
}

// A signal that is sent before what it tells is stored may be the last one.
func progressUntold(chunks []func() uint64, want []uint64) {
	var done atomic.Uint64
	more := make(chan struct{}, 1)
	go func() {
		for _, chunk := range chunks {
			n := chunk()
			select {
			case more <- struct{}{}:
			default:
			}
			done.Add(n)
		}
	}()
	for _, w := range want {
		for done.Load() < w {
			<-more // want `CL1002`
		}
	}
}

// What waits is not counted meanwhile.
type task struct {
	running sync.WaitGroup
	mu      sync.Mutex
	stopped sync.Cond
	stop    bool
}

func (t *task) start(work func()) {
	t.running.Add(1)
	go t.run(work)
}

func (t *task) run(work func()) {
	t.pause()
	work()
	t.running.Done()
}

func (t *task) pause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running.Add(-1)
	defer t.running.Add(1)
	for t.stop {
		t.stopped.Wait()
	}
}

func (t *task) resume() {
	t.mu.Lock()
	t.stop = false
	t.stopped.Broadcast()
	t.mu.Unlock()
}

func (t *task) wait() { t.running.Wait() }

// A logger that leaves has called Done.
type logger struct {
	lines, end chan string
	wg         sync.WaitGroup
}

func newLogger() *logger {
	l := &logger{lines: make(chan string, 8), end: make(chan string)}
	l.wg.Add(1)
	go l.run()
	return l
}

func (l *logger) run() {
	over := false
	for {
		select {
		case s := <-l.lines:
			println(s)
		case <-l.end:
			over = true
			l.wg.Done()
		}
		if over {
			break
		}
	}
}

func (l *logger) close() {
	close(l.end)
	l.wg.Wait()
}

// This one leaves as well when there is a line too much.
type strict struct {
	lines, end chan string
	wg         sync.WaitGroup
}

func newStrict() *strict {
	l := &strict{lines: make(chan string, 8), end: make(chan string)}
	l.wg.Add(1)
	go l.run()
	return l
}

func (l *strict) run() {
	over := false
	for {
		select {
		case s := <-l.lines:
			over = s == ""
		case <-l.end:
			over = true
			l.wg.Done()
		}
		if over {
			break
		}
	}
}

func (l *strict) close() {
	close(l.end)
	l.wg.Wait() // want `CL1004`
}

// When the child has ended, so does the process.
func reap(wait func() error) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			if err := wait(); err == os.ErrDeadlineExceeded {
				continue
			}
			os.Exit(0)
		}
	}()
	wg.Wait()
	println("done")
}

// This one only does so if something fails.
func serveAll(wait func() error) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			if err := wait(); err != nil {
				os.Exit(1)
			}
		}
	}()
	wg.Wait() // want `CL1004`
	println("done")
}
