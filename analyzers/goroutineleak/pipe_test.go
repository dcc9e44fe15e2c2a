package goroutineleak_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// Pipes of which one end is left open while somebody waits at the other, beside those that are closed or somebody else's.
func TestPipes(t *testing.T) {
	a, dir := releases(t, nil)
	analysistest.Run(t, dir, a, "goroutineleak/pipes")
}
