package render

import (
	"strings"
	"unicode"
)

// A style is the meaning of a piece of text on a terminal; sgr has its look.
type style uint8

const (
	plain  style = iota
	strong       // the message of a finding
	faint        // addresses and asides
	gutter       // line numbers, arrows and frames
	marked       // the steps and other places
	errorStyle
	warningStyle
	noteStyle
)

// sgr is the ANSI sequence of each style, of the sixteen colours that every terminal's theme defines.
func (s style) sgr() string {
	switch s {
	case strong:
		return "\x1b[1m"
	case faint:
		return "\x1b[2m"
	case gutter:
		return "\x1b[34m"
	case marked:
		return "\x1b[36m"
	case errorStyle:
		return "\x1b[1;31m"
	case warningStyle:
		return "\x1b[1;33m"
	case noteStyle:
		return "\x1b[1;36m"
	}
	return ""
}

// A cell is one column of a terminal's line: a character with what combines with it. The column after a wide character
// is an empty cell.
type cell struct {
	text  string
	style style
}

// cellsOf lays a text out. Tabs go to multiples of tabWidth. What would steer the terminal, or reorder the text
// on it, is shown as a visible character.
func cellsOf(text string, st style) []cell {
	cells, _ := layout(text, st)
	return cells
}

const tabWidth = 4

// layout also returns the column of each byte of the text, and of its end.
func layout(text string, st style) (cells []cell, columns []int) {
	columns = make([]int, 0, len(text)+1)
	for i, r := range text {
		at := len(cells)
		n := runeLen(text[i:])
		switch width := runeWidth(r); {
		case r == '\t':
			for next := (at/tabWidth + 1) * tabWidth; len(cells) < next; {
				cells = append(cells, cell{" ", st})
			}
		case width == 0 && at > 0:
			last := at - 1
			for last > 0 && cells[last].text == "" {
				last--
			}
			cells[last].text += string(r)
			at = last
		default:
			cells = append(cells, cell{visible(r), st})
			if width == 2 {
				cells = append(cells, cell{"", st})
			}
		}
		for range n {
			columns = append(columns, at)
		}
	}
	return cells, append(columns, len(cells))
}

// visible returns the character, or a stand-in for one that must not reach a terminal or a log.
func visible(r rune) string {
	switch {
	case ' ' <= r && r <= '~':
		return string(r)
	case r < 0x20:
		return string(0x2400 + r) // the pictures of control characters
	case r == 0x7F:
		return "\u2421"
	case r == 0x200D: // joins emoji
		return string(r)
	case r&0xFFFE == 0xFFFE: // no characters
		return "\uFFFD"
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return "\uFFFD"
	}
	return string(r)
}

// clean returns the text on one line, safe for a terminal and a log. Messages and paths come from source code, and some
// CI systems execute what they find in a log: see neutral.
func clean(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || r == '\t' || r == '\r' {
			r = ' '
		}
		b.WriteString(visible(r))
	}
	return neutral.Replace(b.String())
}

// neutral takes from a text what GitHub's and Azure's agents (anywhere in a line) and TeamCity's take for a command.
var neutral = strings.NewReplacer("##[", "# #[", "##vso", "# #vso", "##teamcity", "# #teamcity")

// runeWidth returns how many columns a character takes: 2 for East Asian wide characters and emoji, 0 for what combines
// with the one before. Unicode leaves some to the terminal; these are the ones that terminals agree on.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me), r == 0x200D:
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide is the part of Unicode's EastAsianWidth.txt (W and F) that occurs in source code.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115F, 1}, {0x231A, 0x231B, 1}, {0x23E9, 0x23EC, 1}, {0x2705, 0x2705, 1}, {0x274C, 0x274C, 1},
		{0x2E80, 0x303E, 1}, {0x3041, 0xA4CF, 1}, {0xA960, 0xA97F, 1}, {0xAC00, 0xD7A3, 1}, {0xF900, 0xFAFF, 1},
		{0xFE30, 0xFE6F, 1}, {0xFF01, 0xFF60, 1}, {0xFFE0, 0xFFE6, 1},
	},
	R32: []unicode.Range32{
		{0x16FE0, 0x18CFF, 1}, {0x1B000, 0x1B2FF, 1}, {0x1F300, 0x1F64F, 1}, {0x1F680, 0x1F6FF, 1}, {0x1F7E0, 0x1F7EB, 1},
		{0x1F900, 0x1F9FF, 1}, {0x1FA70, 0x1FAFF, 1}, {0x20000, 0x3FFFD, 1},
	},
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// displayWidth returns the number of columns that the text takes.
func displayWidth(text string) int { return len(cellsOf(text, plain)) }

// wrap breaks the text between words so that no line is wider than width, if no word is. Zero or less: one line.
func wrap(text string, width int) []string {
	if width <= 0 || displayWidth(text) <= width {
		return []string{text}
	}
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		n := displayWidth(word)
		if used > 0 && used+1+n > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line += " "
			used++
		}
		line += word
		used += n
	}
	return append(lines, line)
}

// A canvas is a line of cells that is written left to right, or drawn at columns.
type canvas []cell

func (c *canvas) write(text string, st style) { *c = append(*c, cellsOf(text, st)...) }

// draw puts the text at a column, over what is there.
func (c *canvas) draw(column int, text string, st style) {
	new := cellsOf(text, st)
	for len(*c) < column+len(new) {
		*c = append(*c, cell{" ", plain})
	}
	copy((*c)[column:], new)
}

// print appends the line to b, without blanks at its end.
func (c canvas) print(b *strings.Builder, color bool) {
	for len(c) > 0 && c[len(c)-1].text == " " {
		c = c[:len(c)-1]
	}
	current := plain
	for _, x := range c {
		if color && x.style != current && x.text != " " {
			if current != plain {
				b.WriteString("\x1b[0m")
			}
			b.WriteString(x.style.sgr())
			current = x.style
		}
		b.WriteString(x.text)
	}
	if current != plain {
		b.WriteString("\x1b[0m")
	}
	b.WriteByte('\n')
}
