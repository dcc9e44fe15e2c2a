package verify

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// WatchOptions say when [Watch] calls back.
type WatchOptions struct {
	// Limit is the number of goroutines of the process above which that happens. It has to be positive.
	Limit int
	// Interval is how often they are counted, which costs next to nothing. Zero: 10 seconds.
	Interval time.Duration
	// Groups is how many places the report names at most. Zero: 20.
	Groups int
}

// Watch counts the process's goroutines until ctx is done, whose error it returns then, and calls notify when there are
// more than the limit, with the places where they are. After that it calls again when their number has doubled, or when it
// has been below nine tenths of the limit and passes it again. It starts no goroutine:
//
//	go verify.Watch(ctx, verify.WatchOptions{Limit: 10_000}, func(r *verify.Report) {
//		slog.Warn("too many goroutines", "count", r.Goroutines, "most", r.Groups[0])
//	})
//
// The calls are made one after the other, and nothing is counted in the meantime.
func Watch(ctx context.Context, o WatchOptions, notify func(*Report)) error {
	if o.Limit <= 0 || notify == nil {
		return errors.New("verify: Watch needs a positive limit, and a function to call")
	}
	if o.Interval <= 0 {
		o.Interval = 10 * time.Second
	}
	if o.Groups <= 0 {
		o.Groups = 20
	}
	tick := time.NewTicker(o.Interval)
	defer tick.Stop()
	alarm := o.Limit + 1
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		switch n := runtime.NumGoroutine(); {
		case n >= alarm:
			alarm = 2 * n
			notify(newReport(o.Groups))
		case n < o.Limit-o.Limit/10:
			alarm = o.Limit + 1
		}
	}
}
