package newonly

import (
	"context"
	"slices"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
)

// A Run is the analysis of the changed side, and how to analyse the other one in the same way.
type Run struct {
	Report  *finding.Report
	Outcome *driver.Outcome
	// Analyse runs the driver on packages, given by their folders, under an overlay file.
	Analyse func(ctx context.Context, folders []string, overlay string) (*driver.Outcome, error)
	// Findings returns those that the configuration wants, as for Report.
	Findings func(*driver.Outcome) []finding.Finding
	// Warn says what made a comparison less exact.
	Warn func(format string, args ...any)
}

// Filter removes the findings that are not new from the report, and counts them in its statistics. Without a commit to
// compare with, all are new.
func (c *Comparison) Filter(ctx context.Context, run Run) error {
	if c.base == "" || len(run.Report.Findings) == 0 {
		return nil
	}
	t, err := c.touch(ctx, run.Report.Root)
	if err != nil {
		return err
	}
	decide := func(*finding.Finding) verdict { return byLines }
	counts := make(map[string]int)
	if c.opts.Mode == Compare && t.any {
		b, err := c.compare(ctx, run, t)
		if err != nil {
			return err
		}
		counts, decide = b.counts, b.verdict
	}
	before := len(run.Report.Findings)
	run.Report.Findings = subtract(run.Report.Findings, decide, counts, t.finding)
	run.Report.Stats.NotNew += before - len(run.Report.Findings)
	return nil
}

// A verdict is how to find out whether a finding is new.
type verdict int

const (
	byLines verdict = iota
	byCount
)

// subtract returns the findings that are new, in their order: of those decided by lines, the ones that the change
// touches; of the others, for each fingerprint as many as there are more than counts says, preferably touched ones, and
// else the last.
func subtract(findings []finding.Finding, decide func(*finding.Finding) verdict, counts map[string]int, touched func(*finding.Finding) bool) []finding.Finding {
	groups := make(map[string][]int)
	keep := make([]bool, len(findings))
	for i := range findings {
		f := &findings[i]
		if decide(f) == byLines {
			keep[i] = touched(f)
		} else {
			groups[f.Fingerprint] = append(groups[f.Fingerprint], i)
		}
	}
	for fingerprint, group := range groups {
		added := len(group) - counts[fingerprint]
		if added <= 0 {
			continue
		}
		slices.SortStableFunc(group, func(i, j int) int {
			if a, b := touched(&findings[i]), touched(&findings[j]); a != b {
				if a {
					return -1
				}
				return 1
			}
			return j - i
		})
		for _, i := range group[:added] {
			keep[i] = true
		}
	}
	kept := []finding.Finding{}
	for i, f := range findings {
		if keep[i] {
			kept = append(kept, f)
		}
	}
	return kept
}
