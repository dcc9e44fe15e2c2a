package render

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/explain"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// clauseEnd is where the first clause of a message ends.
var clauseEnd = regexp.MustCompile(`[;:] `)

// An htmlFinding is a finding as the page's template asks for it.
type htmlFinding struct {
	*finding.Finding
	ID   string // of its element, for links to it; the same in the next report if the finding is the same
	Rule *rule.Rule
	in   *Input
}

// newHTMLFindings returns all findings of a report.
func newHTMLFindings(in *Input) []*htmlFinding {
	list := make([]*htmlFinding, len(in.Findings))
	seen := make(occurrences)
	for i := range in.Findings {
		f := &in.Findings[i]
		_, hash, _ := strings.Cut(f.Fingerprint, ":")
		id := strings.ReplaceAll(seen.next("f-"+hash), ":", "-")
		list[i] = &htmlFinding{Finding: f, ID: id, Rule: in.Rules.Lookup(f.Code), in: in}
	}
	return list
}

// PackageName returns the import path, or what to say where there is none.
func (f *htmlFinding) PackageName() string { return cmp.Or(clean(f.Package), "no package") }

// Head returns the message up to its first semicolon or colon, which says what is wrong.
func (f *htmlFinding) Head() []explain.Span {
	head, _ := f.message()
	return head
}

// Rest returns what follows in the message: why, and what to write instead.
func (f *htmlFinding) Rest() []explain.Span {
	_, rest := f.message()
	return rest
}

func (f *htmlFinding) message() (head, rest []explain.Span) {
	spans := explain.Spans(clean(f.Message))
	for i, s := range spans {
		if at := clauseEnd.FindStringIndex(s.Text); at != nil && !s.Code {
			head = append(slices.Clone(spans[:i]), explain.Span{Text: s.Text[:at[0]]})
			rest = append([]explain.Span{{Text: s.Text[at[0]:]}}, spans[i+1:]...)
			return head, rest
		}
	}
	return spans, nil
}

// Level returns the severity.
func (f *htmlFinding) Level() string { return clean(string(f.Severity)) }

// Place returns file:line:col.
func (f *htmlFinding) Place() string { return place(f.Range) }

// Name returns the code and the name of the rule.
func (f *htmlFinding) Name() string {
	if f.Rule == nil {
		return clean(f.Code)
	}
	return f.Rule.Code + " " + f.Rule.Name
}

// FunctionName returns the name of the function that the finding is in.
func (f *htmlFinding) FunctionName() string { return clean(f.Function) }

// Marks returns what else is known of a finding: how far its rule can be trusted, and what a run of the code says.
func (f *htmlFinding) Marks() []string {
	var marks []string
	if f.Maturity != rule.Stable {
		marks = append(marks, clean(string(f.Maturity)))
	}
	if f.Evidence != nil {
		marks = append(marks, clean(string(f.Evidence.Status)))
	}
	return marks
}

// An htmlRule is the page of a rule that has findings.
type htmlRule struct {
	*explain.Page
	Count int
}

// TitleSpans returns the rule's title.
func (r htmlRule) TitleSpans() []explain.Span { return explain.Spans(r.Title) }

// An htmlBlock is a part of a rule's text.
type htmlBlock struct {
	explain.Block
	Spans []explain.Span // of prose
}

// IsCode reports whether the block is code.
func (b htmlBlock) IsCode() bool { return b.Kind == explain.CodeBlock }

// IsItem reports whether the block is an item of a list.
func (b htmlBlock) IsItem() bool { return b.Kind == explain.Item }

// Blocks returns the rule's text.
func (r htmlRule) Blocks() []htmlBlock { return htmlBlocks(r.Text) }

// BlindBlocks returns what the rule does not see.
func (r htmlRule) BlindBlocks() []htmlBlock { return htmlBlocks(r.Blind) }

func htmlBlocks(text string) []htmlBlock {
	var list []htmlBlock
	for _, b := range explain.Blocks(text) {
		block := htmlBlock{Block: b}
		if b.Kind != explain.CodeBlock {
			block.Spans = explain.Spans(b.Text)
		}
		list = append(list, block)
	}
	return list
}

// CountText returns how many findings the rule has.
func (r htmlRule) CountText() string { return Plural(r.Count, "finding") }

// Silence returns how to silence a finding of the rule, and the rule.
func (r htmlRule) Silence() []string {
	comment, config := r.Suppression()
	return slices.DeleteFunc([]string{comment, config + "  # in .cloudlint.yml"}, func(s string) bool { return s == "" })
}

// Links returns the rule's references. Those that are not addresses have text only.
func (r htmlRule) Links() []htmlLink {
	var links []htmlLink
	for _, ref := range append([]string{r.URL}, r.References...) {
		links = append(links, newHTMLLink(ref))
	}
	return links
}

// An htmlLink is an address with its text.
type htmlLink struct{ Address, Text string }

func newHTMLLink(ref string) htmlLink {
	l := htmlLink{Text: clean(ref)}
	if strings.HasPrefix(ref, "https://") && !strings.ContainsAny(ref, " \t") {
		l.Address = ref
	}
	return l
}

// An htmlFacet is a property to choose findings by.
type htmlFacet struct {
	Name, Title string
	Values      []htmlValue
}

// An htmlValue is a value of a facet, with how many findings have it.
type htmlValue struct {
	Value, Title string
	Count        int
}

// htmlFacets returns the properties in which the findings differ.
func htmlFacets(findings []*htmlFinding) []htmlFacet {
	var facets []htmlFacet
	add := func(name, title string, property func(*htmlFinding) htmlValue, compare func(a, b htmlValue) int) {
		facet := htmlFacet{Name: name, Title: title}
		index := make(map[string]int)
		for _, f := range findings {
			v := property(f)
			i, ok := index[v.Value]
			if !ok {
				i = len(facet.Values)
				index[v.Value] = i
				facet.Values = append(facet.Values, v)
			}
			facet.Values[i].Count++
		}
		if len(facet.Values) > 1 {
			slices.SortFunc(facet.Values, compare)
			facets = append(facets, facet)
		}
	}
	byValue := func(a, b htmlValue) int { return cmp.Compare(a.Value, b.Value) }
	add("severity", "Severity", func(f *htmlFinding) htmlValue {
		return htmlValue{Value: string(f.Severity), Title: clean(string(f.Severity))}
	}, func(a, b htmlValue) int {
		return cmp.Or(rule.Severity(a.Value).Compare(rule.Severity(b.Value)), byValue(a, b))
	})
	add("family", "Family", func(f *htmlFinding) htmlValue {
		return htmlValue{Value: string(f.Family), Title: familyTitle(f.Family)}
	}, func(a, b htmlValue) int {
		order := func(v htmlValue) int { return familyOrder(rule.Family(v.Value)) }
		return cmp.Or(cmp.Compare(order(a), order(b)), byValue(a, b))
	})
	add("maturity", "Maturity", func(f *htmlFinding) htmlValue {
		return htmlValue{Value: string(f.Maturity), Title: clean(string(f.Maturity))}
	}, func(a, b htmlValue) int { return byValue(b, a) }) // stable first
	add("code", "Rule", func(f *htmlFinding) htmlValue { return htmlValue{Value: f.Code, Title: f.Name()} }, byValue)
	add("package", "Package", func(f *htmlFinding) htmlValue {
		return htmlValue{Value: f.PackageName(), Title: f.PackageName()}
	}, byValue)
	return facets
}
