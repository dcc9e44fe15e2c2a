package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// statistics prints how many findings there are of each kind, and how many were left out and why.
func statistics(in *Input) string {
	var b strings.Builder
	counts := in.Stats.Counts
	titles := make(map[string]string)
	for _, t := range counts.Rules {
		if i := slices.IndexFunc(in.Rules, func(r *rule.Rule) bool { return r.Code == t.Name }); i >= 0 {
			titles[t.Name] = "  " + in.Rules[i].Name
		}
	}
	width := 1
	if len(counts.Families) > 0 {
		width = len(fmt.Sprint(counts.Families[0].Count)) // no rule has more
	}
	for _, p := range counts.Packages {
		width = max(width, len(fmt.Sprint(p.Count)))
	}
	left := leftOut(in.Stats)
	for _, t := range left {
		width = max(width, len(fmt.Sprint(t.Count)))
	}
	section := func(head string, list []finding.Tally) {
		if len(list) == 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(head + "\n")
		for _, t := range list {
			fmt.Fprintf(&b, "  %*d  %s%s\n", width, t.Count, cmp.Or(clean(t.Name), "(no package)"), titles[t.Name])
		}
	}
	section("by rule", counts.Rules)
	section("by family", counts.Families)
	section("by package", counts.Packages)
	section("left out", left)
	return b.String()
}

// leftOut lists what a run found and does not report.
func leftOut(s finding.Stats) []finding.Tally {
	list := []finding.Tally{
		{Name: "silenced by comments", Count: s.Suppressed},
		{Name: "in paths that the configuration excludes", Count: s.Excluded},
		{Name: "known in the baseline", Count: s.Known},
		{Name: "not new", Count: s.NotNew},
	}
	return slices.DeleteFunc(list, func(t finding.Tally) bool { return t.Count == 0 })
}
