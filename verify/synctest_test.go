//go:build go1.25

// A module for older versions of Go has their timers, which bubbles do not take.
//go:debug asynctimerchan=0

package verify_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloudlint/cloudlint/verify"
)

// In a bubble the time that goroutines get to end is the bubble's.
func TestLeaksInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		verify.Leaks(t)
		go time.Sleep(900 * time.Millisecond)
	})
	var end chan int
	synctest.Test(t, func(t *testing.T) {
		end = make(chan int, 1)
		record(t, func(t testing.TB) {
			verify.Leaks(t)
			go func() { leakSend(end); leakSend(end) }()
		}).want(t, "leaves 1 goroutine", "verify_test.leakSend (")
		<-end
	})
}
