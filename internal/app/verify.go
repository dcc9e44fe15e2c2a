package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/render"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/testrun"
)

// VerifyOptions are the flags of a verification.
type VerifyOptions struct {
	LintOptions
	TestFlags      []string // go test's own
	FailOnEvidence string   // "confirmed": static findings fail the run only if the tests have confirmed them
	Watch          time.Duration
	Coverage       bool // run the tests once more, to tell which findings' lines they run
	Perturb        int  // run them that many times more, under other schedules
	Seed           int  // of the first of these
	Schedules      []string
	WriteTest      string // write tests that fail as long as proven leaks are there: WriteAny, or a regress.Form
	Reproduce      string // one finding, whose path is to be forced
}

// ExitLeak is the exit status where the tests pass, and have left goroutines that can never go on.
const ExitLeak = 4

// WriteAny has each test written in the form that is best for it.
const WriteAny = "auto"

// Verify analyses packages, runs their tests as go test does, and reports which goroutines the tests left, and which
// findings that confirms. Standard output is the tests'.
func (a *App) Verify(ctx context.Context, o VerifyOptions, patterns []string) error {
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	schedules, err := o.schedules()
	if err != nil {
		return err
	}
	if o.Reproduce != "" && o.WriteTest != "" {
		return Usagef("--write-test is about the leaks that the plain run shows, and --reproduce forces one finding: give one of them")
	}
	self, err := a.executable()
	if err != nil {
		return err
	}
	ctx, done, err := gocmd.Session(ctx, self)
	if err != nil {
		return err
	}
	defer done()
	o.Tags = cmp.Or(o.Tags, testrun.TagsOf(o.TestFlags))
	o.Overlay = cmp.Or(testrun.OverlayOf(o.TestFlags), o.Overlay)
	r := a.newRun(o.LintOptions, patterns)
	outputs, err := r.outputs()
	if err != nil {
		return err
	}
	v := &verification{run: r, opts: o, self: self, hanging: make(map[string]bool), schedules: schedules}
	// What the tests cannot run with is no reason to analyse everything first.
	if o, err := v.testOptions(); err != nil {
		return err
	} else if err := testrun.Check(ctx, o); err != nil {
		return err
	}
	report, _, err := r.report(ctx)
	if err != nil {
		return err
	}
	a.progress.done()

	v.functions = newFunctions(o.Overlay, a.Options.Dir)
	v.sample = slices.ContainsFunc(outputs, func(o render.Output) bool { return o.Format.OverTime() })
	if o.Reproduce != "" {
		return v.reproduce(ctx, o.Reproduce)
	}
	result, leaks, err := v.test(ctx)
	if err != nil {
		return err
	}
	v.add(report, result, leaks)
	if o.WriteTest != "" {
		if err := v.writeTests(ctx, report, leaks, result); err != nil {
			return err
		}
	}
	if o.Coverage {
		if err := v.cover(ctx, report); err != nil {
			return err
		}
	}
	if err := r.applyBooks(report, report.Findings); err != nil {
		return err
	}
	r.finish(report)
	if o.Statistics {
		report.Stats.Counts = report.Tallies()
	}
	// What tests print is read by programs: nothing of ours comes between.
	a.stdout = a.stderr
	if err := r.render(outputs, report); err != nil {
		return err
	}
	fmt.Fprintln(a.progress, render.Summary(report.Fresh()))
	if code := v.exit(report, result.Status); code != lint.ExitClean {
		return statusError(code)
	}
	return nil
}

// A verification is one call of Verify.
type verification struct {
	*run
	opts    VerifyOptions
	self    string          // this program
	hanging map[string]bool // tests that were told of

	silent    []*verify.Leak // those of which comments say that they may be
	functions *functions     // of the files in which goroutines wait
	sample    bool           // a report shows how many goroutines there were while tests ran
	schedules []perturb.Run  // beside the plain one
}

// test runs the tests, as often as is wanted, and returns the result of the plain run and what leaked in all of them.
func (v *verification) test(ctx context.Context) (*testrun.Result, []*verify.Leak, error) {
	o, err := v.testOptions()
	if err != nil {
		return nil, nil, err
	}
	started := time.Now()
	plain := o
	plain.Sample = v.sample // other schedules are compared with nothing
	result, err := testrun.Run(ctx, plain)
	if err != nil {
		return nil, nil, err
	}
	leaks := verify.Leaks(result.Reports, v.places(result.GOROOT))
	if len(v.schedules) > 0 || v.opts.Perturb > 0 {
		leaks, err = v.perturb(ctx, o, time.Since(started), leaks)
	}
	return result, leaks, err
}

func (v *verification) testOptions() (testrun.Options, error) {
	a := v.app
	o := testrun.Options{
		Dir:      a.Options.Dir,
		Patterns: v.patterns,
		Flags:    v.opts.TestFlags,
		Tags:     v.opts.Tags,
		Overlay:  v.opts.Overlay,
		Watch:    v.opts.Watch,
		Self:     v.self,
		Stdout:   a.stdout,
		Stderr:   a.stderr,
		Watched:  v.watched,
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return o, fmt.Errorf("there is no folder for caches: %w", err)
	}
	o.Cache = filepath.Join(cache, "cloudlint", "verify")
	return o, nil
}

// executable is this program.
func (a *App) executable() (string, error) {
	if a.self != "" {
		return a.self, nil
	}
	return os.Executable()
}

// cover tells of the findings that were not observed whether the tests run their lines.
func (v *verification) cover(ctx context.Context, report *finding.Report) error {
	var packages []string
	for _, f := range report.Findings {
		if verify.Unobserved(&f) {
			packages = append(packages, strings.TrimSuffix(f.Package, "_test"))
		}
	}
	if len(packages) == 0 {
		return nil
	}
	slices.Sort(packages)
	o, err := v.testOptions()
	if err != nil {
		return err
	}
	coverage, err := testrun.RunCoverage(ctx, o, slices.Compact(packages))
	if err != nil {
		return err
	}
	verify.Reach(report, func(pkg, file string, line int) (ran, known bool) {
		return coverage.Ran(strings.TrimSuffix(pkg, "_test")+"/"+file, line)
	})
	return nil
}

// places knows where the packages of the run are.
func (v *verification) places(goroot string) verify.Places {
	return verify.Places{
		GOROOT: goroot,
		Dir:    func(importPath string) string { return v.packages[importPath].Dir },
		Cases:  v.functions.cases,
	}
}

// watched tells of tests that can never end, long before go test gives up on them.
func (v *verification) watched(r *testrun.Report) {
	for _, l := range verify.Leaks([]*testrun.Report{r}, v.places("")) {
		if !l.Hang || l.Class != verify.Proven {
			continue
		}
		for _, t := range l.Tests {
			if key := t.Package + " " + t.Name; !v.hanging[key] {
				v.hanging[key] = true
				v.app.log.Warnf("%s of %s waits for ever at %s:%d (%s): go test will give up on it when -timeout has passed",
					t.Name, t.Package, v.app.short(l.At.File), l.At.Line, l.Op)
			}
		}
	}
}

// add puts what the run says into the report.
func (v *verification) add(report *finding.Report, result *testrun.Result, leaks []*verify.Leak) {
	v.silent = v.addLeaks(report, leaks, v.places(result.GOROOT), len(leaks) > 0 || verify.Told(result.Reports))
	for _, pkg := range verify.Silent(result.Reports) {
		report.Errors = append(report.Errors, finding.Error{Package: pkg, Message: "its tests ended before they could report their goroutines (a panic, os.Exit or a signal): nothing is known of leaks"})
	}
	if result.Lost > 0 {
		report.Errors = append(report.Errors, finding.Error{Message: fmt.Sprintf("%s of tests cannot be read: leaks may be missing", render.Plural(result.Lost, "report"))})
	}
	report.Sort()
}

// exit decides how the run ends. tests is go test's own exit status, which nothing hides.
func (v *verification) exit(report *finding.Report, tests int) int {
	if tests != 0 {
		return tests
	}
	fresh := report.Fresh()
	if !v.opts.ExitZero {
		for _, f := range fresh.Findings {
			if e := f.Evidence; e != nil && e.Class == string(verify.Proven) && f.Severity != rule.Note {
				return ExitLeak
			}
		}
	}
	if v.opts.FailOnEvidence != "" {
		kept := *fresh
		kept.Findings = nil
		for _, f := range fresh.Findings {
			if f.Evidence != nil && string(f.Evidence.Status) == v.opts.FailOnEvidence {
				kept.Findings = append(kept.Findings, f)
			}
		}
		fresh = &kept
	}
	return lint.ExitCode(nil, fresh, v.failOn, v.opts.ExitZero)
}
