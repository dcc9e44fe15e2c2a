package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// The types of the Reviewdog Diagnostic Format, proto/rdf/reviewdog.proto of reviewdog, in the JSON mapping of protocol
// buffers. Columns count bytes from 1, ends are exclusive; a range without columns is whole lines.
type (
	rdResult struct {
		Source      rdSource       `json:"source"`
		Diagnostics []rdDiagnostic `json:"diagnostics"`
	}
	rdSource struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	rdDiagnostic struct {
		Message        string         `json:"message"`
		Location       *rdLocation    `json:"location,omitempty"`
		Severity       string         `json:"severity"`
		Source         *rdSource      `json:"source,omitempty"`
		Code           rdCode         `json:"code"`
		Suggestions    []rdSuggestion `json:"suggestions,omitempty"`
		Related        []rdRelated    `json:"relatedLocations,omitempty"`
		OriginalOutput string         `json:"originalOutput,omitempty"`
	}
	rdCode struct {
		Value string `json:"value"`
		URL   string `json:"url,omitempty"`
	}
	rdLocation struct {
		Path  string   `json:"path"`
		Range *rdRange `json:"range,omitempty"`
	}
	rdRange struct {
		Start rdPosition  `json:"start"`
		End   *rdPosition `json:"end,omitempty"`
	}
	rdPosition struct {
		Line   int `json:"line"`
		Column int `json:"column,omitempty"`
	}
	rdSuggestion struct {
		Range rdRange `json:"range"`
		Text  string  `json:"text"`
	}
	rdRelated struct {
		Message  string     `json:"message"`
		Location rdLocation `json:"location"`
	}
)

func reviewdogSource(in *Input) rdSource { return rdSource{in.Tool.Name, homepage} }

// renderRDJSON prints one object with all diagnostics, for reviewdog -f=rdjson.
func renderRDJSON(w io.Writer, in *Input) error {
	result := rdResult{Source: reviewdogSource(in), Diagnostics: []rdDiagnostic{}}
	for _, it := range in.items() {
		result.Diagnostics = append(result.Diagnostics, in.diagnostic(&it))
	}
	return encode(w, result, "  ")
}

// maxRDJSONLine is a little less than the longest line that reviewdog reads (bufio.MaxScanTokenSize). A longer one
// would cost all diagnostics of the run, not only its own.
const maxRDJSONLine = 64000

// renderRDJSONLines prints one diagnostic a line, for reviewdog -f=rdjsonl.
func renderRDJSONLines(w io.Writer, in *Input) error {
	source := reviewdogSource(in)
	for _, it := range in.items() {
		d := in.diagnostic(&it)
		d.Source = &source
		var line bytes.Buffer
		if err := encode(&line, d, ""); err != nil {
			return err
		}
		// What is left out first is said elsewhere, too.
		for _, shed := range []func(){
			func() { d.OriginalOutput = "" },
			func() { d.Suggestions = nil },
			func() {
				if n := len(d.Related); n > 0 {
					d.Message = fmt.Sprintf("%s (%d more places are left out here)", d.Message, n)
				}
				d.Related = nil
			},
			func() { d.Message = shorten(d.Message, 4000) },
			func() { d.Location = nil }, // a //line directive can name anything
		} {
			if line.Len() <= maxRDJSONLine {
				break
			}
			shed()
			line.Reset()
			if err := encode(&line, d, ""); err != nil {
				return err
			}
		}
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// diagnostic converts an item. Reviewdog posts its texts as they are, as Markdown.
func (in *Input) diagnostic(it *item) rdDiagnostic {
	d := rdDiagnostic{
		Message:  inert(it.message),
		Severity: map[rule.Severity]string{rule.Error: "ERROR", rule.Warning: "WARNING", rule.Note: "INFO"}[it.severity],
		Code:     rdCode{Value: it.code},
	}
	if it.at.File != "" {
		d.Location = &rdLocation{it.at.File, in.byteRange(it.at)}
	}
	f := it.finding
	if f == nil {
		d.Message = inert(it.text("\n"))
		d.Code.URL = homepage + "/blob/main/docs/formats.md" // reviewdog writes <code> where there is none
		d.OriginalOutput = it.text("\n")
		return d
	}
	d.OriginalOutput = plainText(f)
	d.Code.URL = f.URL
	path, others := steps(f)
	many := goroutines(path) > 1
	relate := func(message string, at finding.Range) {
		if at.File == "" {
			d.Message += "\n" + inert(message)
			return
		}
		d.Related = append(d.Related, rdRelated{inert(message), rdLocation{at.File, in.byteRange(at)}})
	}
	for i, s := range path {
		relate(stepLabel(i, s, many), s.Range)
	}
	for _, r := range others {
		relate(clean(r.Message), r.Range)
	}
	if s, ok := in.suggestion(f); ok {
		d.Suggestions = []rdSuggestion{s}
	}
	return d
}

// byteRange returns the part of a place that lies on its first line: reviewdog posts beside the code only what lies
// within a hunk of the change as a whole.
func (in *Input) byteRange(at finding.Range) *rdRange {
	if at.Line <= 0 {
		return nil
	}
	text, err := in.sources.file(at.File).check(at)
	if err != nil || at.Column <= 0 {
		return &rdRange{Start: rdPosition{Line: at.Line}}
	}
	start, end := span(text, at)
	return &rdRange{rdPosition{at.Line, start + 1}, &rdPosition{at.Line, end + 1}}
}

// maxSuggestion is how many lines a suggestion may replace to be worth reading in a comment.
const maxSuggestion = 30

// suggestion returns a fix as the one change that it is: reviewdog offers the suggestions of a diagnostic one by one,
// and half a fix may not compile. They have no file of their own, so a fix that changes other files is none, nor is one
// whose changes lie far apart.
func (in *Input) suggestion(f *finding.Finding) (rdSuggestion, bool) {
	if f.Fix == nil || len(f.Fix.Edits) == 0 {
		return rdSuggestion{}, false
	}
	src := in.sources.file(f.File)
	edits := slices.SortedStableFunc(slices.Values(f.Fix.Edits), func(a, b finding.Edit) int { return a.Start - b.Start })
	first, last := edits[0].Start, edits[len(edits)-1].End
	startLine, startColumn, ok1 := src.position(first)
	endLine, endColumn, ok2 := src.position(last)
	if !ok1 || !ok2 || endLine-startLine >= maxSuggestion {
		return rdSuggestion{}, false
	}
	var text strings.Builder
	at := first
	for _, e := range edits {
		if e.File != f.File || e.Start < at || e.End < e.Start {
			return rdSuggestion{}, false
		}
		text.Write(src.text[at:e.Start])
		text.WriteString(e.New)
		at = e.End
	}
	return rdSuggestion{rdRange{rdPosition{startLine, startColumn}, &rdPosition{endLine, endColumn}}, text.String()}, true
}
