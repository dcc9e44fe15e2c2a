package render

import (
	"cmp"
	"strings"

	"github.com/cloudlint/cloudlint/internal/explain"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// describe returns a rule's documentation as GitHub shows it beside an alert.
func describe(r *rule.Rule) sarifRule {
	doc := r.Doc.Compile()
	title := cmp.Or(doc.Title, r.Name, r.Code)
	text := cmp.Or(doc.Text, title)
	d := sarifRule{
		ID:                   r.Code,
		Name:                 pascalCase(cmp.Or(r.Name, r.Code)),
		ShortDescription:     sarifText{limit(sentence(title))},
		FullDescription:      sarifText{limit(sentence(firstParagraph(text)))},
		Help:                 sarifHelp{Text: sentence(text), Markdown: helpMarkdown(r)},
		HelpURI:              r.URL(),
		DefaultConfiguration: sarifConfiguration{Enabled: r.Maturity == rule.Stable, Level: string(r.Severity())},
		Properties: sarifRuleProperties{
			Tags:            []string{string(r.Family()), "reliability"},
			Precision:       "medium",
			ProblemSeverity: string(r.Severity()),
		},
	}
	if r.Analyzer != "" {
		d.Properties.Tags = append(d.Properties.Tags, r.Analyzer)
	}
	if r.Maturity == rule.Stable {
		d.Properties.Precision = "high"
	}
	if r.Severity() == rule.Note {
		d.Properties.ProblemSeverity = "recommendation"
	}
	return d
}

func helpMarkdown(r *rule.Rule) string {
	var b strings.Builder
	for _, page := range explain.Pages(rule.Catalogue{r}, nil) {
		_ = page.WriteMarkdown(&b, 2) // a Builder never fails
	}
	return b.String()
}

// limit keeps a description within the 1024 characters that GitHub takes.
func limit(text string) string {
	const most = 1024
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-3]) + "..."
}

func firstParagraph(text string) string {
	first, _, _ := strings.Cut(text, "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

// pascalCase turns the name of a rule into the form that SARIF has for names: ServerReadHeaderTimeout.
func pascalCase(name string) string {
	var b strings.Builder
	for _, word := range strings.Split(name, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
