package goroutineleak_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// What waits on purpose, and what has room for all that is sent, is not reported.
func TestPurpose(t *testing.T) {
	analysistest.Run(t, ruletest.Testdata(t), lockAnalyzer(t), "goroutineleak/purpose", "goroutineleak/paths")
}
