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
