package cancel

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// The loop does not come to its end: package signal closes no channel.
func untilSignal(run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		for range signals {
			cancel()
		}
	}()
	go run(ctx)
}

// Somebody closes this channel, perhaps before the first value.
func untilAsked(run func(context.Context), asked bool) {
	ctx, cancel := context.WithCancel(context.Background()) // want `cancel is not called when the goroutine that has it returns`
	stops := make(chan struct{}, 1)
	go func() {
		for range stops {
			cancel()
		}
	}()
	go run(ctx)
	if asked {
		stops <- struct{}{}
	}
	close(stops)
}
