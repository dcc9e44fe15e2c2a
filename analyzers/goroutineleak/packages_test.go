package goroutineleak_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// What all rules together report, and what they do not, by what the packages are about. They are analysed together, because
// each run also analyses the standard library.
func TestPackages(t *testing.T) {
	// What stays once in the life of the process, or only after the object has been ended, is advice.
	advice := []string{"goroutineleak/once", "goroutineleak/ended", "goroutineleak/lastrun"}
	packages := slices.Concat(advice,
		// What waits on purpose, and what has room for all that is sent, is not reported.
		[]string{"goroutineleak/purpose", "goroutineleak/paths"},
		// Coroutines, contexts and objects with a goroutine that are left behind on some path, beside those that are not.
		[]string{"goroutineleak/iterpull", "goroutineleak/cancel", "goroutineleak/stops"},
		// Types whose Close or Stop waits for ever or leaves somebody waiting, beside those that reach everybody.
		[]string{"goroutineleak/stopclient", "goroutineleak/stopflow"},
		// Semaphores of which a path keeps a part, beside those that are always given back.
		[]string{"goroutineleak/semaphore"},
		// Pipes of which one end is left open while somebody waits at the other, beside those that are closed or somebody
		// else's.
		[]string{"goroutineleak/pipes"},
		// What a counter, a flag or the latest value tells is believed, and nothing more.
		[]string{"goroutineleak/counted", "goroutineleak/locklatest"},
	)
	for _, r := range analysistest.Run(t, ruletest.Testdata(t), lockAnalyzer(t), packages...) {
		if !slices.Contains(advice, r.Action.Package.PkgPath) {
			continue
		}
		// The message says why, and the severity says so to those who count. All else keeps the severity of its rule.
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
