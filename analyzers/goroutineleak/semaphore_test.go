package goroutineleak_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// Semaphores of which a path keeps a part, beside those that are always given back.
func TestSemaphores(t *testing.T) {
	a, dir := releases(t, nil)
	analysistest.Run(t, dir, a, "goroutineleak/semaphore")
}
