// Package rule holds what is known about a rule apart from its code: its name, its documentation, its maturity and
// severity. Analyzers keep their rules as data beside their code; the catalogue, `cloudlint explain`, rules.md, the
// configuration's schema and the reports are all made from these values, so that they cannot disagree.
package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"honnef.co/go/tools/analysis/lint"
)

// A Family is one of the five groups of defects that cloudlint looks for, or the tool itself. The first digit of a
// rule's code is its family.
type Family string

const (
	Tool       Family = "tool"       // CL0xxx
	Goroutines Family = "goroutines" // CL1xxx
	Timeouts   Family = "timeouts"   // CL2xxx
	Escapes    Family = "escapes"    // CL3xxx
	Pools      Family = "pools"      // CL4xxx
	Probes     Family = "probes"     // CL5xxx
)

// Families lists all families in the order of their codes.
func Families() []Family {
	return []Family{Tool, Goroutines, Timeouts, Escapes, Pools, Probes}
}

// Linter returns the name under which golangci-lint knows the family's findings: an identifier, because it only then
// prints no name before each message.
func (f Family) Linter() string { return "cloudlint_" + string(f) }

// A Severity says what a finding means for the running service. The zero value means "not given".
type Severity string

const (
	Error   Severity = "error"   // it will hang, leak or lose requests as written
	Warning Severity = "warning" // it will in an ordinary failure: a slow peer, a cancelled request
	Note    Severity = "note"    // advice
)

// Severities lists the severities, most severe first.
func Severities() []Severity { return []Severity{Error, Warning, Note} }

// AtLeast reports whether s is as severe as t, or more.
func (s Severity) AtLeast(t Severity) bool { return s.rank() <= t.rank() }

// Compare orders severities, most severe first.
func (s Severity) Compare(t Severity) int { return cmp.Compare(s.rank(), t.rank()) }

func (s Severity) rank() int {
	if i := slices.Index(Severities(), s); i >= 0 {
		return i
	}
	return len(Severities())
}

// A Maturity says how far a rule can be trusted: a stable rule runs by default.
type Maturity string

const (
	// Stable rules were true in at least 9 of 10 of at least five findings read on real modules; what harms little is a note
	// where the analyzer can tell.
	Stable Maturity = "stable"
	// Preview rules run with --preview or when they are named.
	Preview Maturity = "preview"
	// Retired rules never report; their page says what replaced them.
	Retired Maturity = "retired"
)

// A FixKind says what --fix can do about a rule's findings.
type FixKind string

const (
	NoFix     FixKind = "none"
	SafeFix   FixKind = "safe"   // behaviour in every run that does not fail stays the same
	UnsafeFix FixKind = "unsafe" // only with --unsafe-fixes
)

// A Rule is one kind of finding. Its Analyzer reports it with Code as the diagnostic's category.
type Rule struct {
	Code     string // "CL2001"; never used again for something else
	Name     string // a short name in kebab case, unique: "server-read-header-timeout"
	Analyzer string // the name of the analysis.Analyzer that reports it; empty: the tool itself

	// Doc is the rule's documentation. Title is one line without a full stop. Text says what happens, why, and what
	// to write instead, in Markdown paragraphs. Before and After are Go declarations (imports of the standard library
	// may be left out) on which a test runs the analyzer: Before must fire, After must not. Since is the version
	// of cloudlint that has the rule.
	Doc lint.RawDocumentation

	Maturity Maturity
	Tests    bool    // also reports in _test.go files
	Fix      FixKind // what --fix can do
	// Blind says what the rule does not see, so that silence is not taken for proof.
	Blind string
	// References are the addresses of documentation or known bugs that the rule rests on.
	References []string
}

// Family returns the family that the first digit of the code names.
func (r *Rule) Family() Family {
	families := Families()
	if len(r.Code) > 2 && r.Code[2] >= '0' && int(r.Code[2]-'0') < len(families) {
		return families[r.Code[2]-'0']
	}
	return Tool
}

// Severity returns the rule's default severity.
func (r *Rule) Severity() Severity {
	switch r.Doc.Severity {
	case lint.SeverityError:
		return Error
	case lint.SeverityInfo, lint.SeverityHint:
		return Note
	}
	return Warning
}

// URL returns the address of the rule's documentation page.
func (r *Rule) URL() string {
	return "https://github.com/cloudlint/cloudlint/blob/main/rules.md#" + strings.ToLower(r.Code)
}

// A Catalogue is a list of rules, sorted by code.
type Catalogue []*Rule

// NewCatalogue sorts the rules and checks that codes and names are well-formed and unique.
func NewCatalogue(rules ...*Rule) (Catalogue, error) {
	c := slices.SortedFunc(slices.Values(rules), func(a, b *Rule) int { return strings.Compare(a.Code, b.Code) })
	names := make(map[string]string)
	for i, r := range c {
		if len(r.Code) != 6 || !strings.HasPrefix(r.Code, "CL") {
			return nil, fmt.Errorf("rule %s: a code is CL and four digits", r.Code)
		}
		if i > 0 && c[i-1].Code == r.Code {
			return nil, fmt.Errorf("rule %s is listed twice", r.Code)
		}
		if other, dup := names[r.Name]; dup {
			return nil, fmt.Errorf("rules %s and %s are both named %s", other, r.Code, r.Name)
		}
		names[r.Name] = r.Code
	}
	return c, nil
}

// Lookup returns the rule with the code or name, or nil. Case does not matter.
func (c Catalogue) Lookup(codeOrName string) *Rule {
	for _, r := range c {
		if strings.EqualFold(r.Code, codeOrName) || strings.EqualFold(r.Name, codeOrName) {
			return r
		}
	}
	return nil
}

// Analyzers returns the names of the analyzers that the rules belong to, in the order of their codes.
func (c Catalogue) Analyzers() []string {
	var names []string
	for _, r := range c {
		if r.Analyzer != "" && !slices.Contains(names, r.Analyzer) {
			names = append(names, r.Analyzer)
		}
	}
	return names
}

// Match returns the rules that a selector names: a code (CL2001), a rule's name, a prefix of codes (CL2), an analyzer,
// a family, a maturity or "all". An unknown selector matches nothing.
func (c Catalogue) Match(selector string) []*Rule {
	var matched []*Rule
	for _, r := range c {
		if selector == "all" || strings.EqualFold(r.Name, selector) || r.Analyzer == selector && selector != "" ||
			string(r.Family()) == selector || string(r.Maturity) == selector ||
			len(selector) > 2 && strings.HasPrefix(r.Code, strings.ToUpper(selector)) {
			matched = append(matched, r)
		}
	}
	return matched
}
