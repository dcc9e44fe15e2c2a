package goroutineleak_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// What waits on purpose, and what has room for all that is sent, is not reported.
func TestPurpose(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, lockAnalyzer(t), "goroutineleak/purpose", "goroutineleak/paths")
}
