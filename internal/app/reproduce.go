package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/hooks"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
	"github.com/cloudlint/cloudlint/internal/verify/witness"
)

// How often the tests run in the hope that a finding shows: in the order of its path, and then under other schedules.
const (
	forced    = 5 // which case of a select goes on where several can is a matter of luck
	perturbed = 8
)

// trialTimeout is how long the tests of a package may take in a trial.
const trialTimeout = "3m"

// A trial is one run in the hope that a finding shows.
type trial struct {
	vary   testrun.Variation
	flag   string // that runs it again
	forced bool   // in the order of the finding's steps
}

// reproduce forces the path of one finding in runs of the tests, and prints what came of it. A path may tell less than is
// needed: then the tests run under other schedules.
func (v *verification) reproduce(ctx context.Context, selector string) error {
	all := v.allRules()
	f, err := v.choose(all, selector)
	if err != nil {
		return err
	}
	o, err := v.testOptions()
	if err != nil {
		return err
	}
	tmp, err := gocmd.MkdirTemp(ctx, "", "cloudlint-verify-")
	if err != nil {
		return fmt.Errorf("no folder for temporary files: %w", err)
	}
	defer func() { _ = gocmd.RemoveAll(tmp) }()
	var output strings.Builder
	o.Stdout, o.Stderr = &output, &output
	if !testrun.HasFlag(o.Flags, "timeout") {
		o.Flags = append([]string{"-timeout=" + trialTimeout}, o.Flags...) // tests that wait for what hangs end, too
	}

	place := fmt.Sprintf("%s %s:%d", f.Code, v.app.short(finding.Abs(all.Root, f.File)), f.Line)
	plan, err := testrun.Witness(ctx, o, f, all.Root, tmp)
	if errors.Is(err, witness.ErrNoSteps) {
		v.app.log.Infof("%s: %v", place, err)
		plan = new(witness.Plan)
	} else if err != nil {
		return Usagef("%s: its path cannot be forced: %v", place, err)
	}
	trials, err := v.trials(ctx, o, plan, f, tmp)
	if err != nil {
		return err
	}
	steps := 0
	var survivor *finding.Evidence
	for i, t := range trials {
		output.Reset()
		o.Vary = t.vary
		result, err := testrun.Run(ctx, o)
		if err != nil {
			return err
		}
		if i == 0 && len(result.Reports) == 0 && result.Status != 0 {
			_, _ = io.WriteString(v.app.stderr, output.String())
			return Usagef("%s: no test ran", place)
		}
		taken := 0
		for _, r := range result.Reports {
			taken = max(taken, r.Steps)
		}
		steps = max(steps, taken)
		places := v.places(result.GOROOT)
		e := verify.Confirm(f, all.Root, verify.Leaks(result.Reports, places), places)
		if e == nil || verify.ClaimOf(f) == verify.AfterSteps && (!plan.Scheduled || taken < len(plan.Steps)) {
			continue
		}
		if e.Class != string(verify.Proven) {
			survivor = e
			continue
		}
		if !t.forced {
			plan = new(witness.Plan)
		}
		v.confirmed(place, e, plan, t)
		return statusError(ExitLeak)
	}
	fmt.Fprintf(v.app.stdout, "%s: not confirmed in %d runs, which refutes nothing", place, len(trials))
	switch {
	case len(plan.Steps) == 0:
	case steps == len(plan.Steps):
		fmt.Fprint(v.app.stdout, "; the tests took all steps in their order, and nothing there was left for ever")
	default:
		missed := plan.Steps[steps]
		fmt.Fprintf(v.app.stdout, "; step %d of %d was never reached in its turn, at %s:%d: %s%s",
			steps+1, len(plan.Steps), v.app.short(finding.Abs(all.Root, missed.File)), missed.Line, by(missed), missed.Message)
	}
	if survivor != nil {
		fmt.Fprintf(v.app.stdout, "; a goroutine waited there when a run was over (%s), and Go's detector does not say that it is for ever", survivor.Waits)
	}
	fmt.Fprintln(v.app.stdout)
	return nil
}

// trials lists the runs that may show a finding.
func (v *verification) trials(ctx context.Context, o testrun.Options, plan *witness.Plan, f *finding.Finding, tmp string) ([]trial, error) {
	var list []trial
	if len(plan.Steps) > 0 {
		for n := range forced {
			t := trial{flag: "--reproduce " + f.Fingerprint, forced: true}
			t.vary = testrun.Variation{Replace: plan.Replace, Flags: []string{"-vet=off"}, Env: []string{hooks.Witness + "=" + plan.Try(n)}}
			list = append(list, t)
		}
	} else {
		list = append(list, trial{})
	}
	other, err := testrun.Plan(ctx, o, filepath.Join(tmp, "schedules"))
	if err != nil {
		return nil, err
	}
	for _, run := range perturb.Portfolio(perturbed, v.opts.Seed, other.Races) {
		list = append(list, trial{vary: variation(other, run), flag: "--schedule " + run.String()})
	}
	return list, nil
}

// confirmed prints how to see a finding's bug.
func (v *verification) confirmed(place string, e *finding.Evidence, plan *witness.Plan, t trial) {
	w := v.app.stdout
	fmt.Fprintf(w, "%s: confirmed: a goroutine waits there for ever (%s)\n", place, e.Waits)
	for i, s := range plan.Steps {
		fmt.Fprintf(w, "    %d %s%s (%s:%d)\n", i+1, by(s), s.Message, v.app.short(finding.Abs(v.app.root(), s.File)), s.Line)
	}
	for _, test := range e.Tests {
		if test.Test == "" {
			continue
		}
		var pattern []string
		for _, name := range strings.Split(test.Test, "/") {
			pattern = append(pattern, "^"+regexp.QuoteMeta(name)+"$")
		}
		flag := t.flag
		if flag != "" {
			flag += " "
		}
		fmt.Fprintf(w, "    %s of %s; again: cloudlint verify %s%s -- -run '%s'\n", test.Test, test.Package, flag, test.Package, strings.Join(pattern, "/"))
	}
}

// by says which goroutine takes a step.
func by(s finding.Step) string {
	if s.Goroutine == 0 {
		return ""
	}
	return fmt.Sprintf("goroutine %d: ", s.Goroutine)
}

// choose finds the finding that a selector means: a fingerprint, or CODE@FILE:LINE.
func (v *verification) choose(report *finding.Report, selector string) (*finding.Finding, error) {
	code, place, byPlace := strings.Cut(selector, "@")
	var found []*finding.Finding
	for i := range report.Findings {
		f := &report.Findings[i]
		if byPlace {
			file, line := place, 0
			if at := strings.LastIndexByte(place, ':'); at >= 0 {
				file = place[:at]
				line, _ = strconv.Atoi(place[at+1:])
			}
			if strings.EqualFold(code, f.Code) && line == f.Line && v.app.path(filepath.FromSlash(file)) == finding.Abs(report.Root, f.File) {
				found = append(found, f)
			}
		} else if f.Fingerprint == selector || finding.Identity(f.Fingerprint) == selector {
			found = append(found, f)
		}
	}
	switch {
	case len(found) == 0:
		return nil, Usagef("--reproduce: no finding is %s: give a fingerprint, as in --format json, or CODE@FILE:LINE", selector)
	case verify.ClaimOf(found[0]) == verify.NoClaim:
		return nil, Usagef("--reproduce: %s does not say of a goroutine that it stays: nothing that a run leaves behind confirms it", found[0].Code)
	}
	return found[0], nil
}
