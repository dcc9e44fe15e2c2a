package goroutineleak_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// Types whose Close or Stop waits for ever or leaves somebody waiting, beside those that reach everybody.
func TestStops(t *testing.T) {
	analysistest.Run(t, ruletest.Testdata(t), lockAnalyzer(t), "goroutineleak/stopclient", "goroutineleak/stopflow")
}
