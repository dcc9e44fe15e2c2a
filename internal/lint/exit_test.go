package lint_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
)

func TestExitCode(t *testing.T) {
	report := func(severities ...rule.Severity) *finding.Report {
		r := new(finding.Report)
		for _, s := range severities {
			r.Findings = append(r.Findings, finding.Finding{Severity: s})
		}
		return r
	}
	broken := report(rule.Error)
	broken.Errors = []finding.Error{{Message: "type errors"}}
	missing := report()
	missing.Stats.NotAnalysed = 1
	exhausted := report()
	exhausted.Stats.Exhausted = map[string]int{"goroutineleak": 1}
	for _, test := range []struct {
		name     string
		err      error
		report   *finding.Report
		failOn   rule.Severity
		exitZero bool
		want     int
	}{
		{name: "clean", report: report(), failOn: rule.Warning, want: 0},
		{name: "a warning", report: report(rule.Note, rule.Warning), failOn: rule.Warning, want: 1},
		{name: "only notes", report: report(rule.Note), failOn: rule.Warning, want: 0},
		{name: "notes, all fail", report: report(rule.Note), failOn: rule.Note, want: 1},
		{name: "warnings, only errors fail", report: report(rule.Warning), failOn: rule.Error, want: 0},
		{name: "an error", report: report(rule.Error), failOn: rule.Error, want: 1},
		{name: "--exit-zero", report: report(rule.Error), failOn: rule.Warning, exitZero: true, want: 0},
		{name: "partial wins over findings", report: broken, failOn: rule.Warning, want: 3},
		{name: "partial with --exit-zero", report: broken, failOn: rule.Warning, exitZero: true, want: 3},
		{name: "a package is missing", report: missing, failOn: rule.Warning, want: 3},
		{name: "a budget ran out", report: exhausted, failOn: rule.Warning, want: 0},
		{name: "wrong usage", err: fmt.Errorf("cloudlint: %w", &driver.UsageError{Message: "no such pattern"}), want: 2},
		{name: "wrong configuration", err: fmt.Errorf("cloudlint: %w", config.Errors{{Message: "unknown key"}}), want: 2},
		{name: "wrong usage with --exit-zero", err: &driver.UsageError{}, exitZero: true, want: 2},
		{name: "no go command", err: errors.New("cloudlint needs the go command on PATH"), want: 3},
		{name: "no report", want: 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			failOn := func(finding.Finding) rule.Severity { return test.failOn }
			if got := lint.ExitCode(test.err, test.report, failOn, test.exitZero); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
		})
	}
}
