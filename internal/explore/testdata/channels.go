package p

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

func work() int { return len(errors.New("x").Error()) }

func Abandoned(ctx context.Context) (int, error) {
	ch := make(chan int)
	go func() {
		ch <- work() // stuck
	}()
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func Buffered(ctx context.Context) (int, error) {
	ch := make(chan int, 1)
	go func() {
		ch <- work()
	}()
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func Timeout() error {
	done := make(chan error)
	go func() {
		done <- errors.New("late") // stuck
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Second):
		return errors.New("timeout")
	}
}

func EarlyReturn(fail bool) error {
	ch := make(chan int)
	go func() { ch <- 1 }() // stuck
	if fail {
		return errors.New("failed")
	}
	<-ch
	return nil
}

func FanOut(urls []string) error {
	errs := make(chan error)
	for range urls {
		go func() {
			errs <- errors.New("x") // stuck
		}()
	}
	for range urls {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func FanOutAll(urls []string) (all []error) {
	errs := make(chan error)
	for range urls {
		go func() {
			errs <- errors.New("x")
		}()
	}
	for range urls {
		if err := <-errs; err != nil {
			all = append(all, err)
		}
	}
	return all
}

func FanOutBuffered(urls []string) error {
	errs := make(chan error, len(urls))
	for range urls {
		go func() {
			errs <- errors.New("x")
		}()
	}
	for range urls {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func NeverClosed() {
	ch := make(chan int)
	go func() {
		for v := range ch { // stuck
			_ = v
		}
	}()
	ch <- 1
	ch <- 2
}

func Closed() {
	ch := make(chan int)
	go func() {
		for v := range ch {
			_ = v
		}
	}()
	ch <- 1
	close(ch)
}

func WorkersWait(items []int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for v := range ch {
				_ = v
			}
		}()
	}
	for _, i := range items {
		ch <- i
	}
	close(ch)
	wg.Wait()
}

func WorkersNoClose(items []int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for v := range ch { // stuck
				_ = v
			}
		}()
	}
	for _, i := range items {
		ch <- i
	}
	wg.Wait() // stuck
}

func Escapes() <-chan int {
	ch := make(chan int)
	go func() { ch <- 1 }()
	return ch
}

func Forever() {
	select {}
}

func NilChannel() {
	var ch chan int
	<-ch // stuck
}

func Derived(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		<-ctx.Done()
	}()
	cancel()
}

func NotCancelled() {
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel
	go func() {
		<-ctx.Done() // stuck
	}()
}

func Background() {
	ctx := context.Background()
	<-ctx.Done() // stuck
}

func Ticker(ctx context.Context) {
	t := time.NewTicker(time.Second)
	ch := make(chan int)
	go func() {
		for {
			select {
			case <-t.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		ch <- 1 // stuck
	}()
}

type registry struct {
	watchers map[int]string
}

func MapOfWorkers(r *registry) {
	var wg sync.WaitGroup
	wg.Add(len(r.watchers))
	for range r.watchers {
		go func() { wg.Done() }()
	}
	wg.Wait()
}

func SliceOfWorkers(jobs []string) {
	var wg sync.WaitGroup
	wg.Add(len(jobs))
	for range jobs {
		go func() { defer wg.Done() }()
	}
	wg.Wait()
}

func DoneOnlySometimes(jobs []string, skip bool) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if skip {
			return
		}
		wg.Done()
	}()
	wg.Wait() // stuck
}

func Callback(each func(func(int))) {
	ch := make(chan int)
	go func() {
		for v := range ch {
			_ = v
		}
	}()
	each(func(v int) { ch <- v })
	close(ch)
}

func FirstError(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make(chan error)
	go func() {
		select {
		case errs <- errors.New("x"):
		case <-ctx.Done():
		}
	}()
	select {
	case err := <-errs:
		return err
	case <-time.After(time.Second):
		return nil
	}
}

func Recovered(ctx context.Context, f func() error) error {
	errs := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				errs <- errors.New("panic")
			}
		}()
		errs <- f()
	}()
	select {
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

type limits struct{ checkers int }

func Limited(l *limits, jobs []string) {
	slots := make(chan struct{}, l.checkers)
	var wg sync.WaitGroup
	for range jobs {
		slots <- struct{}{}
		wg.Go(func() { <-slots })
	}
	wg.Wait()
}

type lateReader struct{ c chan int }

func (r *lateReader) Read(p []byte) (int, error) { return <-r.c, nil }

// What a function returns to unseen code is used there, as far as its methods go.
func ReturnedToUnseenCode(run func(open func() (io.Reader, error)) error) error {
	r := &lateReader{make(chan int)}
	quit := make(chan bool)
	go func() {
		select {
		case r.c <- 1:
		case <-quit:
		}
	}()
	err := run(func() (io.Reader, error) { return r, nil })
	if err != nil {
		close(quit)
	}
	return err
}

// An error that refers to nothing of interest says nothing about the channel.
func ErrorToUnseenCode(run func(open func() error)) {
	ch := make(chan int)
	go func() {
		ch <- 1 // stuck
	}()
	run(func() error {
		if cap(ch) > 0 {
			return errors.New("full")
		}
		return nil
	})
}

type timeoutError struct{}

func (timeoutError) Error() string { return "timeout" }

// What handshake returns is no timeoutError: only the timer makes one.
func PrivateError(handshake func() error, abort func(), d time.Duration) error {
	errc := make(chan error, 2)
	var timer *time.Timer
	if d != 0 {
		timer = time.AfterFunc(d, func() { errc <- timeoutError{} })
	}
	go func() {
		err := handshake()
		if timer != nil {
			timer.Stop()
		}
		errc <- err
	}()
	err := <-errc
	if err == (timeoutError{}) {
		abort()
		<-errc
	}
	return err
}

// A value of the type that does come is recognised.
func PrivateErrorSent() error {
	errc := make(chan error, 1)
	errc <- timeoutError{}
	err := <-errc
	if err == (timeoutError{}) {
		<-errc // stuck
	}
	return err
}

type settings struct{ threads int }

// As many buffers as there are threads: at least one.
func BuffersOfThreads(o settings, work func([]byte) error) error {
	bufs := make(chan []byte, o.threads)
	for range o.threads {
		bufs <- nil
	}
	errs := make(chan error, o.threads)
	select {
	case b := <-bufs:
		return work(b)
	case err := <-errs:
		return err
	}
}

// The loops have as many rounds, although one counts from what there was.
func GrowTo(had int, names func() []string, add func(string)) {
	all := names()
	missing := len(all) - had
	done := make(chan string, missing)
	for i := had; i < len(all); i++ {
		go func() {
			add(all[i])
			done <- all[i]
		}()
	}
	for i := 0; i < missing; i++ {
		<-done
	}
}

// One round too many.
func GrowTooFar(had int, names func() []string, add func(string)) {
	all := names()
	missing := len(all) - had
	done := make(chan string, 8)
	for i := had; i < len(all); i++ {
		go func() {
			add(all[i])
			done <- all[i]
		}()
	}
	for i := 0; i <= missing; i++ {
		<-done // stuck
	}
}

// Whoever has seen that a context is done gets its error.
func ErrAfterDone(ctx context.Context) error {
	done := make(chan struct{})
	<-ctx.Done()
	if err := ctx.Err(); err != nil {
		close(done)
	}
	<-done
	return nil
}

// Before, it may have none.
func ErrBeforeDone(ctx context.Context) error {
	done := make(chan struct{})
	if err := ctx.Err(); err != nil {
		close(done)
	}
	<-done // stuck
	return nil
}
