package render

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// GitHub drops a step summary of more than 1 MiB as a whole; this leaves room for what other commands of the step write.
const summaryLimit = 900 << 10

// stepSummary writes the findings as a Markdown table, most severe first.
func stepSummary(w io.Writer, in *Input) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### cloudlint: %s\n\n", markdown(counts(in.Report)))
	for _, e := range in.Errors {
		head, lines := errorLines(e)
		fmt.Fprintf(&b, "- **error**: %s", markdown(head))
		if e.Package != "" && b.Len() < summaryLimit/2 {
			for _, line := range lines {
				fmt.Fprintf(&b, "  \n  %s", markdown(line))
			}
		}
		b.WriteString("\n")
	}
	if len(in.Errors) > 0 {
		b.WriteString("\n")
	}
	if len(in.Findings) > 0 {
		b.WriteString("| | Rule | Place | Finding |\n|---|---|---|---|\n")
	}
	for i, f := range bySeverity(in.Findings) {
		var row strings.Builder
		fmt.Fprintf(&row, "| %s | [%s](%s) | %s | %s", f.Severity, markdown(f.Code), f.URL, in.placeLink(f.Range), markdown(clean(f.Message)))
		for _, line := range places(f) {
			fmt.Fprintf(&row, "<br>%s", markdown(line))
		}
		row.WriteString(" |\n")
		if b.Len()+row.Len() > summaryLimit {
			fmt.Fprintf(&b, "\n%d more findings are in the step's log.\n", len(in.Findings)-i)
			break
		}
		b.WriteString(row.String())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// placeLink returns a place, linked to the source where its address is known.
func (in *Input) placeLink(r finding.Range) string {
	text := markdown(place(r))
	if in.SourceURL == "" || r.File == "" || strings.HasPrefix(fileURI(r.File), "file:") {
		return text
	}
	return fmt.Sprintf("[%s](%s%s#L%d)", text, in.SourceURL, fileURI(r.File), cmp.Or(r.Line, 1))
}

// markdown escapes text for a cell of a table.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@': // no mention of a person
			b.WriteString("&#64;")
		case strings.ContainsRune("\\`*_{}[]#|~$", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n' || r == '\r':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
