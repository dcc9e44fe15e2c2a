package goroutineleak_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// A fix defers the call where that is right: not in a loop.
func TestReleaseFixes(t *testing.T) {
	a := ruletest.Analyzer(t, goroutineleak.New(), map[string]string{"unsafe-fixes": "true"})
	analysistest.RunWithSuggestedFixes(t, ruletest.Testdata(t), a, "goroutineleak/releasefix")
}
