package goroutineleak_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// What a counter, a flag or the latest value tells is believed, and nothing more.
func TestCounted(t *testing.T) {
	analysistest.Run(t, ruletest.Testdata(t), lockAnalyzer(t), "goroutineleak/counted", "goroutineleak/locklatest")
}
