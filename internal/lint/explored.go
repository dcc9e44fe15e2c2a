package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Explored says in a line for each analyzer that executes functions how many there were, how many were followed to the
// end, and what the others ran out of.
func Explored(outcomes []*driver.Outcome) []string {
	type key struct{ analyzer, pkg string }
	most := make(map[key]wire.Exploration)
	for _, o := range outcomes {
		for _, rec := range o.Records {
			for name, e := range rec.Explored {
				// A package is analysed again with its tests: whoever saw more of it counts.
				if k := (key{name, rec.Package}); e.Roots > most[k].Roots || e.Roots == most[k].Roots && e.Steps > most[k].Steps {
					most[k] = e
				}
			}
		}
	}
	total := make(map[string]*wire.Exploration)
	for k, e := range most {
		if total[k.analyzer] == nil {
			total[k.analyzer] = new(wire.Exploration)
		}
		total[k.analyzer].Add(e)
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(total)) {
		lines = append(lines, name+": "+describeExploration(*total[name]))
	}
	return lines
}

func describeExploration(e wire.Exploration) string {
	var b strings.Builder
	given := e.Roots - e.Finished
	fmt.Fprintf(&b, "roots: %d explored in %d steps, %d finished, %d given up (%.1f %%)", e.Roots, e.Steps, e.Finished, given, 100*float64(given)/float64(max(e.Roots, 1)))
	sep := "; ran out of "
	for _, bound := range slices.Sorted(maps.Keys(e.GaveUp)) {
		fmt.Fprintf(&b, "%s%s: %d", sep, bound, e.GaveUp[bound])
		sep = ", "
	}
	return b.String()
}
