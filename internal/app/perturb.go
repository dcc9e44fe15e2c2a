package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// schedules returns the runs that are named beside the plain one.
func (o VerifyOptions) schedules() ([]perturb.Run, error) {
	switch {
	case o.Perturb < 0:
		return nil, Usagef("--perturb %d: want how many runs", o.Perturb)
	case o.Perturb > 0 && len(o.Schedules) > 0:
		return nil, Usagef("--perturb chooses schedules, and --schedule names them: give one of them")
	case o.Seed < 0:
		return nil, Usagef("--seed %d: want 0 or more", o.Seed)
	}
	var runs []perturb.Run
	for _, name := range o.Schedules {
		list, err := perturb.Parse(name)
		if err != nil {
			return nil, Usagef("--schedule: %v", err)
		}
		runs = append(runs, list...)
	}
	return runs, nil
}

// slow is how many times longer tests may take under another schedule, and least how long they may take in any case.
const (
	slow  = 10
	least = time.Minute
)

// perturb runs the tests under other schedules, and adds to the leaks what they show. took is how long the plain run did.
// What these runs print is nobody's business, and that tests fail in them no finding: tests may well count on time.
func (v *verification) perturb(ctx context.Context, o testrun.Options, took time.Duration, leaks []*verify.Leak) ([]*verify.Leak, error) {
	for _, l := range leaks {
		if l.Class == verify.Proven {
			l.Runs = []string{string(perturb.Plain)}
		}
	}
	tmp, err := gocmd.MkdirTemp(ctx, "", "cloudlint-verify-")
	if err != nil {
		return nil, fmt.Errorf("no folder for temporary files: %w", err)
	}
	defer func() { _ = gocmd.RemoveAll(tmp) }()
	plan, err := testrun.Plan(ctx, o, tmp)
	if err != nil {
		return nil, err
	}
	for _, text := range plan.Skipped {
		v.app.log.Infof("schedules are not changed in %s", text)
	}
	o.Stdout, o.Stderr = io.Discard, io.Discard
	if !testrun.HasFlag(o.Flags, "timeout") {
		o.Flags = append([]string{fmt.Sprintf("-timeout=%v", max(least, slow*took).Round(time.Second))}, o.Flags...)
	}
	runs := v.schedules
	if v.opts.Perturb > 0 {
		runs = perturb.Portfolio(v.opts.Perturb, v.opts.Seed, plan.Races)
	}
	for i, run := range runs {
		fmt.Fprintf(v.app.progress, "schedule %d of %d: %s\n", i+1, len(runs), run)
		o.Vary = variation(plan, run)
		result, err := testrun.Run(ctx, o)
		if err != nil {
			return nil, err
		}
		if result.Status != 0 {
			v.app.log.Infof("go test ends with status %d under the schedule %s", result.Status, run)
		}
		leaks = verify.Merge(leaks, verify.Leaks(result.Reports, v.places(result.GOROOT)), run.String())
	}
	return leaks, nil
}

// variation is what makes a run one of a schedule.
func variation(plan *perturb.Plan, run perturb.Run) testrun.Variation {
	flags, env, inject := plan.Args(run)
	vary := testrun.Variation{Flags: append([]string{"-vet=off"}, flags...), Env: env}
	if inject {
		vary.Replace = plan.Replace
	}
	return vary
}
