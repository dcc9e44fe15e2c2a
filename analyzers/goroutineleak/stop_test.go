package goroutineleak_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// Types whose Close or Stop waits for ever or leaves somebody waiting, beside those that reach everybody.
func TestStops(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, lockAnalyzer(t), "goroutineleak/stopclient", "goroutineleak/stopflow")
}
