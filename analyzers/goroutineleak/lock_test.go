package goroutineleak_test

import (
	"fmt"
	"regexp"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/goroutineleak"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// lockAnalyzer returns the analyzer with all rules, on the examples only.
func lockAnalyzer(t *testing.T) *analysis.Analyzer {
	t.Helper()
	return ruletest.Analyzer(t, goroutineleak.New(), nil)
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
	analysistest.Run(exceptOthers{t}, ruletest.Testdata(t), lockAnalyzer(t),
		"goroutineleak/lockmissing", "goroutineleak/lockcontainer", "goroutineleak/lockdouble", "goroutineleak/lockorder", "goroutineleak/lockwait")
}
