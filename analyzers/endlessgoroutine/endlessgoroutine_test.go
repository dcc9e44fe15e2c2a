package endlessgoroutine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cloudlint/cloudlint/analyzers/endlessgoroutine"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
	"github.com/cloudlint/cloudlint/internal/wire"
)

func TestGoroutines(t *testing.T) {
	findings := ruletest.Suite{
		Analyzer: ruletest.Analyzer(t, endlessgoroutine.New(), nil),
		Rules:    endlessgoroutine.Rules(),
		Packages: []string{
			"endlessgoroutine/service", "endlessgoroutine/library", "endlessgoroutine/app", "endlessgoroutine/poller",
			"endlessgoroutine/command",
		},
	}.Run(t)

	// The way from the call that proves the repetition to the loop, through another package.
	want := []wire.Step{
		{Message: "calls NewCache, for each request", Pos: wire.Pos{Package: "endlessgoroutine/app", File: "app.go"}},
		{Message: "starts (*Cache).expire", Pos: wire.Pos{Package: "endlessgoroutine/library", File: "library.go"}},
		{Message: "loops here for ever", Goroutine: 2, Pos: wire.Pos{Package: "endlessgoroutine/library", File: "library.go"}},
	}
	var got []wire.Step
	for _, f := range findings["endlessgoroutine/app"] {
		if f.Function != "handle" {
			continue
		}
		for _, s := range f.Steps {
			got = append(got, wire.Step{Message: s.Message, Goroutine: s.Goroutine, Pos: wire.Pos{Package: s.Pos.Package, File: s.Pos.File}})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// What tests close and stop says nothing about the service: it is judged as without them. With -tests they are looked at too.
func TestInTests(t *testing.T) {
	a := ruletest.Analyzer(t, endlessgoroutine.New(), map[string]string{"tests": "true"})
	analysistest.Run(t, ruletest.Testdata(t), a, "endlessgoroutine/tested")
}
