package app

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// WithSignals returns a context that ends with the first signal that asks the program to stop, and a function that
// returns the exit status for that signal, or 0. Whoever runs processes or keeps temporary folders watches the context
// and cleans up; later signals change nothing, since that takes no longer than a moment.
func WithSignals() (ctx context.Context, status func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	var got atomic.Int32
	go func() {
		for s := range signals {
			number, ok := s.(syscall.Signal)
			if ok {
				got.CompareAndSwap(0, int32(number))
			}
			cancel()
		}
	}()
	return ctx, func() int {
		if n := got.Load(); n != 0 {
			return 128 + int(n)
		}
		return 0
	}
}
