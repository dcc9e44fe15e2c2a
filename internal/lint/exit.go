package lint

import (
	"errors"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// The exit codes of the command.
const (
	ExitClean    = 0 // nothing at or above --fail-on
	ExitFindings = 1
	ExitUsage    = 2 // a wrong flag, argument or configuration
	ExitFailed   = 3 // the analysis failed, or something was not analysed
)

// ExitCode decides how a run ends. err is what stopped it, if anything did; then report may be nil. failOn is the least
// severity that fails in the module of a finding (Input.FailOn). A partial analysis is worse than findings: it wins.
// exitZero forgives findings only.
func ExitCode(err error, report *finding.Report, failOn func(finding.Finding) rule.Severity, exitZero bool) int {
	var usage *driver.UsageError
	var mistakes config.Errors
	switch {
	case errors.As(err, &usage) || errors.As(err, &mistakes):
		return ExitUsage
	case err != nil || report == nil:
		return ExitFailed
	case len(report.Errors) > 0 || report.Stats.NotAnalysed > 0:
		return ExitFailed
	case exitZero:
		return ExitClean
	}
	for _, f := range report.Findings {
		if f.BaselineState != finding.Unchanged && f.Severity.AtLeast(failOn(f)) {
			return ExitFindings
		}
	}
	return ExitClean
}

// FailOn returns the least severity that makes a run fail, by the configuration of the finding's module.
func (in Input) FailOn() func(finding.Finding) rule.Severity {
	byPackage := make(map[string]rule.Severity)
	return func(f finding.Finding) rule.Severity {
		key := f.Module + " " + f.Package
		s, ok := byPackage[key]
		if ok {
			return s
		}
		s = rule.Warning
		for _, o := range in.Outcomes {
			p := resolver{outcome: o}.pkg(f.Package)
			if p.Dir == "" || p.Module.Path != f.Module {
				p = anyOf(o, f.Module) // a finding about the module as a whole
			}
			if p.Dir != "" {
				s = in.Config(p.Module).FailOn()
				break
			}
		}
		byPackage[key] = s
		return s
	}
}

// anyOf returns a package of a module: whichever, they share one configuration.
func anyOf(o *driver.Outcome, module string) driver.Package {
	for _, p := range o.Packages {
		if p.Module.Path == module {
			return p
		}
	}
	return driver.Package{}
}
