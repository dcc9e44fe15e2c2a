package render

import (
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

func TestSummary(t *testing.T) {
	warning := finding.Finding{Code: "CL2001", Severity: rule.Warning}
	tests := []struct {
		name   string
		report finding.Report
		want   string
	}{
		{"clean", finding.Report{Stats: finding.Stats{Driver: "vet", Packages: 17, Seconds: 1.2345}},
			"no findings in 17 packages, 1.2 s, vet driver"},
		{"findings", finding.Report{Findings: []finding.Finding{warning, warning}, Stats: finding.Stats{Driver: "source", Packages: 1, Seconds: 0.04}},
			"2 warnings in 1 package, <0.1 s, source driver; next: cloudlint explain CL2001"},
		{"the most severe is explained", finding.Report{Findings: []finding.Finding{warning, {Code: "CL1001", Severity: rule.Error}, {Code: "CL3001", Severity: rule.Note}}, Stats: finding.Stats{Packages: 2}},
			"1 error, 1 warning, 1 note in 2 packages; next: cloudlint explain CL1001"},
		{"a safe fix", finding.Report{Findings: []finding.Finding{{Code: "CL2001", Severity: rule.Note, Fix: &finding.Fix{Safe: true}}}, Stats: finding.Stats{Packages: 2}},
			"1 note in 2 packages; next: cloudlint explain CL2001 or cloudlint --fix"},
		{"an unsafe fix", finding.Report{Findings: []finding.Finding{{Code: "CL2001", Severity: rule.Note, Fix: &finding.Fix{}}}, Stats: finding.Stats{Packages: 2}},
			"1 note in 2 packages; next: cloudlint explain CL2001"},
		{"not analysed", finding.Report{Errors: []finding.Error{{Package: "p", Message: "a.go:1:1: undefined: x"}}, Stats: finding.Stats{Driver: "vet", Packages: 3, NotAnalysed: 1}},
			"no findings in 3 packages, vet driver; 1 package not analysed; next: go build ./..."},
		{"only what is new", finding.Report{Stats: finding.Stats{Driver: "vet", Packages: 3, NotNew: 12}},
			"no findings in 3 packages, vet driver; 12 findings left out, not new"},
		{"an error without a package", finding.Report{Errors: []finding.Error{{Message: "m"}}, Stats: finding.Stats{Packages: 3}},
			"no findings in 3 packages; 1 error; next: cloudlint doctor"},
		{"budgets", finding.Report{Stats: finding.Stats{Packages: 3, Seconds: 125.9, Exhausted: map[string]int{"goroutineleak": 2, "lostwait": 1}}},
			"no findings in 3 packages, 2 min 5 s; 3 functions too large for full analysis"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Summary(&tt.report); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
