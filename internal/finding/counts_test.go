package finding_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

func TestTallies(t *testing.T) {
	of := func(code string, family rule.Family, pkg string, state finding.State) finding.Finding {
		return finding.Finding{Code: code, Family: family, Package: pkg, BaselineState: state}
	}
	r := &finding.Report{Findings: []finding.Finding{
		of("CL2012", rule.Timeouts, "shop/store", finding.New),
		of("CL1001", rule.Goroutines, "shop/store", ""),
		of("CL2021", rule.Timeouts, "shop/cart", ""),
		of("CL2021", rule.Timeouts, "shop/api", ""),
		of("CL1001", rule.Goroutines, "shop/cart", finding.Unchanged),
		of("CL1001", rule.Goroutines, "shop/cart", finding.Unchanged),
	}}
	want := &finding.Counts{
		Rules:    []finding.Tally{{"CL2021", 2}, {"CL1001", 1}, {"CL2012", 1}},
		Families: []finding.Tally{{"timeouts", 3}, {"goroutines", 1}},
		Packages: []finding.Tally{{"shop/store", 2}, {"shop/api", 1}, {"shop/cart", 1}},
	}
	if diff := cmp.Diff(want, r.Tallies()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(&finding.Counts{Rules: []finding.Tally{}, Families: []finding.Tally{}, Packages: []finding.Tally{}}, new(finding.Report).Tallies()); diff != "" {
		t.Errorf("nothing found: -want +got:\n%s", diff)
	}
}
