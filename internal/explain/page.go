// Package explain turns what is known about the rules into documentation: the page of one rule for a terminal, as
// Markdown and as JSON, the table of all rules, and rules.md. All of it comes from the rules' own data, so that the
// program, its documentation and its code cannot disagree.
package explain

import (
	"flag"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// A Page is the documentation of one rule. Its JSON encoding is what `cloudlint explain --format json` prints.
type Page struct {
	Code       string        `json:"code"`
	Name       string        `json:"name"`
	Title      string        `json:"title"`
	Analyzer   string        `json:"analyzer,omitempty"` // empty: the tool itself
	Family     rule.Family   `json:"family"`
	Severity   rule.Severity `json:"severity"`
	Maturity   rule.Maturity `json:"maturity"`
	Default    bool          `json:"default"` // runs without being asked for
	Fix        rule.FixKind  `json:"fix"`
	Tests      bool          `json:"tests"` // also reports in _test.go files
	Since      string        `json:"since"`
	Text       string        `json:"text"` // Markdown
	Wrong      string        `json:"wrong"`
	Right      string        `json:"right"`
	Options    []Option      `json:"options,omitempty"`
	Blind      string        `json:"blind"` // what the rule does not see
	References []string      `json:"references,omitempty"`
	URL        string        `json:"url"`
}

// An Option is a setting of a rule: a key of the configuration and a flag of the rule's analyzer.
type Option struct {
	Name    string `json:"name"`
	Default string `json:"default,omitempty"`
	Usage   string `json:"usage,omitempty"`
}

// Pages documents all rules of a catalogue, in its order. Options are described by the flags of the analyzers.
func Pages(rules rule.Catalogue, analyzers []*analysis.Analyzer) []*Page {
	flags := make(map[string]*flag.FlagSet)
	for _, a := range analyzers {
		flags[a.Name] = &a.Flags
	}
	pages := make([]*Page, len(rules))
	for i, r := range rules {
		pages[i] = newPage(r, flags[r.Analyzer])
	}
	return pages
}

func newPage(r *rule.Rule, flags *flag.FlagSet) *Page {
	doc := r.Doc.Compile()
	p := &Page{
		Code:       r.Code,
		Name:       r.Name,
		Title:      doc.TitleMarkdown,
		Analyzer:   r.Analyzer,
		Family:     r.Family(),
		Severity:   r.Severity(),
		Maturity:   r.Maturity,
		Default:    r.Maturity == rule.Stable,
		Fix:        r.Fix,
		Tests:      r.Tests,
		Since:      doc.Since,
		Text:       doc.TextMarkdown,
		Wrong:      strings.Trim(r.Doc.Before, "\n"),
		Right:      strings.Trim(r.Doc.After, "\n"),
		Blind:      strings.TrimSpace(r.Blind),
		References: r.References,
		URL:        r.URL(),
	}
	if p.Fix == "" {
		p.Fix = rule.NoFix
	}
	for _, name := range doc.Options {
		o := Option{Name: name}
		if flags != nil {
			if f := flags.Lookup(name); f != nil {
				_, usage := flag.UnquoteUsage(f)
				o.Default, o.Usage = f.DefValue, usage
			}
		}
		p.Options = append(p.Options, o)
	}
	return p
}

// state says in one word whether a rule runs without being asked for.
func (p *Page) state() string {
	switch {
	case p.Maturity == rule.Retired:
		return "retired"
	case p.Default:
		return "on"
	}
	return "off"
}

// Facts is the line below a page's title.
func (p *Page) Facts() []string {
	facts := []string{p.Name}
	if p.Analyzer != "" {
		facts = append(facts, "analyzer "+p.Analyzer)
	}
	facts = append(facts, string(p.Severity), string(p.Maturity), map[string]string{
		"on":      "on by default",
		"off":     "off by default (--preview, or --enable " + p.Code + ")",
		"retired": "never reports",
	}[p.state()])
	switch p.Fix {
	case rule.SafeFix:
		facts = append(facts, "--fix can mend it")
	case rule.UnsafeFix:
		facts = append(facts, "--fix --unsafe-fixes can mend it")
	}
	if p.Tests {
		facts = append(facts, "also in test files")
	}
	return append(facts, "since "+p.Since)
}

// Suppression shows how to silence one finding, where that is possible, and the whole rule.
func (p *Page) Suppression() (comment, config string) {
	if p.Analyzer != "" {
		comment = "//cloudlint:ignore " + p.Code + " the reason"
	}
	return comment, "disable: [" + p.Code + "]"
}
