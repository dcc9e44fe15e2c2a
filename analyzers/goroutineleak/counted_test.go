package goroutineleak_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// What a counter, a flag or the latest value tells is believed, and nothing more.
func TestCounted(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, lockAnalyzer(t), "goroutineleak/counted", "goroutineleak/locklatest")
}
