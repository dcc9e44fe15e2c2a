package app

import (
	"context"
	"fmt"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/fix"
)

// fix applies the fixes, or prints what they would change. It returns the report of what is left.
func (r *run) fix(ctx context.Context, report *finding.Report) (*finding.Report, error) {
	a, o := r.app, r.opts
	// What the baseline knows is nobody's business now.
	plan, err := fix.Prepare(ctx, report.Fresh(), fix.Options{Unsafe: o.UnsafeFixes, Started: r.started, Tags: o.Tags, Dir: a.Options.Dir, Overlay: o.Overlay})
	if err != nil {
		return nil, err
	}
	for _, outcome := range plan.Outcomes {
		if f := outcome.Finding; outcome.Status == fix.Withdrawn || outcome.Status == fix.Conflict {
			a.log.Warnf("%s:%d:%d: %s is not fixed: %s", f.File, f.Line, f.Column, f.Code, outcome.Reason)
		} else if outcome.Status == fix.Skipped {
			a.log.Infof("%s:%d:%d: %s is not fixed: %s", f.File, f.Line, f.Column, f.Code, outcome.Reason)
		}
	}
	if len(plan.Files()) == 0 && len(report.Fresh().Findings) > 0 {
		fmt.Fprintln(a.progress, unfixed(plan.Outcomes, o.UnsafeFixes))
	}
	if o.Diff {
		return report, plan.Diff(a.stdout)
	}
	if len(plan.Files()) == 0 {
		return report, nil
	}
	if err := plan.Apply(); err != nil {
		return nil, err
	}
	for _, file := range plan.Files() {
		a.log.Infof("%s is changed", file)
	}
	if r.comparison != nil {
		r.comparison.Refresh()
	}
	// Lines have moved, and a fix may have mended more than its own finding, or less.
	return r.analyse(ctx)
}

// unfixed says that there is nothing to fix: silence could mean anything.
func unfixed(outcomes []fix.Outcome, unsafe bool) string {
	n := 0
	for _, o := range outcomes {
		if o.Finding.Fix != nil && !o.Finding.Fix.Safe {
			n++
		}
	}
	if n > 0 && !unsafe {
		return fmt.Sprintf("no finding has a safe fix; %d of them an unsafe one (--unsafe-fixes)", n)
	}
	return "no finding has a fix that can be applied"
}
