package goroutineleak_test

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// Coroutines, contexts and objects with a goroutine that are left behind on some path, beside those that are not.
func TestReleases(t *testing.T) {
	a, dir := releases(t, nil)
	analysistest.Run(t, dir, a, "goroutineleak/iterpull", "goroutineleak/cancel", "goroutineleak/stops")
}

// A fix defers the call where that is right: not in a loop.
func TestReleaseFixes(t *testing.T) {
	a, dir := releases(t, map[string]string{"unsafe-fixes": "true"})
	analysistest.RunWithSuggestedFixes(t, dir, a, "goroutineleak/releasefix")
}

func releases(t *testing.T, flags map[string]string) (*analysis.Analyzer, string) {
	t.Helper()
	return ruletest.Analyzer(t, goroutineleak.New(), flags), ruletest.Testdata(t)
}
