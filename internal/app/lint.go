package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/buildinfo"
	"github.com/cloudlint/cloudlint/internal/catalogue"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/newonly"
	"github.com/cloudlint/cloudlint/internal/render"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// LintOptions are the flags of a run.
type LintOptions struct {
	Formats               []string // FORMAT or FORMAT=FILE
	Enable, Disable, Only []string
	Preview               bool
	FailOn                string
	ExitZero              bool
	Fix, UnsafeFixes      bool
	Diff                  bool
	Statistics            bool // how many findings of each kind, for people in the place of the findings
	Tags                  string
	Tests                 bool
	Overlay               string
	New                   NewOptions
	Driver                string
	Jobs                  int
	Baseline              string // a file, in the place of the one that is found
	NoBaseline            bool

	newBaseline bool // the baseline may be missing, because it is about to be made
}

// Lint analyses packages and prints what it found.
func (a *App) Lint(ctx context.Context, o LintOptions, patterns []string) error {
	r := a.newRun(o, patterns)
	outputs, err := r.outputs()
	if err != nil {
		return err
	}
	done, err := r.openNew(ctx)
	if err != nil {
		return err
	}
	defer done()
	report, err := r.analyse(ctx)
	if err != nil {
		if lint.ExitCode(err, nil, nil, false) == lint.ExitFailed && ctx.Err() == nil {
			// Whoever reads a report's file learns from it too that there was no analysis.
			return errors.Join(err, r.render(withoutText(outputs), r.failed(err)))
		}
		return err
	}
	if o.Fix || o.Diff {
		if report, err = r.fix(ctx, report); err != nil {
			return err
		}
	}
	r.finish(report)
	if o.Statistics {
		report.Stats.Counts = report.Tallies()
	}
	if err := r.render(outputs, report); err != nil {
		return err
	}
	fmt.Fprintln(a.progress, render.Summary(report.Fresh()))
	if code := lint.ExitCode(nil, report, r.failOn, o.ExitZero); code != lint.ExitClean {
		return statusError(code)
	}
	return nil
}

// A run is one call of Lint.
type run struct {
	app      *App
	opts     LintOptions
	patterns []string
	started  time.Time
	rules    rule.Catalogue
	configs  *configs
	books    []*book // the baselines of the modules
	coverage *lint.Coverage
	packages map[string]driver.Package // of the run
	outcome  *driver.Outcome
	failOn   func(finding.Finding) rule.Severity

	comparison *newonly.Comparison // nil: the work tree is analysed, and all is reported
	unchanged  bool                // the packages of no files are to be analysed
}

func (a *App) newRun(o LintOptions, patterns []string) *run {
	if o.Overlay != "" {
		o.Overlay = a.path(o.Overlay)
	}
	if o.Baseline != "" {
		o.Baseline = a.path(o.Baseline)
	}
	return &run{app: a, opts: o, patterns: patterns, started: time.Now(), rules: catalogue.Rules()}
}

// finish ends the progress line, and notes how long the run took.
func (r *run) finish(report *finding.Report) {
	report.Stats.Seconds = math.Round(time.Since(r.started).Seconds()*1000) / 1000
	r.app.progress.done()
}

// outputs checks the flags that contradict each other, and returns where the report goes.
func (r *run) outputs() ([]render.Output, error) {
	o := &r.opts
	switch {
	case o.Fix && o.Diff:
		return nil, Usagef("--diff shows what --fix would change: give one of them")
	case o.Baseline != "" && o.NoBaseline:
		return nil, Usagef("--baseline names a baseline and --no-baseline wants none: give one of them")
	case o.New.Changed && len(r.patterns) > 0:
		return nil, Usagef("--changed chooses the packages, and %s does too: give one of them", r.patterns[0])
	case o.UnsafeFixes && !o.Fix && !o.Diff:
		return nil, Usagef("--unsafe-fixes goes with --fix or --diff")
	}
	if err := o.checkNew(); err != nil {
		return nil, err
	}
	if o.Statistics && o.Diff {
		return nil, Usagef("--diff shows changes and --statistics counts findings: give one of them")
	}
	formats := o.Formats
	if len(formats) == 0 && !o.Diff {
		formats = []string{render.Formats()[0].Name}
	}
	outputs, err := render.ParseOutputs(formats, r.app.Options.Dir)
	if err != nil {
		return nil, Usagef("%v", err)
	}
	if o.Statistics && !slices.ContainsFunc(outputs, func(o render.Output) bool { return o.Format.Statistics() }) {
		return nil, Usagef("--statistics goes with --format text, json or jsonl")
	}
	for _, out := range outputs {
		if out.Path == "" && o.Diff {
			return nil, Usagef("--diff needs standard output for itself: give --format %s a file", out.Format.Name)
		}
	}
	return outputs, nil
}

// analyse runs the driver, makes the report, leaves out what is not new, and compares it with the baselines.
func (r *run) analyse(ctx context.Context) (*finding.Report, error) {
	report, outcome, err := r.report(ctx)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(report.Findings)
	if err := r.filterNew(ctx, report, outcome); err != nil {
		return nil, err
	}
	return report, r.applyBooks(report, all)
}

// configure is what the driver asks for each module.
func (r *run) configure(m driver.Module) (driver.Settings, error) {
	s, err := r.configs.settings(m)
	if err != nil {
		return s, err
	}
	return s, r.openBook(m)
}

// report runs the driver and makes the report.
func (r *run) report(ctx context.Context) (*finding.Report, *driver.Outcome, error) {
	a, o := r.app, r.opts
	r.configs = a.newConfigs(r.rules, config.Flags{
		Enable: o.Enable, Disable: o.Disable, Only: o.Only, Preview: o.Preview, FailOn: o.FailOn,
	})
	r.books = nil
	outcome := new(driver.Outcome)
	if !r.unchanged {
		var err error
		if outcome, err = driver.Run(ctx, r.request()); err != nil {
			return nil, nil, err
		}
	}
	in := r.input(outcome, o.Overlay)
	r.coverage, r.packages = lint.NewCoverage(in), outcome.Packages
	r.outcome = outcome
	r.failOn = in.FailOn()
	if a.log.IsLevelEnabled(logrus.DebugLevel) {
		for _, line := range lint.Explored(in.Outcomes) {
			a.log.Debug(line)
		}
	}
	return lint.Report(in), outcome, nil
}

// request is what the driver is asked for.
func (r *run) request() driver.Request {
	a, o := r.app, r.opts
	req := driver.Request{
		Dir:       a.Options.Dir,
		Patterns:  r.patterns,
		Mode:      driver.Mode(o.Driver),
		Jobs:      o.Jobs,
		Tags:      o.Tags,
		NoTests:   !o.Tests,
		Overlay:   o.Overlay,
		Changed:   o.New.any(),
		Self:      a.self,
		Analyzers: analyzers.All,
		Configure: r.configure,
		Progress:  a.progress.update,
		Log:       a.log,
	}
	if r.comparison != nil {
		req.Deleted = r.comparison.Deleted
	}
	return req
}

// input is what a report of the outcome is made of, which came about under an overlay.
func (r *run) input(o *driver.Outcome, overlay string) lint.Input {
	return lint.Input{
		Outcomes: []*driver.Outcome{o},
		Rules:    r.rules,
		Config:   r.configs.of,
		Root:     r.app.root(),
		Tool:     tool(),
		Function: newFunctions(overlay, r.app.Options.Dir).at,
		NoTests:  !r.opts.Tests,
	}
}

func tool() finding.Tool { return finding.Tool{Name: "cloudlint", Version: buildinfo.Read().Version} }

// root is what the report's files are relative to.
func (a *App) root() string {
	if root := config.GitRoot(a.Options.Dir); root != "" {
		return root
	}
	return a.Options.Dir
}

// failed is the report of a run without analysis.
func (r *run) failed(err error) *finding.Report {
	report := lint.Report(lint.Input{Rules: r.rules, Config: r.configs.of, Root: r.app.root(), Tool: tool()})
	report.Errors = append(report.Errors, finding.Error{Message: err.Error()})
	return report
}

// render writes the report to its places.
func (r *run) render(outputs []render.Output, report *finding.Report) error {
	a := r.app
	options := render.Options{Rules: r.rules, Terminal: a.terminal(), Category: r.category(), Dir: a.Options.Dir}
	if name := a.getenv("GITHUB_STEP_SUMMARY"); name != "" {
		summary, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			a.log.Warnf("no step summary: %v", err)
		} else {
			defer summary.Close()
			options.StepSummary = summary
		}
	}
	if server, repo, commit := a.getenv("GITHUB_SERVER_URL"), a.getenv("GITHUB_REPOSITORY"), a.getenv("GITHUB_SHA"); server != "" && repo != "" && commit != "" {
		options.SourceURL = server + "/" + repo + "/blob/" + commit + "/"
	}
	isText := func(o render.Output) bool { return o.Format.Name == render.Formats()[0].Name }
	people := slices.DeleteFunc(slices.Clone(outputs), func(o render.Output) bool { return !isText(o) })
	programs := slices.DeleteFunc(slices.Clone(outputs), isText)
	input := func(report *finding.Report) *render.Input {
		options.ReadFile = r.readFile(report)
		return render.NewInput(report, options)
	}
	return errors.Join(
		render.Write(people, input(reroot(report, a.Options.Dir)), a.stdout),
		render.Write(programs, input(report), a.stdout),
	)
}

// withoutText leaves out what is only for people.
func withoutText(outputs []render.Output) []render.Output {
	return slices.DeleteFunc(slices.Clone(outputs), func(o render.Output) bool { return o.Format.Name == "text" })
}

// withoutPrograms leaves out what is not for people alone.
func withoutPrograms(outputs []render.Output) []render.Output {
	return slices.DeleteFunc(slices.Clone(outputs), func(o render.Output) bool { return o.Format.Name != "text" })
}

// category tells the reports of several folders of one repository apart.
func (r *run) category() string {
	rel, err := filepath.Rel(r.app.root(), r.app.Options.Dir)
	if err != nil || rel == "." {
		return ""
	}
	return "cloudlint/" + filepath.ToSlash(rel)
}
