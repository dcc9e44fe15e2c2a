package detachedgoroutine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/detachedgoroutine"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// The examples are analysed together, because each run also analyses the standard library.
func TestGoroutines(t *testing.T) {
	var packages []string
	for _, name := range []string{"contexts", "responses", "bodies", "frameworks", "abandoned", "streams", "packages/mail", "packages/shop", "fixes"} {
		packages = append(packages, "detachedgoroutine/"+name)
	}
	a := ruletest.Analyzer(t, detachedgoroutine.New(), map[string]string{"unsafe-fixes": "true"})
	findings := ruletest.Findings(t, analysistest.RunWithSuggestedFixes(onlyFixes{t}, ruletest.Testdata(t), a, packages...))
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings["detachedgoroutine/packages/shop"]) })
	t.Run("fixes", func(t *testing.T) { checkFixes(t, findings["detachedgoroutine/fixes"]) })
}

// onlyFixes leaves out that examples of findings have no file with their fixes.
type onlyFixes struct{ *testing.T }

func (t onlyFixes) Errorf(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if strings.HasPrefix(s, "error reading ") && strings.Contains(s, ".go.golden:") && !strings.Contains(s, "/fixes/") {
		return
	}
	t.Error(s)
}

// The steps lead through the other package, with the goroutine of each.
func checkSteps(t *testing.T, findings []wire.Finding) {
	for _, f := range findings {
		if f.Function != "(*shop).later" {
			continue
		}
		var got []string
		for _, s := range f.Steps {
			got = append(got, fmt.Sprintf("%d %s:%d %s", s.Goroutine, s.Pos.File, s.Pos.Line, s.Message))
		}
		want := []string{
			"1 shop.go:19 a request begins here: later handles it",
			"1 shop.go:20 calls s.mail.SendLater",
			"1 mail.go:26 goroutine 2 is started here",
			"1 shop.go:21 later returns here; nothing has waited for goroutine 2, and the request's context is cancelled",
			"2 mail.go:26 calls c.Send",
			"2 mail.go:17 uses the request's context here: http.NewRequestWithContext",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		if want := "detachedgoroutine/packages/mail/mail.go:26:2"; f.Cause != want {
			t.Errorf("cause %q, want %q", f.Cause, want)
		}
		return
	}
	t.Error("no finding in later")
}

// Only a copy of gin's context for a goroutine that reads from it is safe.
func checkFixes(t *testing.T, findings []wire.Finding) {
	got := make(map[string]bool)
	for _, f := range findings {
		if f.Fix == nil {
			t.Errorf("%s has no fix", f.Function)
			continue
		}
		got[strings.TrimPrefix(f.Function, "(*api).")] = f.Fix.Safe
	}
	want := map[string]bool{"captured": true, "capturedBeside": true, "argument": false, "context": false, "request": false, "direct": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("safe fixes (-want +got):\n%s", diff)
	}
}
