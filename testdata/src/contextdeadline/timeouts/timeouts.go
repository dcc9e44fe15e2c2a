package timeouts

import (
	"context"
	"time"
)

const seconds = 30

const tick time.Duration = 20

func unitless(ctx context.Context) {
	_, cancel := context.WithTimeout(ctx, 5) // want `the context ends at once: 5 has no unit, and a Duration is in nanoseconds; write 5 \* time.Second, if seconds are meant`
	defer cancel()
	_, cancel2 := context.WithTimeout(ctx, seconds) // want `seconds has no unit`
	defer cancel2()
	_, cancel3 := context.WithTimeout(ctx, time.Duration(3)) // want `has no unit`
	defer cancel3()
	_, cancel4 := context.WithTimeout(ctx, 2*seconds) // want `2 \* seconds has no unit`
	defer cancel4()
}

func none(ctx context.Context) {
	_, cancel := context.WithTimeout(ctx, 0) // want `the context has ended before anybody can use it: a timeout of 0 is no time`
	defer cancel()
	_, cancel2 := context.WithTimeout(ctx, -1*time.Second) // want `a timeout of -1 \* time.Second is no time`
	defer cancel2()
}

func right(ctx context.Context, configured time.Duration) {
	_, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, cancel2 := context.WithTimeout(ctx, configured)
	defer cancel2()
	_, cancel3 := context.WithTimeout(ctx, 10*time.Microsecond)
	defer cancel3()
	_, cancel4 := context.WithTimeout(ctx, tick)
	defer cancel4()
}

func rounds(ctx context.Context, jobs chan int, do func(context.Context)) {
	for range jobs {
		one, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel() // want `cancel is called when rounds returns, not at the end of the round: each round of the loop keeps its context and timer until the timeout`
		do(one)
	}
}

func retries(ctx context.Context, do func(context.Context) error) error {
	for {
		one, cancel := context.WithCancel(ctx)
		defer cancel() // want `cancel is called when retries returns, not at the end of the round: each round of the loop keeps its context with the parent, .* so this is advice`
		if err := do(one); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
}

func ended(ctx context.Context, jobs chan int, do func(context.Context)) {
	all, cancel := context.WithCancel(ctx)
	defer cancel()
	for range jobs {
		one, cancel := context.WithTimeout(all, time.Second)
		do(one)
		cancel()
	}
	for range jobs {
		func() {
			one, cancel := context.WithTimeout(all, time.Second)
			defer cancel()
			do(one)
		}()
	}
}

func returns(ctx context.Context, jobs chan int, do func(context.Context)) {
	for range jobs {
		one, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		do(one)
		return
	}
}

func list(ctx context.Context, jobs []int, do func(context.Context)) {
	for range jobs {
		one, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		do(one)
	}
}

// Nobody keeps these contexts.
func roots(jobs chan int, do func(context.Context)) {
	for range jobs {
		one, cancel := context.WithCancel(context.Background())
		defer cancel()
		do(one)
	}
}

// The timer fires once: it is started again only while it runs.
func race(ctx context.Context, delay time.Duration, results chan error, do func(context.Context)) error {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			second, cancel := context.WithCancel(ctx)
			defer cancel()
			go do(second)
		case err := <-results:
			if err == nil {
				return nil
			}
			if timer.Stop() {
				timer.Reset(0)
			}
		}
	}
}

// This one fires each time.
func often(ctx context.Context, delay time.Duration, results chan error, do func(context.Context)) error {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			next, cancel := context.WithCancel(ctx)
			defer cancel() // want `cancel is called when often returns, not at the end of the round`
			go do(next)
		case err := <-results:
			if err == nil {
				return nil
			}
			timer.Reset(delay)
		}
	}
}

// It ends when the peer has answered.
func until(ctx context.Context, fetch func(context.Context) (string, error)) string {
	for {
		one, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel() // want `cancel is called when until returns, .*; the loop ends when it has what it wants, so this is advice`
		text, err := fetch(context.WithValue(one, "k", 1))
		if err != nil {
			time.Sleep(time.Second)
			continue
		}
		if text != "" {
			return text
		}
		time.Sleep(time.Second)
	}
}

// It ends when something fails, or there is no more to do.
func serve(ctx context.Context, jobs chan string, do func(context.Context, string) error) error {
	for {
		select {
		case job := <-jobs:
			one, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel() // want `cancel is called when serve returns, .* or make the body a function$`
			if err := do(one, job); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
