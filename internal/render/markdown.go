package render

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// GitHub refuses a comment of more than 65,536 characters; GitLab, Bitbucket and Azure take more.
const commentLimit = 60_000

// renderMarkdown prints a table for a comment on a change, or a page.
func renderMarkdown(w io.Writer, in *Input) error {
	return writeMarkdown(w, in, commentLimit, "are left out: cloudlint ./... lists all")
}

// writeMarkdown writes the findings as a table of at most limit bytes, most severe first. What does not fit is counted,
// and rest says where it is.
func writeMarkdown(w io.Writer, in *Input, limit int, rest string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### cloudlint: %s\n\n", markdown(counts(in.Report)))
	for i, e := range in.Errors {
		row := "- **error**: " + markdownError(e) + "\n"
		if b.Len()+len(row) > limit/2 { // the findings have a right to the rest
			fmt.Fprintf(&b, "- **error**: %d more\n", len(in.Errors)-i)
			break
		}
		b.WriteString(row)
	}
	if len(in.Errors) > 0 {
		b.WriteString("\n")
	}
	if len(in.Findings) > 0 {
		b.WriteString("| | Rule | Place | Finding |\n|---|---|---|---|\n")
	}
	for i, f := range bySeverity(in.Findings) {
		var row strings.Builder
		fmt.Fprintf(&row, "| %s | [%s](%s) | %s | %s", f.Severity, markdown(f.Code), f.URL, in.placeLink(f.Range), markdownCell(clean(f.Message), places(f)))
		row.WriteString(" |\n")
		if b.Len()+row.Len() > limit {
			fmt.Fprintf(&b, "\n%d more findings %s.\n", len(in.Findings)-i, rest)
			break
		}
		b.WriteString(row.String())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownError returns an error on one line: what begins a line may be a command (GitLab's quick actions).
func markdownError(e finding.Error) string {
	head, lines := errorLines(e)
	return markdownCell(head, lines)
}

// One finding does not take the room of many.
const (
	cellLines = 40
	lineLimit = 600
)

// markdownCell returns a message and the lines below it as one line.
func markdownCell(message string, lines []string) string {
	text := markdown(shorten(message, lineLimit))
	for i, line := range lines {
		if i == cellLines {
			return text + fmt.Sprintf("<br>%d more", len(lines)-i)
		}
		text += "<br>" + markdown(shorten(line, lineLimit))
	}
	return text
}

// placeLink returns a place, linked to the source where its address is known.
func (in *Input) placeLink(r finding.Range) string {
	text := markdown(shorten(place(r), lineLimit))
	address := in.sourceAddress(r)
	if address == "" || len(r.File) > lineLimit {
		return text
	}
	return fmt.Sprintf("[%s](%s)", text, address)
}

// sourceAddress returns the address of a place on the web, or "".
func (in *Input) sourceAddress(r finding.Range) string {
	if in.SourceURL == "" || r.File == "" || strings.HasPrefix(fileURI(r.File), "file:") {
		return ""
	}
	return fmt.Sprintf("%s%s#L%d", in.SourceURL, fileURI(r.File), cmp.Or(r.Line, 1))
}

// markdown escapes text for a line or a cell of a table.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range inertInline(s) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
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
