package catalogue_test

import (
	"slices"
	"testing"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/catalogue"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify"
)

func TestCatalogue(t *testing.T) {
	rules, err := catalogue.New()
	if err != nil {
		t.Fatal(err)
	}
	if want := len(analyzers.Rules()) + len(lint.Rules()) + len(verify.Rules()); len(rules) != want {
		t.Errorf("%d rules, want %d", len(rules), want)
	}
	for _, r := range rules {
		// Of a family's rules, only those that need a run have no analyzer.
		run := slices.ContainsFunc(verify.Rules(), func(v *rule.Rule) bool { return v.Code == r.Code })
		if (r.Analyzer == "") != (run || r.Family() == rule.Tool) {
			t.Errorf("%s is of the family %s and reported by %q", r.Code, r.Family(), r.Analyzer)
		}
		if r.Doc.Title == "" || r.Doc.Text == "" || r.Doc.Before == "" || r.Doc.After == "" || r.Doc.Since == "" || r.Blind == "" {
			t.Errorf("%s: the documentation has gaps", r.Code)
		}
		// A name that stands for two things would choose the wrong one.
		if rules.Lookup(r.Name) != r || slices.Contains(rules.Analyzers(), r.Name) {
			t.Errorf("%s: the name %s is ambiguous", r.Code, r.Name)
		}
	}
}
