// Package chansend has senders whose receivers may leave, beside those who are always served.
package chansend

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

type price struct{ cents int }

func ask(string) (price, error) { return price{1}, nil }

func check(string) error { return nil }

// The receiver gives up when the context ends.
func timeout(ctx context.Context, shop string) (price, error) {
	result := make(chan price)
	go func() {
		p, _ := ask(shop)
		result <- p // want `CL1001`
	}()
	select {
	case p := <-result:
		return p, nil
	case <-ctx.Done():
		return price{}, ctx.Err()
	}
}

// There is room for the one value.
func timeoutWithRoom(ctx context.Context, shop string) (price, error) {
	result := make(chan price, 1)
	go func() {
		p, _ := ask(shop)
		result <- p
	}()
	select {
	case p := <-result:
		return p, nil
	case <-ctx.Done():
		return price{}, ctx.Err()
	}
}

// One of the two sends happens: what recovers sends instead of what panicked.
func recovered(ctx context.Context, shop string) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- errors.New("panic")
			}
		}()
		_, err := ask(shop)
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An error between the start and the receive.
func earlyReturn(shop string) (price, error) {
	result := make(chan price)
	go func() {
		p, _ := ask(shop)
		result <- p // want `CL1001`
	}()
	if err := check(shop); err != nil {
		return price{}, err
	}
	return <-result, nil
}

// The first error ends the loop; the goroutines that are left send to nobody.
func fanIn(shops []string) error {
	errs := make(chan error)
	for _, shop := range shops {
		go func() {
			_, err := ask(shop)
			errs <- err // want `CL1001`
		}()
	}
	for range shops {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// As many receives as goroutines.
func fanInAll(shops []string) error {
	errs := make(chan error)
	for _, shop := range shops {
		go func() {
			_, err := ask(shop)
			errs <- err
		}()
	}
	var all error
	for range shops {
		all = errors.Join(all, <-errs)
	}
	return all
}

// The goroutines are counted, not the shops.
func fanInCounted(shops []string) (list []price) {
	results := make(chan price)
	running := 0
	for _, shop := range shops {
		if shop == "" {
			continue
		}
		running++
		go func() {
			p, _ := ask(shop)
			results <- p
		}()
	}
	for running > 0 {
		list = append(list, <-results)
		running--
	}
	return list
}

// Whoever comes first is enough.
func race(shops []string) price {
	if len(shops) == 0 {
		return price{}
	}
	first := make(chan price)
	for _, shop := range shops {
		go func() {
			p, _ := ask(shop)
			first <- p // want `CL1001`
		}()
	}
	return <-first
}

// Both constants are known.
func raceOfTwo() price {
	first := make(chan price, 2)
	for i := 0; i < 2; i++ {
		go func() { first <- price{i} }()
	}
	return <-first
}

// A worker hands over results; its consumer stops at the first bad one.
func producer(shops []string) error {
	prices := make(chan price)
	go func() {
		defer close(prices)
		for _, shop := range shops {
			p, _ := ask(shop)
			prices <- p // want `CL1001`
		}
	}()
	for p := range prices {
		if p.cents == 0 {
			return errors.New("free")
		}
	}
	return nil
}

// The sender asks the context, which ends with the function.
func cancelled(ctx context.Context, shops []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	prices := make(chan price)
	go func() {
		defer close(prices)
		for _, shop := range shops {
			p, _ := ask(shop)
			select {
			case prices <- p:
			case <-ctx.Done():
				return
			}
		}
	}()
	for p := range prices {
		if p.cents == 0 {
			return errors.New("free")
		}
	}
	return nil
}

// What is left is drained.
func drained(ctx context.Context, shops []string) error {
	prices := make(chan price)
	go func() {
		defer close(prices)
		for _, shop := range shops {
			p, _ := ask(shop)
			prices <- p
		}
	}()
	defer func() {
		for range prices {
		}
	}()
	for p := range prices {
		if p.cents == 0 {
			return errors.New("free")
		}
	}
	return nil
}

// The function leaves by the signal that the goroutine gives after its send.
func signalled(shop string) price {
	result, done := make(chan price), make(chan struct{})
	go func() {
		defer close(done)
		p, err := ask(shop)
		if err != nil {
			return
		}
		result <- p
	}()
	select {
	case p := <-result:
		return p
	case <-done:
		return price{}
	}
}

// Either an error or a price is sent, and the function takes both.
func eitherOr(shop string) (price, error) {
	result, failed := make(chan price), make(chan error)
	go func() {
		p, err := ask(shop)
		if err != nil {
			failed <- err
			return
		}
		result <- p
	}()
	select {
	case p := <-result:
		return p, nil
	case err := <-failed:
		return price{}, err
	}
}

// With several goroutines the one that failed ends the wait for the others.
func eitherOrMany(shops []string) (price, error) {
	if len(shops) == 0 {
		return price{}, nil
	}
	result, failed := make(chan price), make(chan error)
	for _, shop := range shops {
		go func() {
			p, err := ask(shop)
			if err != nil {
				failed <- err // want `CL1001: .*; the same holds for line 274`
				return
			}
			result <- p
		}()
	}
	select {
	case p := <-result:
		return p, nil
	case err := <-failed:
		return price{}, err
	}
}

// Only started where it is waited for.
func optional(shop string, wait bool) price {
	result := make(chan price)
	if wait {
		go func() {
			p, _ := ask(shop)
			result <- p
		}()
	}
	if !wait {
		return price{}
	}
	return <-result
}

// Workers have something to send only after they were given work.
func pool(shops []string) []price {
	work, results := make(chan string), make(chan price)
	for range 4 {
		go func() {
			for shop := range work {
				p, _ := ask(shop)
				results <- p
			}
		}()
	}
	if err := check(""); err != nil {
		close(work)
		return nil
	}
	go func() {
		for _, shop := range shops {
			work <- shop
		}
		close(work)
	}()
	var list []price
	for range shops {
		list = append(list, <-results)
	}
	return list
}

// A channel that somebody else may serve is not judged.
func given(ctx context.Context, result chan price) {
	go func() {
		p, _ := ask("")
		result <- p
	}()
	<-ctx.Done()
}

// Returned to whoever asked.
func Returned(ctx context.Context) <-chan price {
	result := make(chan price)
	go func() {
		p, _ := ask("")
		result <- p
	}()
	return result
}

// Made by a helper, and left.
func helped(ctx context.Context) error {
	done, run := inBackground("")
	go run()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func inBackground(shop string) (<-chan error, func()) {
	done := make(chan error)
	return done, func() {
		_, err := ask(shop)
		done <- err // want `CL1001`
	}
}

// The server sends nothing when it is shut down.
func serve(ctx context.Context, srv *http.Server) error {
	failed := make(chan error)
	go func() {
		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return srv.Close()
	}
}

// Waits for the goroutine, which has sent by then.
func joined(ctx context.Context, shop string) (p price) {
	var wg sync.WaitGroup
	result := make(chan price)
	wg.Add(2)
	go func() {
		defer wg.Done()
		p, _ := ask(shop)
		result <- p
	}()
	go func() {
		defer wg.Done()
		p = <-result
	}()
	wg.Wait()
	return p
}

// The consumer returns when it cannot write; the function goes on sending.
func pump(lines []string, write func(string) error) {
	out := make(chan string)
	go func() {
		for line := range out {
			if err := write(line); err != nil {
				return
			}
		}
	}()
	for _, line := range lines {
		out <- line // want `CL1001`
	}
	close(out)
}

// One more than there is room for.
func missingReturn(shop string) error {
	done := make(chan error, 1)
	go func() {
		_, err := ask(shop)
		if err != nil {
			done <- err
		}
		done <- nil // want `CL1001`
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Second):
		return errors.New("slow")
	}
}

// tally is handed from goroutine to goroutine through a channel with room for it.
func tally(fns []func() error) <-chan error {
	type status struct {
		running int
		err     error
	}
	result := make(chan error, 1)
	token := make(chan status, 1)
	token <- status{running: len(fns)}
	for _, fn := range fns {
		go func() {
			err := fn()
			s := <-token
			if s.err == nil {
				s.err = err
			}
			s.running--
			if s.running == 0 {
				result <- s.err
			} else {
				token <- s
			}
		}()
	}
	return result
}

// chain starts as many receivers as it sends, each of which takes one value.
func chain(take func(int)) {
	ch := make(chan int)
	for range 10 {
		go func() { take(<-ch) }()
	}
	for i := range 10 {
		ch <- i
	}
}

// tooFew starts fewer receivers than it sends.
func tooFew(take func(int)) {
	ch := make(chan int)
	for range 2 {
		go func() { take(<-ch) }()
	}
	for i := range 10 {
		ch <- i // want `tooFew blocks for ever sending on ch`
	}
}

// readAll is only given contexts that never end.
func readAll(ctx context.Context, c <-chan int) (all []int) {
	for {
		select {
		case <-ctx.Done():
			return all
		case v, ok := <-c:
			if !ok {
				return all
			}
			all = append(all, v)
		}
	}
}

func readTwice() []int {
	ctx := context.Background()
	c := make(chan int)
	go func() {
		c <- 1
		c <- 2
		close(c)
	}()
	return append(readAll(ctx, c), readAll(context.TODO(), c)...)
}

// readSome is also given one that ends.
func readSome(ctx context.Context, c <-chan int) (all []int) {
	for {
		select {
		case <-ctx.Done():
			return all
		case v, ok := <-c:
			if !ok {
				return all
			}
			all = append(all, v)
		}
	}
}

func readShort() []int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c := make(chan int)
	go func() {
		c <- 1
		c <- 2 // want `the goroutine blocks for ever sending on c`
		close(c)
	}()
	return readSome(ctx, c)
}

// A tape is played by a goroutine, which is stopped when everything was said, or, by halt, at any time.
type tape struct {
	said chan int
	stop chan struct{}
}

func (t *tape) play() {
	for {
		select {
		case <-t.said:
		case <-t.stop:
			return
		}
	}
}

func (t *tape) say(n int) { t.said <- n }

func (t *tape) halt() { close(t.stop) }

func saidBeforeHalt() {
	t := &tape{said: make(chan int), stop: make(chan struct{})}
	go t.play()
	for n := range 3 {
		t.say(n)
	}
	t.halt()
}

// The same, but what is said may come when it is too late.
type late struct {
	said chan int
	stop chan struct{}
}

func (t *late) play() {
	for {
		select {
		case <-t.said:
		case <-t.stop:
			return
		}
	}
}

func (t *late) say(n int) {
	t.said <- n // want `late.say blocks for ever sending on t.said once the goroutine that receives has ended`
}

func (t *late) halt() { close(t.stop) }

func saidBesideHalt() {
	t := &late{said: make(chan int), stop: make(chan struct{})}
	go t.play()
	go t.halt()
	t.say(1)
}

// endpoint asks its goroutine for a connection by a channel with room for one, which Start makes anew.
type endpoint struct {
	ask  chan struct{}
	quit chan struct{}
}

func (e *endpoint) Start(connect func()) {
	e.ask = make(chan struct{}, 1)
	go e.serve(connect)
	e.ask <- struct{}{}
}

func (e *endpoint) serve(connect func()) {
	for {
		select {
		case <-e.ask:
			connect()
		case <-e.quit:
			return
		}
	}
}

func (e *endpoint) Close() { close(e.quit) }

// handlerExited sends once, whether serve returns or ends its goroutine.
func handlerExited(serve func() error, d time.Duration) error {
	ch := make(chan error, 1)
	go func() {
		var returned bool
		defer func() {
			if !returned {
				ch <- context.Canceled
			}
		}()
		ch <- serve()
		returned = true
	}()
	select {
	case err := <-ch:
		return err
	case <-time.After(d):
		return context.DeadlineExceeded
	}
}
