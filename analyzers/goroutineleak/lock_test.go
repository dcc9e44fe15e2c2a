package goroutineleak_test

import (
	"fmt"
	"path/filepath"
	"regexp"
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

// exceptOthers leaves out what other rules find in the examples.
type exceptOthers struct{ *testing.T }

var other = regexp.MustCompile(`unexpected diagnostic: CL10(0[1-5]|07: .* blocks for ever|1[1-9])`)

func (t exceptOthers) Errorf(format string, args ...any) {
	t.Helper()
	if message := fmt.Sprintf(format, args...); !other.MatchString(message) {
		t.T.Error(message)
	}
}

func TestLocks(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	analysistest.Run(exceptOthers{t}, dir, lockAnalyzer(t),
		"goroutineleak/lockmissing", "goroutineleak/lockcontainer", "goroutineleak/lockdouble", "goroutineleak/lockorder", "goroutineleak/lockwait")
}
