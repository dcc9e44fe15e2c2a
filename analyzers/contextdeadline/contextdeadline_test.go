package contextdeadline_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/contextdeadline"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// analyzer returns the analyzer with all rules and fixes, and with flags set.
func analyzer(t *testing.T, flags map[string]string) *analysis.Analyzer {
	t.Helper()
	all := map[string]string{"unsafe-fixes": "true"}
	maps.Copy(all, flags)
	return ruletest.Analyzer(t, contextdeadline.New(), all)
}

func TestContexts(t *testing.T) {
	findings := ruletest.Suite{
		Analyzer: analyzer(t, nil),
		Rules:    contextdeadline.Rules(),
		Packages: []string{
			"contextdeadline/store", "contextdeadline/service", "contextdeadline/useless", "contextdeadline/complaints",
			"contextdeadline/beside", "contextdeadline/commands",
		},
	}.Run(t)
	t.Run("related", func(t *testing.T) { checkRelated(t, findings["contextdeadline/service"]) })
	t.Run("steps", func(t *testing.T) { checkSteps(t, findings["contextdeadline/service"]) })
}

// A finding that speaks for several lists the others.
func checkRelated(t *testing.T, findings []wire.Finding) {
	var got []string
	for _, f := range findings {
		for _, r := range f.Related {
			got = append(got, r.Pos.File+": "+r.Message)
		}
	}
	want := []string{
		"store.go: context.TODO() has no deadline either: s.db.ExecContext waits for the database",
		"service.go: context.TODO() has no deadline either: s.db.PingContext waits for the database",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("related (-want +got):\n%s", diff)
	}
}

// checkSteps checks that a call through an interface says which method it is taken for.
func checkSteps(t *testing.T, findings []wire.Finding) {
	var got []string
	for _, f := range findings {
		if f.Pos.File != "ledger.go" && f.Pos.File != "wired.go" {
			continue
		}
		for _, s := range f.Steps {
			if s.Op == "call" {
				got = append(got, s.Message)
			}
		}
	}
	want := []string{
		"calls w.of.Balance, which store.(*Store).Balance implements, each time round the loop",
		"calls b.Balance, which store.(*Store).Balance implements, each time round the loop",
		"calls b.peer.greet, which speaks.greet implements, each time round the loop",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The fix compiles, and what it leaves is no finding but for those that have no fix.
func TestTimeouts(t *testing.T) {
	for _, r := range analysistest.RunWithSuggestedFixes(t, ruletest.Testdata(t), analyzer(t, nil), "contextdeadline/timeouts") {
		for _, f := range r.Action.Result.(*wire.Result).Findings {
			if advice := strings.HasSuffix(f.Message, "so this is advice"); advice != (f.Severity == string(rule.Note)) {
				t.Errorf("%s:%d: severity %q: %s", f.Pos.File, f.Pos.Line, f.Severity, f.Message)
			}
		}
	}

	golden, err := os.ReadFile(filepath.Join(ruletest.Testdata(t), "src", "contextdeadline", "timeouts", "timeouts.go.golden"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "src", "contextdeadline", "fixed", "fixed.go")
	// The expectations of what the fix has mended go; those of a timeout of no time stay.
	text := regexp.MustCompile("// want `.*has no unit.*`").ReplaceAll(golden, nil)
	ruletest.Write(t, file, string(text))
	analysistest.Run(t, dir, analyzer(t, nil), "contextdeadline/fixed")
}

// Only a project that asks for it wants deadlines for the contexts of requests.
func TestRequireDeadline(t *testing.T) {
	analysistest.Run(t, ruletest.Testdata(t), analyzer(t, map[string]string{"require-deadline": "handlers"}), "contextdeadline/handlers")
	if err := contextdeadline.New().Flags.Set("require-deadline", "everywhere"); err == nil {
		t.Error("require-deadline=everywhere is accepted")
	}
}

// A configuration tells of libraries that are not analysed.
func TestDeclared(t *testing.T) {
	const models = `{"outbound":[{"func":"(*corp.example/inventory.Client).Get","context":2,"waits":"for the inventory"}],"deadlines":["corp.example/inventory.WithBudget"]}`
	analysistest.Run(t, ruletest.Testdata(t), analyzer(t, map[string]string{"models": models}), "contextdeadline/declared")
}

// A test may want a context that has ended; a number without a unit is a mistake there too.
func TestInTests(t *testing.T) {
	analysistest.Run(t, ruletest.Testdata(t), analyzer(t, map[string]string{"tests": "true"}), "contextdeadline/ended")
}
