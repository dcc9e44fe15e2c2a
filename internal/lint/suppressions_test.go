package lint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/directive"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

const (
	unusedAll  = "this comment silences nothing: remove it"
	noReason   = "this comment gives no reason and therefore has no effect: write after the names why the finding does not matter here"
	noNames    = "this comment names no rule and gives no reason, and has no effect: write //cloudlint:ignore CODE reason"
	noteReason = "this comment gives no reason: write after a second // why the finding does not matter here"
)

func TestSuppressionComments(t *testing.T) {
	at := pos(api, "a.go", 5, 1)
	hit := func(code string, d wire.Directive) wire.Finding {
		return silenced(found(code, pos(api, "a.go", 6, 1), "x"), d)
	}
	for _, test := range []struct {
		name      string
		directive wire.Directive
		silences  []string // codes
		config    string
		want      []brief // without file and line
	}{
		{name: "used", directive: ignore(at, "why", "CL2001"), silences: []string{"CL2001"}},
		{name: "used by a prefix", directive: ignore(at, "why", "CL2"), silences: []string{"CL2011"}},
		{name: "unused", directive: ignore(at, "why", "CL2001"), want: []brief{{Code: "CL0001", Severity: rule.Note, Message: unusedAll}}},
		{name: "partly used", directive: ignore(at, "why", "CL2001", "CL2011"), silences: []string{"CL2001"},
			want: []brief{{Code: "CL0001", Severity: rule.Note, Message: "CL2011 in this comment silences nothing: remove it from the list"}}},
		{name: "one name twice", directive: ignore(at, "why", "CL2001", "CL2001"), want: []brief{{Code: "CL0001", Severity: rule.Note, Message: unusedAll}}},
		{name: "rule is off", directive: ignore(at, "why", "CL2001"), config: "disable: [CL2001]"},
		{name: "rule is in preview", directive: ignore(at, "why", "CL1001"), config: ""},
		{name: "preview is on", directive: ignore(at, "why", "CL1001"), config: "preview: true",
			want: []brief{{Code: "CL0001", Severity: rule.Note, Message: unusedAll}}},
		{name: "used by a rule that is off", directive: ignore(at, "why", "serverdeadline"), silences: []string{"CL2002"}, config: "disable: [CL2002]"},
		{name: "file is excluded for the rule", directive: ignore(at, "why", "CL2001"), config: "overrides: [{paths: [api], disable: [CL2001]}]"},
		{name: "no reason", directive: ignore(at, "", "CL2001"), want: []brief{{Code: "CL0002", Severity: rule.Warning, Message: noReason}}},
		{name: "no names", directive: ignore(at, ""), want: []brief{{Code: "CL0002", Severity: rule.Warning, Message: noNames}}},
		{name: "unknown name", directive: ignore(at, "why", "CL2O01"),
			want: []brief{{Code: "CL0003", Severity: rule.Warning, Message: "no rule, analyzer or family is named CL2O01, so that this comment does not silence it: did you mean CL2001?"}}},
		{name: "unknown name beside a used one", directive: ignore(at, "why", "CL2001", "zzz"), silences: []string{"CL2001"},
			want: []brief{{Code: "CL0003", Severity: rule.Warning, Message: "no rule, analyzer or family is named zzz, so that this comment does not silence it"}}},
		{name: "family without rules", directive: ignore(at, "why", "probes")},
		{name: "the tool's own rule", directive: ignore(at, "why", "CL0001")},
		{name: "configured severity", directive: ignore(at, "", "CL2001"), config: "severity: {tool: error}",
			want: []brief{{Code: "CL0002", Severity: rule.Error, Message: noReason}}},
		{name: "switched off", directive: ignore(at, "", "CL2001"), config: "disable: [tool]"},

		{name: "lint:ignore of staticcheck", directive: wire.Directive{Pos: at, Kind: "lint:ignore", Names: []string{"SA1000"}}},
		{name: "lint:ignore unused", directive: wire.Directive{Pos: at, Kind: "lint:ignore", Names: []string{"SA1000", "CL2001"}, Reason: "why"},
			want: []brief{{Code: "CL0001", Severity: rule.Note, Message: "CL2001 in this comment silences nothing: remove it from the list"}}},
		{name: "lint:ignore without reason", directive: wire.Directive{Pos: at, Kind: "lint:ignore", Names: []string{"CL2001"}},
			want: []brief{{Code: "CL0002", Severity: rule.Warning, Message: noReason}}},

		{name: "bare nolint", directive: nolint(at, "")},
		{name: "nolint:all", directive: nolint(at, "", "all")},
		{name: "nolint of another linter", directive: nolint(at, "", "gosec", "cloudlin")},
		{name: "nolint:cloudlint unused", directive: nolint(at, "why", "cloudlint"), want: []brief{{Code: "CL0001", Severity: rule.Note, Message: unusedAll}}},
		{name: "nolint in capitals", directive: nolint(at, "why", "CloudLint"), want: []brief{{Code: "CL0001", Severity: rule.Note, Message: unusedAll}}},
		{name: "nolint with another linter", directive: nolint(at, "why", "gosec", "serverdeadline"),
			want: []brief{{Code: "CL0001", Severity: rule.Note, Message: "serverdeadline in this comment silences nothing: remove it from the list"}}},
		{name: "nolint used without reason", directive: nolint(at, "", "serverdeadline"), silences: []string{"CL2001"},
			want: []brief{{Code: "CL0002", Severity: rule.Note, Message: noteReason}}},
		{name: "nolint unused without reason", directive: nolint(at, "", "serverdeadline"), want: []brief{{Code: "CL0001", Severity: rule.Note, Message: unusedAll}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.config, "")
			var findings []wire.Finding
			for _, code := range test.silences {
				findings = append(findings, hit(code, test.directive))
			}
			// The comment is seen in two units, and needed in one of them.
			w.add(with(unit(api), test.directive), tests(with(unit(api, findings...), test.directive)))
			for i := range test.want {
				test.want[i].File, test.want[i].Line = "api/a.go", 5
			}
			if diff := cmp.Diff(test.want, briefs(lint.Report(w.in))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnusedNeedsTheWholePackage: nobody is told to remove a comment that a complete run might need.
func TestUnusedNeedsTheWholePackage(t *testing.T) {
	d := ignore(pos(api, "a.go", 5, 1), "why", "CL2001")
	for _, test := range []struct {
		name   string
		change func(w *world, plain, variant *wire.Record)
		silent bool
	}{
		{name: "complete", change: func(*world, *wire.Record, *wire.Record) {}},
		{name: "another analyzer is off", change: func(_ *world, plain, variant *wire.Record) {
			plain.Ran, variant.Ran = []string{"serverdeadline"}, []string{"serverdeadline"}
		}},
		{name: "the analyzer is off", silent: true, change: func(_ *world, plain, variant *wire.Record) {
			plain.Ran, variant.Ran = []string{"clientdeadline"}, []string{"clientdeadline"}
		}},
		{name: "it failed in the test variant", silent: true, change: func(_ *world, _, variant *wire.Record) {
			variant.Ran = nil
			variant.Failed = []wire.Failure{{Analyzer: "serverdeadline", Message: "x"}}
		}},
		{name: "it did not run in the test variant", silent: true, change: func(_ *world, _, variant *wire.Record) {
			variant.Ran = []string{"clientdeadline"}
		}},
		{name: "another one failed", silent: true, change: func(_ *world, plain, _ *wire.Record) {
			plain.Failed = []wire.Failure{{Analyzer: "clientdeadline", Message: "x"}}
		}},
		{name: "its budget ran out", silent: true, change: func(_ *world, plain, _ *wire.Record) {
			plain.Exhausted = map[string]int{"serverdeadline": 1}
		}},
		{name: "the package has errors", silent: true, change: func(w *world, _, _ *wire.Record) {
			w.outcome().Errors = []finding.Error{{Package: api, Message: "type error in a test"}}
		}},
		{name: "another package has errors", change: func(w *world, _, _ *wire.Record) {
			w.outcome().NotAnalysed = []string{db}
		}},
		{name: "tests are left out", silent: true, change: func(w *world, _, _ *wire.Record) { w.in.NoTests = true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, "", "")
			plain, variant := with(unit(api), d), tests(with(unit(api), d))
			test.change(w, &plain, &variant)
			w.add(plain, variant)
			if got := len(lint.Report(w.in).Findings) == 0; got != test.silent {
				t.Errorf("silent is %v, want %v", got, test.silent)
			}
		})
	}
}

func TestUnusedInTestFile(t *testing.T) {
	d := ignore(pos(api, "a_test.go", 5, 1), "why", "CL2001")
	for config, want := range map[string]int{"": 0, "tests: [CL2001]": 1} {
		w := newWorld(t, config, "")
		w.add(tests(with(unit(api), d)))
		if got := len(lint.Report(w.in).Findings); got != want {
			t.Errorf("with %q: %d findings, want %d", config, got, want)
		}
	}
}

// TestDocumentation runs the examples of the rules about comments: the wrong one fires, the right one does not.
func TestDocumentation(t *testing.T) {
	for _, r := range lint.Rules() {
		if r.Code == lint.CodeStale {
			continue // the app's tests run it, which know the baseline
		}
		for source, fires := range map[string]bool{r.Doc.Before: true, r.Doc.After: false} {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "a.go", "package p\n\n"+source, parser.ParseComments)
			if err != nil {
				t.Fatalf("%s: %v", r.Code, err)
			}
			w := newWorld(t, "preview: true\n", "")
			w.add(with(unit(api), directivesOf(fset, file)...))
			got := false
			for _, f := range lint.Report(w.in).Findings {
				got = got || f.Code == r.Code
			}
			if got != fires {
				t.Errorf("%s fires: %v, want %v on\n%s", r.Code, got, fires, source)
			}
		}
	}
}

func directivesOf(fset *token.FileSet, file *ast.File) []wire.Directive {
	var list []wire.Directive
	for _, d := range directive.Parse(fset, file) {
		p := fset.Position(d.Pos)
		list = append(list, wire.Directive{Pos: pos(api, "a.go", p.Line, p.Column), Kind: d.Kind, Names: d.Names, Reason: d.Reason})
	}
	return list
}
