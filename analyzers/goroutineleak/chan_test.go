package goroutineleak_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
)

// Channels, WaitGroups and Conds on which somebody waits for ever, beside those that are always released.
func TestChannels(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	a := goroutineleak.New()
	for name, value := range map[string]string{"inside": "goroutineleak/...", "preview": "true"} {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	analysistest.Run(t, dir, a, "goroutineleak/chansend", "goroutineleak/chanrecv", "goroutineleak/waitgroup")
}
