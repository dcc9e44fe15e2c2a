package chanrecv

import "time"

// A maybe is a ticker that may be one which never ticks.
type maybe struct {
	never  chan time.Time
	ticker *time.Ticker
}

func newMaybe(every time.Duration) maybe {
	if every > 0 {
		return maybe{ticker: time.NewTicker(every)}
	}
	return maybe{never: make(chan time.Time)}
}

func (m maybe) C() <-chan time.Time {
	if m.ticker != nil {
		return m.ticker.C
	}
	return m.never
}

// Only the package has the channel, and its select has other cases.
func poll(every time.Duration, values chan int, use func(int), tick func()) {
	m := newMaybe(every)
	for {
		select {
		case <-m.C():
			tick()
		case v, ok := <-values:
			if !ok {
				return
			}
			use(v)
		}
	}
}
