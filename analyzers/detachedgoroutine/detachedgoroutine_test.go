package detachedgoroutine_test

import (
	"os"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/detachedgoroutine"
)

// analyzer returns the analyzer with all rules. Only the examples are inside, not the libraries that they use.
func analyzer(t *testing.T) *analysis.Analyzer {
	t.Helper()
	a := detachedgoroutine.New()
	for name, value := range map[string]string{"preview": "true", "inside": "detachedgoroutine/..."} {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestGoroutines(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata")); err != nil {
		t.Fatal(err)
	}
	analysistest.Run(t, dir, analyzer(t), "detachedgoroutine/contexts", "detachedgoroutine/responses", "detachedgoroutine/bodies",
		"detachedgoroutine/frameworks", "detachedgoroutine/streams", "detachedgoroutine/packages/shop", "detachedgoroutine/packages/mail")
}
