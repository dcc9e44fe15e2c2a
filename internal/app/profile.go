package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/render"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify"
	"github.com/cloudlint/cloudlint/internal/verify/instances"
)

// ProfileOptions are the flags of a look at running services.
type ProfileOptions struct {
	LintOptions
	Limits   verify.Limits
	Before   []string      // the same instances at an earlier time
	Again    time.Duration // how long after a first look the second comes; 0: there is one look
	Timeout  time.Duration // for each answer of a service
	MaxSize  int           // of a profile, in MB
	Stacks   bool
	Packages []string // whose findings are compared; none: those of the module in the current folder
	NoLint   bool
	Stdin    io.Reader
}

// VerifyProfile reads goroutine profiles of running instances, and reports where goroutines leak or pile up, and which
// findings that confirms.
func (a *App) VerifyProfile(ctx context.Context, o ProfileOptions, sources []string) error {
	if err := o.check(sources); err != nil {
		return err
	}
	r := a.newRun(o.LintOptions, o.Packages)
	outputs, err := r.outputs()
	if err != nil {
		return err
	}
	p := &profiling{run: r, opts: o}
	leaks, err := p.look(ctx, sources)
	if err != nil {
		return err
	}
	report, err := p.static(ctx)
	if err != nil {
		return err
	}
	a.progress.done()
	p.add(report, leaks, p.dirs(ctx, leaks))
	if err := r.applyBooks(report, report.Findings); err != nil {
		return err
	}
	// Of the other findings cloudlint tells without profiles.
	seen := func(f finding.Finding) bool {
		return f.Evidence != nil && f.Evidence.OfInstances > 0 || f.Code == lint.CodeStale
	}
	report.Findings = slices.DeleteFunc(report.Findings, func(f finding.Finding) bool { return !seen(f) })
	r.finish(report)
	if o.Statistics {
		report.Stats.Counts = report.Tallies()
	}
	// People read first what matters most; programs find everything in its place.
	people := *report
	people.Findings = slices.Clone(report.Findings)
	slices.SortStableFunc(people.Findings, func(a, b finding.Finding) int { return cmp.Compare(rank(a), rank(b)) })
	text, programs := withoutPrograms(outputs), withoutText(outputs)
	if err := errors.Join(r.render(text, &people), r.render(programs, report)); err != nil {
		return err
	}
	fmt.Fprintln(a.progress, p.summary(report))
	if code := p.exit(report); code != lint.ExitClean {
		return statusError(code)
	}
	return nil
}

func rank(f finding.Finding) int {
	if f.Evidence == nil {
		return 0
	}
	return f.Evidence.Rank
}

// check finds mistakes in the flags.
func (o *ProfileOptions) check(sources []string) error {
	switch {
	case len(sources) == 0:
		return Usagef("name the services or the files with their profiles: cloudlint verify profile http://localhost:6060")
	case o.Again > 0 && len(o.Before) > 0:
		return Usagef("--before names an earlier look and --again makes one: give one of them")
	case o.NoLint && len(o.Packages) > 0:
		return Usagef("--no-lint compares with no findings, and %s asks for those of packages: give one of them", o.Packages[0])
	case len(o.Before) > 0 && len(o.Before) != len(sources):
		return Usagef("--before names %d of %d instances: name the earlier profile of each, in the same order", len(o.Before), len(sources))
	case o.Limits.Count < 1 || o.Limits.Growth < 1:
		return Usagef("--min and --min-growth are numbers of goroutines: give at least 1")
	case o.MaxSize < 1 || o.Timeout <= 0 || o.Again < 0:
		return Usagef("--max-size, --timeout and --again have to be more than nothing")
	}
	if named := slices.Concat(sources, o.Before); len(named)-len(slices.DeleteFunc(named, func(s string) bool { return s == "-" })) > 1 {
		return Usagef("standard input has one profile: name - once")
	}
	for i, s := range sources {
		if slices.Contains(sources[:i], s) {
			return Usagef("%s is named twice", instances.Name(s))
		}
		if o.Again > 0 && !instances.IsURL(s) {
			return Usagef("--again reads twice, which brings nothing new of %s: name services, or two profiles, one with --before", s)
		}
	}
	return nil
}

// A profiling is one call of VerifyProfile.
type profiling struct {
	*run
	opts       ProfileOptions
	instances  int // that were read
	goroutines int // in them
	problems   []string
}

// look reads the profiles, once or twice, and finds the leaks in them.
func (p *profiling) look(ctx context.Context, sources []string) ([]*verify.Leak, error) {
	a := p.app
	reader := instances.Options{
		Path:    a.path,
		Stdin:   cmp.Or(p.opts.Stdin, io.Reader(os.Stdin)),
		Timeout: p.opts.Timeout,
		MaxSize: int64(p.opts.MaxSize) << 20,
		Stacks:  p.opts.Stacks,
		Warn:    a.log.Warnf,
	}
	var before []instances.Result
	switch {
	case len(p.opts.Before) > 0:
		before = reader.Read(ctx, p.opts.Before)
	case p.opts.Again > 0:
		before = reader.Read(ctx, sources)
		fmt.Fprintf(a.progress, "read once, the second time in %s\n", p.opts.Again)
		select {
		case <-time.After(p.opts.Again):
		case <-ctx.Done():
		}
	}
	now := reader.Read(ctx, sources)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var list, old []*verify.Instance
	for i, res := range now {
		if i < len(before) {
			p.problems = append(p.problems, before[i].Problems...)
		}
		p.problems = append(p.problems, res.Problems...)
		if res.Instance == nil {
			continue
		}
		p.instances++
		p.goroutines += res.Goroutines
		list = append(list, res.Instance)
		if len(before) > 0 {
			old = append(old, before[i].Instance)
		}
	}
	slices.Sort(p.problems)
	p.problems = slices.Compact(p.problems)
	return verify.Services(list, old, p.opts.Limits), nil
}

// static makes the report of the packages, or an empty one where there are none to compare with.
func (p *profiling) static(ctx context.Context) (*finding.Report, error) {
	module := driver.Module{Dir: config.ModuleRoot(p.app.Options.Dir), Main: true}
	_, err := os.Stat(filepath.Join(module.Dir, "go.mod"))
	if p.opts.NoLint || p.instances == 0 || err != nil && len(p.opts.Packages) == 0 {
		p.configs = p.app.newConfigs(p.rules, config.Flags{
			Enable: p.opts.Enable, Disable: p.opts.Disable, Only: p.opts.Only, Preview: p.opts.Preview, FailOn: p.opts.FailOn,
		})
		cfg, err := p.configs.load(module.Dir)
		if err != nil {
			return nil, err
		}
		p.outcome = new(driver.Outcome)
		p.failOn = func(finding.Finding) rule.Severity { return cfg.FailOn() }
		return lint.Report(p.input(p.outcome, "")), nil
	}
	if len(p.patterns) == 0 {
		p.patterns = []string{"./..."}
	}
	report, _, err := p.report(ctx)
	return report, err
}

// add puts what the profiles say into the report. dirs has the folders of packages that are not analysed.
func (p *profiling) add(report *finding.Report, leaks []*verify.Leak, dirs map[string]string) {
	functions := newFunctions(p.opts.Overlay, p.app.Options.Dir)
	commands := newCommands(p.packages)
	places := verify.Places{
		Elsewhere: true,
		Dir:       func(importPath string) string { return cmp.Or(p.packages[importPath].Dir, dirs[importPath]) },
		Import:    commands.importPath,
		Command:   commands.dir,
		Cases:     functions.cases,
	}
	p.addLeaks(report, leaks, places, true)
	for _, problem := range p.problems {
		report.Errors = append(report.Errors, finding.Error{Message: problem})
	}
	report.Sort()
}

// summary is the last line of the run.
func (p *profiling) summary(report *finding.Report) string {
	return fmt.Sprintf("%s in %s: %s", render.Plural(p.goroutines, "goroutine"), render.Plural(p.instances, "instance"), render.Summary(report.Fresh()))
}

// exit decides how the run ends. What is proven stays so, whatever could not be read beside it.
func (p *profiling) exit(report *finding.Report) int {
	fresh := report.Fresh()
	if !p.opts.ExitZero && slices.ContainsFunc(fresh.Findings, proven) {
		return ExitLeak
	}
	return lint.ExitCode(nil, fresh, p.failOn, p.opts.ExitZero)
}

func proven(f finding.Finding) bool {
	return f.Evidence != nil && f.Evidence.Class == string(verify.Proven) && f.Severity != rule.Note
}
