package contextdeadline_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/contextdeadline"
)

// analyzer returns the analyzer with flags set.
func analyzer(t *testing.T, flags ...string) *analysis.Analyzer {
	t.Helper()
	a := contextdeadline.New()
	flags = append(flags, "inside", "contextdeadline/...", "preview", "true", "unsafe-fixes", "true")
	for i := 0; i < len(flags); i += 2 {
		if err := a.Flags.Set(flags[i], flags[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func testdata(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestContexts(t *testing.T) {
	analysistest.Run(t, testdata(t), analyzer(t), "contextdeadline/store", "contextdeadline/service", "contextdeadline/useless")
}

// The fix compiles, and what it leaves is no finding but for those that have no fix.
func TestTimeouts(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, testdata(t), analyzer(t), "contextdeadline/timeouts")

	golden, err := os.ReadFile(filepath.Join(testdata(t), "src", "contextdeadline", "timeouts", "timeouts.go.golden"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "src", "contextdeadline", "fixed", "fixed.go")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	// The expectations of what the fix has mended go; those of a timeout of no time stay.
	text := regexp.MustCompile("// want `.*has no unit.*`").ReplaceAll(golden, nil)
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, analyzer(t), "contextdeadline/fixed")
}

// Only a project that asks for it wants deadlines for the contexts of requests.
func TestRequireDeadline(t *testing.T) {
	analysistest.Run(t, testdata(t), analyzer(t, "require-deadline", "handlers"), "contextdeadline/handlers")
	if err := contextdeadline.New().Flags.Set("require-deadline", "everywhere"); err == nil {
		t.Error("require-deadline=everywhere is accepted")
	}
}

// A configuration tells of libraries that are not analysed.
func TestDeclared(t *testing.T) {
	const models = `{"outbound":[{"func":"(*corp.example/inventory.Client).Get","context":2,"waits":"for the inventory"}],"deadlines":["corp.example/inventory.WithBudget"]}`
	analysistest.Run(t, testdata(t), analyzer(t, "models", models), "contextdeadline/declared")
}

// A test may want a context that has ended; a number without a unit is a mistake there too.
func TestInTests(t *testing.T) {
	analysistest.Run(t, testdata(t), analyzer(t, "tests", "true"), "contextdeadline/ended")
}
