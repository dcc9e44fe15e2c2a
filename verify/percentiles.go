package verify

import (
	"slices"
	"time"
)

// percentiles sorts the times and notes what is said of them.
func (s *Stats) percentiles(took []int64) {
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	at := func(percent int) time.Duration {
		return time.Duration(took[(len(took)*percent+99)/100-1])
	}
	s.P50, s.P90, s.P99, s.Max = at(50), at(90), at(99), at(100)
}
