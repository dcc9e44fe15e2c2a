package render

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// The table of statistics stands in the place of the findings; errors stay.
func TestStatistics(t *testing.T) {
	findings := []finding.Finding{
		{Code: "CL2012", Family: rule.Timeouts, Package: "shop/store", Message: "not printed"},
		{Code: "CL0001", Family: rule.Tool, Package: ""},
	}
	for range 9 {
		findings = append(findings, finding.Finding{Code: "CL2021", Family: rule.Timeouts, Package: "shop/api\x1b[31m"})
	}
	report := &finding.Report{Findings: findings, Errors: []finding.Error{{Package: "shop/cart", Message: "cart.go:1:1: no"}}}
	report.Stats = finding.Stats{Suppressed: 3, Known: 14, Counts: report.Tallies()}
	rules := rule.Catalogue{{Code: "CL2012", Name: "http-default-client"}, {Code: "CL2021", Name: "context-without-deadline"}}
	var out bytes.Buffer
	if err := renderText(&out, NewInput(report, Options{Rules: rules})); err != nil {
		t.Fatal(err)
	}
	const want = `by rule
   9  CL2021  context-without-deadline
   1  CL0001
   1  CL2012  http-default-client

by family
  10  timeouts
   1  tool

by package
   9  shop/api␛[31m
   1  (no package)
   1  shop/store

left out
   3  silenced by comments
  14  known in the baseline
# shop/cart
cart.go:1:1: no
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	report.Findings, report.Errors = nil, nil
	report.Stats = finding.Stats{Counts: report.Tallies()}
	out.Reset()
	if err := renderText(&out, NewInput(report, Options{Rules: rules})); err != nil || out.Len() > 0 {
		t.Errorf("of a clean run: %q, %v", out.String(), err)
	}
}
