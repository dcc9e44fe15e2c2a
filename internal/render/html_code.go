package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cloudlint/cloudlint/internal/explain"
)

// An htmlFile is a file of a frame.
type htmlFile struct {
	Place   string // of the first label
	Address string // of the file on the web, or empty
	Problem string // why some of its places are shown without their code
	Lines   []htmlLine
	Hidden  []htmlStep
}

// An htmlLine is a line of code with what is said about it. Without a number it stands for lines that are left out.
type htmlLine struct {
	Number int
	Parts  []htmlPart
	Steps  []htmlStep
}

// An htmlPart is a piece of a line of code.
type htmlPart struct {
	Text    string
	Marked  bool
	Primary bool
	Numbers string // of the steps that start here, if the line has more than one
}

// An htmlStep is what a label says.
type htmlStep struct {
	Place     string // where there is no code to show it in
	Number    int
	Goroutine int
	Text      []explain.Span
	Primary   bool
}

func newHTMLStep(l label) htmlStep {
	return htmlStep{Number: l.number, Goroutine: l.goroutine, Text: explain.Spans(l.message), Primary: l.primary}
}

// contextLines is how many lines are shown above and below one that is marked.
const contextLines = 2

// Files returns the finding's frame: the code that it is about, with the steps.
func (f *htmlFinding) Files() []htmlFile {
	var files []htmlFile
	for _, file := range newFrame(f.in, f.Finding).files {
		src := f.in.sources.file(file.name)
		shown, hidden, reason := file.split(src)
		h := htmlFile{Place: place(file.labels[0].Range), Address: f.in.sourceAddress(file.labels[0].Range)}
		if reason != nil {
			h.Problem = clean(reason.Error())
		}
		h.Lines = htmlLines(src, shown)
		for _, l := range hidden {
			step := newHTMLStep(l)
			if l.Range != file.labels[0].Range {
				step.Place = place(l.Range)
			}
			if step.Place != "" || len(step.Text) > 0 {
				h.Hidden = append(h.Hidden, step)
			}
		}
		files = append(files, h)
	}
	return files
}

// htmlLines returns the lines that have labels and those around them.
func htmlLines(src *source, labels []label) []htmlLine {
	slices.SortStableFunc(labels, func(a, b label) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	margin := commonIndent(src, labels)
	var lines []htmlLine
	add := func(n int, labels []label) {
		text, _ := src.line(n)
		line := htmlLine{Number: n, Parts: htmlParts(text, margin, labels)}
		for _, l := range labels {
			if l.message != "" {
				line.Steps = append(line.Steps, newHTMLStep(l))
			}
		}
		lines = append(lines, line)
	}
	last := 0 // the last line that was added
	for len(labels) > 0 {
		n, same := labels[0].Line, 1
		for same < len(labels) && labels[same].Line == n {
			same++
		}
		next := 0
		if same < len(labels) {
			next = labels[same].Line
		}
		from := contextStart(src, n)
		if last > 0 && from > last+2 {
			lines = append(lines, htmlLine{})
		} else if last > 0 {
			from = last + 1
		}
		for i := from; i < n; i++ {
			add(i, nil)
		}
		add(n, labels[:same])
		labels, last = labels[same:], n
		for end := contextEnd(src, n); last < end && last+1 != next; {
			last++
			add(last, nil)
		}
	}
	return lines
}

// contextStart returns the first line to show above a line. An empty one says nothing.
func contextStart(src *source, n int) int {
	from := max(1, n-contextLines)
	for from < n && blank(src, from) {
		from++
	}
	return from
}

// contextEnd returns the last line to show below a line.
func contextEnd(src *source, n int) int {
	end := n + contextLines
	for end > n && blank(src, end) {
		end--
	}
	return end
}

// blank reports whether a line is empty or does not exist.
func blank(src *source, n int) bool {
	text, _ := src.line(n)
	return strings.TrimSpace(text) == ""
}

// commonIndent returns the white space that all lines around the labels start with: the room is needed on a phone.
func commonIndent(src *source, labels []label) string {
	margin, first := "", true
	for _, l := range labels {
		for n := contextStart(src, l.Line); n <= contextEnd(src, l.Line); n++ {
			text, _ := src.line(n)
			if blank(src, n) {
				continue
			}
			indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
			if first {
				margin, first = indent, false
			}
			for !strings.HasPrefix(indent, margin) {
				margin = margin[:len(margin)-1]
			}
		}
	}
	return margin
}

// htmlParts cuts a line where marks start and end. The primary mark covers the others.
func htmlParts(text, margin string, labels []label) []htmlPart {
	text = strings.TrimRight(text, " \t")
	hidden := 0
	if strings.HasPrefix(text, margin) {
		hidden = len(margin)
	}
	type interval struct {
		start, end int
		label
	}
	var marks []interval
	cuts := []int{hidden, len(text)}
	for _, l := range labels {
		start, end := span(text, l.Range)
		start, end = max(start, hidden), max(end, hidden)
		if start == end { // as on a terminal, at least one character
			end += runeLen(text[start:])
		}
		marks = append(marks, interval{start, end, l})
		cuts = append(cuts, start, end)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	several := 0 // steps in this line: where there is only one, it is plain what is meant
	for _, l := range labels {
		several += min(1, l.number)
	}
	var parts []htmlPart
	for i, start := range cuts {
		end := start // after the last cut: a mark at the end of the line covers nothing
		if i+1 < len(cuts) {
			end = cuts[i+1]
		}
		p := htmlPart{Text: text[start:end]}
		var numbers []string
		for _, m := range marks {
			if m.start == start && m.number > 0 && several > 1 {
				numbers = append(numbers, fmt.Sprint(m.number))
			}
			if m.start <= start && (start < m.end || m.start == m.end) {
				p.Marked = true
				p.Primary = p.Primary || m.primary
			}
		}
		p.Numbers = strings.Join(numbers, " ")
		if p.Text == "" && !p.Marked {
			continue
		}
		p.Text = excerpt(p.Text, start > hidden, end < len(text), p.Marked)
		parts = append(parts, p)
	}
	return parts
}

// roomBeside is how many characters of a long line are shown beside a mark, or at an end of the line without one.
const roomBeside = 160

// excerpt makes a piece of code fit to be shown: of a long one the part that is beside a mark, or the start.
func excerpt(text string, afterMark, beforeMark, marked bool) string {
	n := utf8.RuneCountInString(text)
	switch {
	case n <= 2*roomBeside:
		return visibleCode(text)
	case marked, !beforeMark:
		return visibleCode(firstRunes(text, roomBeside)) + " \u2026"
	case !afterMark:
		return "\u2026 " + visibleCode(lastRunes(text, roomBeside))
	}
	return visibleCode(firstRunes(text, roomBeside)) + " \u2026 " + visibleCode(lastRunes(text, roomBeside))
}

func firstRunes(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

func lastRunes(text string, n int) string {
	at := len(text)
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return text[at:]
}

// visibleCode is clean for code, which keeps its tabs.
func visibleCode(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(visible(r))
		}
	}
	return b.String()
}
