package render

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// errorCode stands for a rule's code where a format shows what could not be analysed as if it were a finding.
const errorCode = "analysis-error"

// homepage is the address that reports give for this program.
const homepage = "https://github.com/cloudlint/cloudlint"

// An item is a finding or an error of the run, for formats that know one kind of problem: a severity and a text at a
// place.
type item struct {
	finding     *finding.Finding // nil: an error
	code, name  string           // of the rule
	category    string
	severity    rule.Severity
	message     string   // one line
	more        []string // lines below it: the steps and other places, or what the go command said
	at          finding.Range
	pkg         string
	fingerprint string // unique in the report, the same when lines move
}

// items returns the errors of the run, then the findings in the report's order.
func (in *Input) items() []item {
	seen := make(occurrences)
	list := make([]item, 0, len(in.Errors)+len(in.Findings))
	for _, e := range in.Errors {
		head, lines := errorLines(e)
		list = append(list, item{
			code: errorCode, category: string(rule.Tool), severity: rule.Error,
			message: head, more: lines, at: in.errorPlace(e), pkg: e.Package,
			fingerprint: seen.next(finding.Fingerprint(finding.Parts{Code: errorCode, Package: e.Package, Object: e.Message})),
		})
	}
	for i := range in.Findings {
		f := &in.Findings[i]
		it := item{
			finding: f, code: f.Code, name: f.Rule, category: string(f.Family), severity: f.Severity,
			message: clean(f.Message), more: places(f), at: f.Range, pkg: f.Package,
		}
		if r := in.Rules.Lookup(f.Code); r != nil {
			it.name = r.Name
		}
		fp := cmp.Or(f.Fingerprint, finding.Fingerprint(finding.Parts{Code: f.Code, Package: f.Package, Function: f.Function}))
		it.fingerprint = seen.next(fp)
		list = append(list, it)
	}
	return list
}

// file returns the item's file. Formats whose readers want one get the root of the repository where there is none.
func (it *item) file() string { return cmp.Or(it.at.File, ".") }

// lines returns the message and the lines below it.
func (it *item) lines() []string { return append([]string{it.message}, it.more...) }

// text joins the lines.
func (it *item) text(separator string) string { return strings.Join(it.lines(), separator) }

// occurrences numbers what is equal.
type occurrences map[string]int

// next returns s, made different from what it returned before by a number: s, s:2, s:3.
func (o occurrences) next(s string) string {
	if o[s]++; o[s] > 1 {
		return s + ":" + strconv.Itoa(o[s])
	}
	return s
}

// errorLine is how the go command and type checkers begin a message: with a place, relative to the working directory.
var errorLine = regexp.MustCompile(`^(.+?):(\d+)(?::(\d+))?: `)

// errorPlace returns the place that an error is about, if it names one that exists below the root.
func (in *Input) errorPlace(e finding.Error) finding.Range {
	for line := range strings.Lines(e.Message) {
		m := errorLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		file := filepath.FromSlash(m[1])
		if !filepath.IsAbs(file) {
			file = filepath.Join(cmp.Or(in.Dir, in.Root), file)
		}
		rel, ok := paths.Below(in.Root, file)
		if !ok {
			continue
		}
		at := finding.Range{File: filepath.ToSlash(rel)}
		at.Line, _ = strconv.Atoi(m[2])
		at.Column, _ = strconv.Atoi(m[3])
		if _, err := in.sources.file(at.File).check(at); err == nil {
			return at
		}
	}
	return finding.Range{}
}

// shorten cuts a text to a number of UTF-16 code units, as most readers of reports count.
func shorten(text string, limit int) string {
	n, end := 0, 0
	for i, r := range text {
		if n < limit { // there is room for the ellipsis after what ends here
			end = i
		}
		if n += utf16.RuneLen(r); n > limit {
			return text[:end] + "…"
		}
	}
	return text
}

// units returns the number of UTF-16 code units of a text.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// within joins as many lines as fit into limit UTF-16 code units, the first of them shortened if it must be, and counts
// the others.
func within(lines []string, limit int) string {
	if all := strings.Join(lines, "\n"); units(all) <= limit {
		return all
	}
	text := shorten(lines[0], limit)
	for i, line := range lines[1:] {
		more := fmt.Sprintf("\n%d more", len(lines)-1-i)
		if longer := text + "\n" + line; units(longer)+len(more) <= limit {
			text = longer
			continue
		}
		if units(text)+len(more) <= limit {
			text += more
		}
		break
	}
	return text
}

// A blank of no width keeps the characters around it apart and cannot be seen.
const noWidth = "\u200B"

// inert keeps a text from being Markdown or HTML for those readers that take all text for it: no element, link, image,
// mention, reference or heading begins in it. Everywhere else it looks like the text.
func inert(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if startsBlock(line) {
			b.WriteString(noWidth)
		}
		b.WriteString(inertInline(line))
	}
	return b.String()
}

// inertInline is inert for text that does not begin a line.
func inertInline(text string) string {
	var b strings.Builder
	for i, r := range text {
		b.WriteRune(r)
		if startsInline(text[:i], r, text[i+runeLen(text[i:]):]) {
			b.WriteString(noWidth)
		}
	}
	return b.String()
}

// startsBlock reports whether a line may be a heading, list, quotation, table, code block, rule or quick action.
func startsBlock(line string) bool {
	switch c := line[0]; {
	case c == '\n':
		return false
	case '0' <= c && c <= '9':
		rest := strings.TrimLeft(line, "0123456789")
		return strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ")")
	case c < 0x80:
		return !isLetterOrDigit(rune(c))
	}
	return false
}

// startsInline reports whether r, between before and after, may begin an element, link, image, mention or reference.
func startsInline(before string, r rune, after string) bool {
	next := byte(0)
	if after != "" {
		next = after[0]
	}
	letter := 'a' <= next|0x20 && next|0x20 <= 'z'
	digit := '0' <= next && next <= '9'
	switch r {
	case '<':
		return letter || next == '/' || next == '!' || next == '?'
	case '@':
		return next != 0 && next != ' '
	case ']':
		return next == '(' || next == '[' || next == ':'
	case ':':
		return strings.HasPrefix(after, "//")
	case 'w', 'W':
		return next == '.' && len(before) >= 2 && strings.EqualFold(before[len(before)-2:], "ww")
	case '#', '!':
		return digit
	}
	return false
}
