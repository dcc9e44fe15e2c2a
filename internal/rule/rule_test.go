package rule_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func catalogue(t *testing.T) rule.Catalogue {
	t.Helper()
	c, err := rule.NewCatalogue(
		&rule.Rule{Code: "CL2011", Name: "http-client-timeout", Analyzer: "clientdeadline", Maturity: rule.Stable},
		&rule.Rule{Code: "CL2001", Name: "server-read-header", Analyzer: "serverdeadline", Maturity: rule.Stable},
		&rule.Rule{Code: "CL1001", Name: "abandoned-sender", Analyzer: "goroutineleak", Maturity: rule.Preview},
		&rule.Rule{Code: "CL0001", Name: "unused-suppression", Maturity: rule.Stable},
	)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMatch(t *testing.T) {
	c := catalogue(t)
	for _, tt := range []struct {
		selector string
		want     []string
	}{
		{"CL2001", []string{"CL2001"}},
		{"cl2001", []string{"CL2001"}},
		{"CL2", []string{"CL2001", "CL2011"}},
		{"CL", nil}, // too short to be meant
		{"server-read-header", []string{"CL2001"}},
		{"clientdeadline", []string{"CL2011"}},
		{"timeouts", []string{"CL2001", "CL2011"}},
		{"tool", []string{"CL0001"}},
		{"preview", []string{"CL1001"}},
		{"all", []string{"CL0001", "CL1001", "CL2001", "CL2011"}},
		{"", nil},
		{"CL9", nil},
	} {
		var got []string
		for _, r := range c.Match(tt.selector) {
			got = append(got, r.Code)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Match(%q): %s", tt.selector, diff)
		}
	}
}

func TestLookup(t *testing.T) {
	c := catalogue(t)
	if r := c.Lookup("cl2011"); r == nil || r.Code != "CL2011" {
		t.Errorf("by code: %v", r)
	}
	if r := c.Lookup("Abandoned-Sender"); r == nil || r.Code != "CL1001" {
		t.Errorf("by name: %v", r)
	}
	if r := c.Lookup("clientdeadline"); r != nil {
		t.Errorf("an analyzer is no rule: %v", r)
	}
	if diff := cmp.Diff([]string{"goroutineleak", "serverdeadline", "clientdeadline"}, c.Analyzers()); diff != "" {
		t.Errorf("analyzers in the order of their codes: %s", diff)
	}
}

func TestNewCatalogueRefuses(t *testing.T) {
	for _, rules := range [][]*rule.Rule{
		{{Code: "CL20001", Name: "a"}},
		{{Code: "XX2001", Name: "a"}},
		{{Code: "CL2001", Name: "a"}, {Code: "CL2001", Name: "b"}},
		{{Code: "CL2001", Name: "a"}, {Code: "CL2002", Name: "a"}},
	} {
		if _, err := rule.NewCatalogue(rules...); err == nil {
			t.Errorf("no error for %s, %s", rules[0].Code, rules[len(rules)-1].Code)
		}
	}
}

func TestFamilyAndSeverity(t *testing.T) {
	for _, tt := range []struct {
		code     string
		severity lint.Severity
		family   rule.Family
		want     rule.Severity
	}{
		{"CL0002", lint.SeverityWarning, rule.Tool, rule.Warning},
		{"CL1001", lint.SeverityError, rule.Goroutines, rule.Error},
		{"CL2002", lint.SeverityInfo, rule.Timeouts, rule.Note},
		{"CL5001", lint.SeverityNone, rule.Probes, rule.Warning},
		{"CL9001", lint.SeverityHint, rule.Tool, rule.Note},
	} {
		r := &rule.Rule{Code: tt.code, Doc: lint.RawDocumentation{Severity: tt.severity}}
		if r.Family() != tt.family || r.Severity() != tt.want {
			t.Errorf("%s: %s, %s; want %s, %s", tt.code, r.Family(), r.Severity(), tt.family, tt.want)
		}
	}
	if !rule.Error.AtLeast(rule.Warning) || rule.Note.AtLeast(rule.Warning) || !rule.Warning.AtLeast(rule.Warning) {
		t.Error("error, warning, note is the order")
	}
}
