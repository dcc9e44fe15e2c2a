package lostwait_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/lostwait"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// analyzer returns the analyzer with all rules and fixes.
func analyzer(t *testing.T) *analysis.Analyzer {
	t.Helper()
	return ruletest.Analyzer(t, lostwait.New(), map[string]string{"unsafe-fixes": "true"})
}

// The examples are analysed together, because each run also analyses the standard library.
func TestWaits(t *testing.T) {
	findings := ruletest.Suite{
		Analyzer: analyzer(t),
		Rules:    lostwait.Rules(),
		Packages: []string{
			"lostwait/shutdown", "lostwait/ended", "lostwait/retries", "lostwait/endless", "lostwait/work", "lostwait/shared",
			"lostwait/helped", "lostwait/tries", "lostwait/complaints",
		},
	}.Run(t)
	t.Run("fixes", func(t *testing.T) { checkFixes(t, findings) })
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings["lostwait/helped"]) })
}

// checkSteps checks that a wait by a library's object tells where the context was made that the object knows.
func checkSteps(t *testing.T, findings []wire.Finding) {
	for _, f := range findings {
		if f.Pos.File != "backoff.go" || !strings.HasPrefix(f.Message, "w.backoff.Wait") {
			continue
		}
		var steps []string
		for _, s := range f.Steps {
			steps = append(steps, fmt.Sprintf("%d %s", s.Pos.Line, s.Message))
		}
		want := []string{"18 context.TODO() never ends", "29 the loop waits here before the next round"}
		if diff := cmp.Diff(want, steps); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		return
	}
	t.Error("no finding at w.backoff.Wait")
}

// checkFixes applies all fixes of the packages that have some, and analyses the results: they compile, and the findings
// that were fixed are gone.
func checkFixes(t *testing.T, findings map[string][]wire.Finding) {
	dir := ruletest.Copy(t)
	var fixed []string
	for _, name := range []string{"ended", "retries"} {
		source, err := os.ReadFile(filepath.Join(dir, "src", "lostwait", name, name+".go"))
		if err != nil {
			t.Fatal(err)
		}
		var edits []wire.Edit
		for _, f := range findings["lostwait/"+name] {
			if f.Fix == nil {
				continue
			}
			if f.Fix.Safe {
				t.Errorf("%s: what the fix changes is not safe", f.Message)
			}
			edits = append(edits, f.Fix.Edits...)
			// The expectation of what is fixed goes.
			line := strings.Split(string(source), "\n")[f.Pos.Line-1]
			if i := strings.Index(line, "// want"); i >= 0 {
				at := strings.Index(string(source), line) + i
				edits = append(edits, wire.Edit{Start: at, End: at + len(line) - i})
			}
		}
		if len(edits) == 0 {
			t.Errorf("package %s has no fixes", name)
		}
		ruletest.Write(t, filepath.Join(dir, "src", "lostwait", "fixed"+name, name+".go"), string(ruletest.Apply(source, edits)))
		fixed = append(fixed, "lostwait/fixed"+name)
	}
	analysistest.Run(t, dir, analyzer(t), fixed...)
}
