package endlessgoroutine_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/endlessgoroutine"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// analyzer returns the analyzer with flags set.
func analyzer(t *testing.T, flags map[string]string) *analysis.Analyzer {
	t.Helper()
	a := endlessgoroutine.New()
	for name, value := range flags {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// The packages are analysed together, because each run also analyses the standard library.
func TestGoroutines(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	a := analyzer(t, map[string]string{"inside": "endlessgoroutine/...", "preview": "true"})
	results := analysistest.Run(t, dir, a,
		"endlessgoroutine/service", "endlessgoroutine/library", "endlessgoroutine/app", "endlessgoroutine/poller", "endlessgoroutine/command")

	// The way from the call that proves the repetition to the loop, through another package.
	want := []wire.Step{
		{Message: "calls NewCache, for each request", Pos: wire.Pos{Package: "endlessgoroutine/app", File: "app.go"}},
		{Message: "starts (*Cache).expire", Pos: wire.Pos{Package: "endlessgoroutine/library", File: "library.go"}},
		{Message: "loops here for ever", Goroutine: 2, Pos: wire.Pos{Package: "endlessgoroutine/library", File: "library.go"}},
	}
	var got []wire.Step
	for _, r := range results {
		result, ok := r.Action.Result.(*wire.Result)
		if !ok {
			t.Fatalf("%s: %v", r.Action.Package.PkgPath, r.Action.Err)
		}
		for _, f := range result.Findings {
			if f.Function != "handle" || slices.ContainsFunc(got, func(s wire.Step) bool { return s.Message == f.Steps[0].Message }) {
				continue
			}
			for _, s := range f.Steps {
				got = append(got, wire.Step{Message: s.Message, Goroutine: s.Goroutine, Pos: wire.Pos{Package: s.Pos.Package, File: s.Pos.File}})
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// What tests close and stop says nothing about the service: it is judged as without them. With -tests they are looked at too.
func TestInTests(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	a := analyzer(t, map[string]string{"inside": "endlessgoroutine/...", "preview": "true", "tests": "true"})
	analysistest.Run(t, dir, a, "endlessgoroutine/tested")
}
