package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// renderText prints for people: on a terminal each finding with its code, elsewhere one line that editors and CI
// systems know as a place, "file:line:col: CODE message", with its related places indented below.
//
// With statistics, their table stands in the place of the findings.
//
// The related lines have their place at the end, so that nothing takes them for findings of their own.
func renderText(w io.Writer, in *Input) error {
	var b strings.Builder
	explained := make(map[string]bool) // by code: one address a rule is enough
	findings := in.Findings
	if in.Stats.Counts != nil {
		b.WriteString(statistics(in))
		findings = nil
	}
	for i := range findings {
		f := &findings[i]
		if in.Terminal.Frames {
			newFrame(in, f).print(&b, !explained[f.Code])
			explained[f.Code] = true
		} else {
			textLines(&b, f)
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
		b.Reset()
	}
	for _, e := range in.Errors {
		textError(&b, e, in.Terminal)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// plainText returns a finding as the text format prints it for programs, without the last line's end.
func plainText(f *finding.Finding) string {
	var b strings.Builder
	textLines(&b, f)
	return strings.TrimSuffix(b.String(), "\n")
}

func textLines(b *strings.Builder, f *finding.Finding) {
	head := f.Code + " " + clean(f.Message)
	if f.File != "" {
		head = place(f.Range) + ": " + head
	}
	fmt.Fprintln(b, notCommand(head))
	for _, line := range places(f) {
		fmt.Fprintln(b, "    "+notCommand(line))
	}
}

// stepLabel numbers a step; where goroutines meet, it says whose it is, unless it is that of the first.
func stepLabel(i int, s finding.Step, many bool) string { return newStep(i, s, many).text() }

// place returns file:line:col, as far as it is known.
func place(r finding.Range) string {
	s := clean(r.File)
	if r.Line > 0 {
		s += fmt.Sprintf(":%d", r.Line)
		if r.Column > 0 {
			s += fmt.Sprintf(":%d", r.Column)
		}
	}
	return s
}

// textError prints what could not be analysed: for other programs in the shape of the go command's own errors.
func textError(b *strings.Builder, e finding.Error, t Terminal) {
	head, lines := errorLines(e)
	if !t.Frames {
		if e.Package != "" {
			head = "# " + clean(e.Package)
		}
		for _, line := range append([]string{head}, lines...) {
			fmt.Fprintln(b, notCommand(line))
		}
		return
	}
	var c canvas
	c.write("error", errorStyle)
	c.write(": "+head, strong)
	c.print(b, t.Color)
	for _, line := range lines {
		for _, part := range wrap(line, t.Width-4) {
			var c canvas
			c.write("    "+part, plain)
			c.print(b, t.Color)
		}
	}
	b.WriteByte('\n')
}

// errorLines returns a headline for an error, and its message's lines.
func errorLines(e finding.Error) (head string, lines []string) {
	for line := range strings.Lines(strings.TrimSpace(e.Message)) {
		lines = append(lines, strings.TrimRight(clean(line), " "))
	}
	if e.Package != "" {
		return clean(e.Package) + " was not analysed", lines
	}
	return strings.Join(lines, " "), nil
}

func severityStyle(s rule.Severity) style {
	switch s {
	case rule.Error:
		return errorStyle
	case rule.Note:
		return noteStyle
	}
	return warningStyle
}
