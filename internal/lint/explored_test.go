package lint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Each package counts once, however many units it was analysed in.
func TestExplored(t *testing.T) {
	small := wire.Exploration{Roots: 2, Finished: 2, Steps: 100}
	large := wire.Exploration{Roots: 6, Finished: 3, Steps: 900, GaveUp: map[string]int{"states": 3, "goroutines": 1}}
	outcome := &driver.Outcome{Records: []wire.Record{
		{Package: "a", Explored: map[string]wire.Exploration{"goroutineleak": large}},
		{Package: "a", Explored: map[string]wire.Exploration{"goroutineleak": small}, Tests: true},
		{Package: "b", Explored: map[string]wire.Exploration{"goroutineleak": small, "other": small}},
		{Package: "c"},
	}}
	want := []string{
		"goroutineleak: roots: 8 explored in 1000 steps, 5 finished, 3 given up (37.5 %); ran out of goroutines: 1, states: 3",
		"other: roots: 2 explored in 100 steps, 2 finished, 0 given up (0.0 %)",
	}
	if diff := cmp.Diff(want, lint.Explored([]*driver.Outcome{outcome})); diff != "" {
		t.Error(diff)
	}
}
