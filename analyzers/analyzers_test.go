package analyzers_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/rule"
)

func TestAnalyzersAreValid(t *testing.T) {
	all := analyzers.All()
	if len(all) == 0 {
		t.Fatal("there are no analyzers")
	}
	if err := analysis.Validate(all); err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, a := range all {
		if names[a.Name] {
			t.Errorf("two analyzers are named %s", a.Name)
		}
		names[a.Name] = true
		for _, common := range analyzers.CommonFlags() {
			if a.Flags.Lookup(common) == nil {
				t.Errorf("%s has no flag -%s", a.Name, common)
			}
		}
	}
}

// Whoever sets the flags of one analyzer must not change another's.
func TestAnalyzersAreFresh(t *testing.T) {
	first, second := analyzers.All(), analyzers.All()
	for i := range first {
		if first[i] == second[i] {
			t.Errorf("%s is the same in both lists", first[i].Name)
		}
		if err := first[i].Flags.Set("preview", "true"); err != nil {
			t.Fatal(err)
		}
		if second[i].Flags.Lookup("preview").Value.String() != "false" {
			t.Errorf("%s: a flag is shared", first[i].Name)
		}
	}
}

// Each folder beside analyzers.go is an analyzer of its own name and is in the list.
func TestEveryFolderIsListed(t *testing.T) {
	var folders, names []string
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "internal" && e.Name() != "testdata" {
			folders = append(folders, e.Name())
		}
	}
	for _, a := range analyzers.All() {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	if !slices.Equal(folders, names) {
		t.Errorf("folders %v, analyzers %v", folders, names)
	}
}

func TestRulesAreDocumented(t *testing.T) {
	rules, err := rule.NewCatalogue(analyzers.Rules()...)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, a := range analyzers.All() {
		names[a.Name] = false
	}
	for _, r := range rules {
		t.Run(r.Code, func(t *testing.T) {
			if _, ok := names[r.Analyzer]; !ok {
				t.Errorf("no analyzer is named %s", r.Analyzer)
			}
			names[r.Analyzer] = true
			checkDocumented(t, r)
		})
	}
	for name, hasRules := range names {
		if !hasRules {
			t.Errorf("%s has no rules", name)
		}
	}
}

func checkDocumented(t *testing.T, r *rule.Rule) {
	t.Helper()
	for field, text := range map[string]string{
		"name": r.Name, "title": r.Doc.Title, "text": r.Doc.Text, "before": r.Doc.Before, "after": r.Doc.After,
		"since": r.Doc.Since, "blind": r.Blind, "maturity": string(r.Maturity), "fix": string(r.Fix),
	} {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s is empty", field)
		}
	}
	if strings.HasSuffix(r.Doc.Title, ".") || strings.Contains(r.Doc.Title, "\n") {
		t.Errorf("title %q: want one line without a full stop", r.Doc.Title)
	}
	if r.Name != strings.ToLower(r.Name) || strings.ContainsAny(r.Name, " _") {
		t.Errorf("name %q: want kebab case", r.Name)
	}
	if r.Doc.Severity == 0 {
		t.Error("severity is not given")
	}
	for _, ref := range r.References {
		if !strings.HasPrefix(ref, "https://") {
			t.Errorf("reference %q is no address", ref)
		}
	}
}

// An option that a rule's page names exists, and every option is on a page.
func TestOptionsAreDocumented(t *testing.T) {
	for _, a := range analyzers.All() {
		documented := make(map[string]bool)
		for _, r := range analyzers.Rules() {
			if r.Analyzer != a.Name {
				continue
			}
			for _, name := range r.Doc.Options {
				if a.Flags.Lookup(name) == nil {
					t.Errorf("%s names the option %s, which %s does not have", r.Code, name, a.Name)
				}
				documented[name] = true
			}
		}
		a.Flags.VisitAll(func(f *flag.Flag) {
			if !documented[f.Name] && !slices.Contains(analyzers.CommonFlags(), f.Name) {
				t.Errorf("no rule's page names the option %s of %s", f.Name, a.Name)
			}
			if f.Usage == "" {
				t.Errorf("-%s.%s has no description", a.Name, f.Name)
			}
		})
	}
}
