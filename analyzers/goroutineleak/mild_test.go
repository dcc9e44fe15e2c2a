package goroutineleak_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// What stays once in the life of the process, or only after the object has been ended, is advice: the message says why, and
// the severity says so to those who count. All else keeps the severity of its rule.
func TestMild(t *testing.T) {
	for _, r := range analysistest.Run(t, ruletest.Testdata(t), lockAnalyzer(t), "goroutineleak/once", "goroutineleak/ended", "goroutineleak/lastrun") {
		for _, f := range r.Action.Result.(*wire.Result).Findings {
			want := ""
			if strings.HasSuffix(f.Message, "so this is advice") {
				want = string(rule.Note)
			}
			if f.Severity != want {
				t.Errorf("%s:%d: severity %q, want %q: %s", f.Pos.File, f.Pos.Line, f.Severity, want, f.Message)
			}
		}
	}
}
