package chanlost

import (
	"context"
	"os"
	"os/signal"
)

// The goroutine comes to the end of what it sends, and closes nothing.
func Names(all []string) <-chan string {
	out := make(chan string) // want `CL1002: who receives from the channel that Names returns waits for ever after the last value: the goroutine that sends returns when all is sent, and nothing closes it`
	go func() {
		for _, n := range all {
			out <- n
		}
	}()
	return out
}

// It closes it.
func NamesClosed(all []string) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for _, n := range all {
			out <- n
		}
	}()
	return out
}

// One value is all there is.
func Later(f func() int) <-chan int {
	out := make(chan int, 1)
	go func() { out <- f() }()
	return out
}

// It goes on until it is told to end: who tells it knows.
func Ticks(ctx context.Context, next func() int) <-chan int {
	out := make(chan int)
	go func() {
		for {
			select {
			case out <- next():
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Each of many sends one: the caller counts.
func Ask(all []func() int) <-chan int {
	out := make(chan int, len(all))
	for _, f := range all {
		go func() { out <- f() }()
	}
	return out
}

// The goroutine forgets the channel.
func Interrupted() <-chan struct{} {
	stop := make(chan struct{}) // want `CL1002: who receives from the channel that Interrupted returns waits for ever after the last value: nothing ever sends on it or closes it`
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		<-c
	}()
	return stop
}

// It is meant never to be ready.
func Never() <-chan struct{} { return make(chan struct{}) }
