package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// A frame is a finding on a terminal, in the manner of rustc: what is wrong, the code that it is about with the steps
// in it, then the fix and where to read more.
type frame struct {
	in      *Input
	finding *finding.Finding
	files   []*frameFile // the primary place's first
	margin  int          // width of the line numbers
}

// A frameFile is a file of a frame with the places to show in it.
type frameFile struct {
	name   string
	labels []label
}

// split returns the labels that have a line in the source, and those that have none, with the reason.
func (f *frameFile) split(src *source) (shown, hidden []label, reason error) {
	for _, l := range f.labels {
		if _, err := src.check(l.Range); err != nil {
			hidden, reason = append(hidden, l), err
		} else {
			shown = append(shown, l)
		}
	}
	return shown, hidden, reason
}

// A label is a place with what to say about it.
type label struct {
	finding.Range
	message   string
	number    int // of the step that it is; 0: of none
	goroutine int // whose step it is, where that is worth saying; else 0
	primary   bool
}

// text returns what a line of text says about the place.
func (l label) text() string {
	switch {
	case l.goroutine > 0:
		return fmt.Sprintf("%d (goroutine %d) %s", l.number, l.goroutine, l.message)
	case l.number > 0:
		return fmt.Sprintf("%d %s", l.number, l.message)
	}
	return l.message
}

// newStep labels the place of a step; where goroutines meet, it says whose it is, unless it is that of the first.
func newStep(i int, s finding.Step, many bool) label {
	l := label{Range: s.Range, number: i + 1, message: clean(s.Message)}
	if many && s.Goroutine > 1 {
		l.goroutine = s.Goroutine
	}
	return l
}

func newFrame(in *Input, f *finding.Finding) *frame {
	fr := &frame{in: in, finding: f, margin: 1}
	if f.File != "" {
		fr.add(label{Range: f.Range, primary: true})
	}
	path, others := steps(f)
	many := goroutines(path) > 1
	for i, s := range path {
		fr.add(newStep(i, s, many))
	}
	for _, r := range others {
		fr.add(label{Range: r.Range, message: clean(r.Message)})
	}
	for _, file := range fr.files {
		for _, l := range file.labels {
			fr.margin = max(fr.margin, len(strconv.Itoa(l.Line)))
		}
	}
	return fr
}

func (fr *frame) add(l label) {
	i := slices.IndexFunc(fr.files, func(f *frameFile) bool { return f.name == l.File })
	if i < 0 {
		i = len(fr.files)
		fr.files = append(fr.files, &frameFile{name: l.File})
	}
	file := fr.files[i]
	// A step at the primary place is said there.
	if len(file.labels) > 0 && file.labels[0].primary && file.labels[0].message == "" && file.labels[0].Range == l.Range {
		l.primary = true
		file.labels[0] = l
		return
	}
	file.labels = append(file.labels, l)
}

// print appends the frame to b, with the address of the rule's documentation on request.
func (fr *frame) print(b *strings.Builder, address bool) {
	f, t := fr.finding, fr.in.Terminal
	emit := func(c canvas) { c.print(b, t.Color) }

	head := fmt.Sprintf("%s[%s]", f.Severity, f.Code)
	indent := displayWidth(head) + 2
	width := t.Width - indent
	if width < 40 {
		width = 0 // too narrow: the terminal may break the lines
	}
	for i, line := range wrap(clean(f.Message), width) {
		var c canvas
		if i == 0 {
			c.write(head, severityStyle(f.Severity))
			c.write(": ", strong)
		} else {
			c.write(strings.Repeat(" ", indent), plain)
		}
		c.write(line, strong)
		emit(c)
	}
	notes := fr.notes(address)
	for i, file := range fr.files {
		code := fr.printFile(i, file, emit)
		if code && (i+1 < len(fr.files) || len(notes) > 0) {
			fr.margined("", emit)
		}
	}
	for _, n := range notes {
		for i, line := range wrap(n.text, t.Width-fr.margin-4-len(n.kind)) {
			var c canvas
			if i == 0 {
				c.write(strings.Repeat(" ", fr.margin)+" = ", gutter)
				c.write(n.kind, strong)
				c.write(": ", plain)
			} else {
				c.write(strings.Repeat(" ", fr.margin+5+len(n.kind)), plain)
			}
			c.write(line, n.style)
			emit(c)
		}
	}
	emit(nil)
}

// A note is a line below the code.
type note struct {
	kind, text string
	style      style
}

func (fr *frame) notes(address bool) []note {
	var notes []note
	f := fr.finding
	if f.Fix != nil {
		notes = append(notes, note{"fix", clean(f.Fix.Message) + " (" + fixCommand(f.Fix) + ")", plain})
	}
	if f.Evidence != nil {
		notes = append(notes, note{"run", evidenceText(f.Evidence), plain})
	}
	if f.URL != "" && address {
		notes = append(notes, note{"see", clean(f.URL), faint})
	}
	return notes
}

// fixCommand returns the command that applies a fix.
func fixCommand(f *finding.Fix) string {
	if f.Safe {
		return "cloudlint --fix"
	}
	return "cloudlint --fix --unsafe-fixes"
}

// printFile prints the lines of a file that have labels, what lies between them left out. It
// reports whether it ended with code.
func (fr *frame) printFile(i int, file *frameFile, emit func(canvas)) (code bool) {
	pad := strings.Repeat(" ", fr.margin)
	locate := func(arrow string, r finding.Range, aside string) {
		var c canvas
		c.write(pad+arrow, gutter)
		c.write(place(r), plain)
		c.write(aside, faint)
		emit(c)
	}
	src := fr.in.sources.file(file.name)
	shown, hidden, reason := file.split(src)
	arrow, aside := "--> ", ""
	if i > 0 {
		arrow = "::: "
	}
	if reason != nil {
		aside = " (" + clean(reason.Error()) + ")"
	}
	locate(arrow, file.labels[0].Range, aside)
	if len(shown) > 0 {
		fr.margined("", emit)
		fr.printLines(src, shown, emit)
	}
	for i, l := range hidden {
		if i > 0 || l.Range != file.labels[0].Range {
			locate("::: ", l.Range, "")
		}
		if l.message != "" {
			var c canvas
			c.write(pad+" = ", gutter)
			c.write(l.text(), marked)
			emit(c)
		}
	}
	return len(shown) > 0 && len(hidden) == 0
}

// margined prints an empty line of code.
func (fr *frame) margined(number string, emit func(canvas)) {
	var c canvas
	c.write(fmt.Sprintf("%*s |", fr.margin, number), gutter)
	emit(c)
}

func (fr *frame) printLines(src *source, labels []label, emit func(canvas)) {
	slices.SortStableFunc(labels, func(a, b label) int { return cmp.Compare(a.Line, b.Line) })
	last := 0
	for len(labels) > 0 {
		n := labels[0].Line
		same := 1
		for same < len(labels) && labels[same].Line == n {
			same++
		}
		switch {
		case last > 0 && n == last+2:
			text, _ := src.line(last + 1)
			fr.printLine(last+1, text, nil, emit)
		case last > 0 && n > last+2:
			var c canvas
			c.write("...", gutter)
			emit(c)
		}
		text, _ := src.line(n)
		fr.printLine(n, text, labels[:same], emit)
		labels, last = labels[same:], n
	}
}
