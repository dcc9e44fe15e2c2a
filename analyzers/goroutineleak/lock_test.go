package goroutineleak_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
)

// lockAnalyzer returns the analyzer with all rules, on the examples only.
func lockAnalyzer(t *testing.T) *analysis.Analyzer {
	t.Helper()
	a := goroutineleak.New()
	for name, value := range map[string]string{"preview": "true", "inside": "goroutineleak/..."} {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestLocks(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, lockAnalyzer(t),
		"goroutineleak/lockmissing", "goroutineleak/lockdouble", "goroutineleak/lockorder", "goroutineleak/lockwait")
}
