package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A mark is a label with the columns of its line that it covers.
type mark struct {
	label
	start, end int
}

func (m mark) style(primary style) style {
	if m.primary {
		return primary
	}
	return marked
}

// printLine prints a line of code with what its labels say. A line that is too long is cut to a window around the
// labels, and printed again for those that do not fit in.
func (fr *frame) printLine(number int, text string, labels []label, emit func(canvas)) {
	cells, columns := layout(strings.TrimRight(text, " \t"), plain)
	marks := make([]mark, len(labels))
	for i, l := range labels {
		start, end := span(text, l.Range)
		m := mark{label: l, start: columnAt(columns, start), end: columnAt(columns, end)}
		m.end = max(m.end, m.start+1)
		marks[i] = m
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(a.start, b.start) })

	width := fr.in.Terminal.Width - fr.margin - 3
	if fr.in.Terminal.Width == 0 || len(cells) <= width || width < 20 {
		fr.printWindow(number, cells, marks, emit)
		return
	}
	for first := true; first || len(marks) > 0; first = false {
		from := 0
		if len(marks) > 0 && marks[0].end > width*3/4 {
			from = max(0, min(marks[0].start-width/4, len(cells)-width))
		}
		to := min(from+width, len(cells))
		fits := 0
		for fits < len(marks) && marks[fits].start < to-ellipsis {
			fits++
		}
		fits = max(fits, min(1, len(marks)))
		window, inside := cut(cells, from, to), slices.Clone(marks[:fits])
		for i := range inside {
			inside[i].start -= from
			inside[i].end = min(inside[i].end, to) - from
		}
		fr.printWindow(number, window, inside, emit)
		marks = marks[fits:]
	}
}

// columnAt returns the column of a byte, or the end of the line for one beyond it.
func columnAt(columns []int, offset int) int { return columns[min(offset, len(columns)-1)] }

const ellipsis = 3

// cut returns a part of a line, with dots where something was cut off.
func cut(cells []cell, from, to int) []cell {
	part := slices.Clone(cells[from:to])
	dot := cell{".", faint}
	if from > 0 {
		for i := range ellipsis {
			part[i] = dot
		}
		if part[ellipsis].text == "" { // the second half of a wide character
			part[ellipsis] = dot
		}
	}
	if to < len(cells) {
		for i := range ellipsis {
			part[len(part)-1-i] = dot
		}
		// A wide character whose second half is gone.
		if last := len(part) - 1 - ellipsis; cells[to-ellipsis].text == "" {
			part[last] = dot
		}
	}
	return part
}

// printWindow prints a line of code, below it the marks, and their texts: the last one beside its mark, the others
// below, each at the end of a line that leads to its mark.
func (fr *frame) printWindow(number int, cells []cell, marks []mark, emit func(canvas)) {
	primary := severityStyle(fr.finding.Severity)
	margin := func(number string) canvas {
		var c canvas
		c.write(fmt.Sprintf("%*s | ", fr.margin, number), gutter)
		return c
	}
	left := fr.margin + 3
	emit(append(margin(strconv.Itoa(number)), cells...))
	if len(marks) == 0 {
		return
	}

	under := margin("")
	for _, first := range []bool{false, true} { // the primary mark over the others
		for _, m := range marks {
			if m.primary == first {
				sign := "-"
				if m.primary {
					sign = "^"
				}
				under.draw(left+m.start, strings.Repeat(sign, m.end-m.start), m.style(primary))
			}
		}
	}

	pending := slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { return m.message == "" })
	if fits, ok := fr.beside(pending, marks); ok {
		m := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		lines := wrap(m.text(), fits)
		under.draw(left+m.end+1, lines[0], m.style(primary))
		emit(under)
		for _, line := range lines[1:] {
			c := margin("")
			connect(&c, left, pending, primary)
			c.draw(left+m.end+1, line, m.style(primary))
			emit(c)
		}
	} else {
		emit(under)
	}
	if len(pending) == 0 {
		return
	}
	c := margin("")
	connect(&c, left, pending, primary)
	emit(c)
	for len(pending) > 0 {
		// Of several texts for one place the first stands above.
		last := len(pending) - 1
		at := pending[last].start
		for last > 0 && pending[last-1].start == at {
			last--
		}
		group := pending[last:]
		pending = pending[:last]
		for _, m := range group {
			for _, line := range wrap(m.text(), fr.room(at)) {
				c := margin("")
				connect(&c, left, pending, primary)
				c.draw(left+at, line, m.style(primary))
				emit(c)
			}
		}
	}
}

// beside reports whether the text of the last of the pending marks can stand at the right of its mark, and how wide a line
// of it may be there. It cannot if another mark starts at the same column or ends further to the right, and it does not
// where there is more room below the mark.
func (fr *frame) beside(pending, marks []mark) (width int, ok bool) {
	if len(pending) == 0 {
		return 0, false
	}
	m := pending[len(pending)-1]
	for _, other := range marks {
		if other.end > m.end {
			return 0, false
		}
	}
	if len(pending) > 1 && pending[len(pending)-2].start == m.start {
		return 0, false
	}
	width = fr.room(m.end + 1)
	left := fr.in.Terminal.Width - fr.margin - 3 - (m.end + 1)
	if fr.in.Terminal.Width > 0 && displayWidth(m.text()) > left && fr.room(m.start) > 2*width {
		return 0, false
	}
	return width, true
}

// room returns how many columns there are from a column of the code to the edge of the terminal; 0 means that it makes
// no sense to wrap.
func (fr *frame) room(column int) int {
	if width := fr.in.Terminal.Width - fr.margin - 3 - column; width >= 24 {
		return width
	}
	return 0
}

// connect draws the lines that lead down to the texts which are still to come.
func connect(c *canvas, left int, pending []mark, primary style) {
	for _, m := range pending {
		c.draw(left+m.start, "|", m.style(primary))
	}
}
