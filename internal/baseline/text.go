package baseline

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// Name is the name of the file in the module's root.
	Name = ".cloudlint-baseline"
	// MaxSize is the most bytes that the file can have.
	MaxSize = 16 << 20

	title    = "# cloudlint baseline "
	version  = "1" // of the format, and of the scheme of the identities
	headings = 64
	maxCount = 1 << 20
	maxText  = 100 // characters of a message
	maxTold  = 10  // mistakes of one file
)

// An Error is a mistake in the file.
type Error struct {
	Line    int // 0: the whole file
	Message string
}

// Errors are all mistakes of a file, or the first of them.
type Errors []Error

func (e Errors) Error() string {
	var lines []string
	for _, one := range e {
		lines = append(lines, fmt.Sprintf("line %d: %s", one.Line, one.Message))
	}
	return strings.Join(lines, "\n")
}

// Read reads a file. It does not hold more of it in memory than a baseline can have.
func Read(name string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	return Parse(data)
}

// Parse reads the text of a file. The error is an Errors.
func Parse(data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, Errors{{0, fmt.Sprintf("the file is larger than %d MB, which no baseline is", MaxSize>>20)}}
	}
	lines := strings.Split(string(bytes.TrimPrefix(data, []byte("\ufeff"))), "\n")
	var errs Errors
	fail := func(line int, format string, args ...any) {
		errs = append(errs, Error{line, fmt.Sprintf(format, args...)})
	}
	f := new(File)
	first := make(map[key]int) // line
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case len(errs) >= maxTold:
			return nil, errs
		case strings.HasPrefix(line, "<<<<<<<") || strings.HasPrefix(line, ">>>>>>>") || strings.HasPrefix(line, "|||||||") || line == "=======":
			fail(i+1, "a merge has left a conflict here: keep the lines of both sides, of two for the same finding the one with the smaller count, remove the markers, and run `cloudlint baseline prune`")
		case i == 0:
			if v, ok := strings.CutPrefix(line, title); !ok {
				fail(1, "this is no baseline: its first line is %q, not %q", clip(line, 40), title+version)
				return nil, errs
			} else if v != version {
				fail(1, "this cloudlint reads version %s of the format, not %s: use the version of cloudlint that made the file, or make it anew with `cloudlint baseline create --force`", version, clip(v, 20))
				return nil, errs
			}
		case line == "" || line[0] == '#':
		default:
			e, err := parseEntry(line)
			if err != nil {
				fail(i+1, "%v", err)
				continue
			}
			e.Line = i + 1
			if other, dup := first[e.key()]; dup {
				fail(i+1, "this finding is in line %d already: keep one of the two lines, that with the smaller count", other)
				continue
			}
			first[e.key()] = e.Line
			f.Entries = append(f.Entries, e)
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	slices.SortFunc(f.Entries, Compare)
	return f, nil
}

var (
	identity = regexp.MustCompile(`^[0-9a-f]{16}$`)
	code     = regexp.MustCompile(`^CL[0-9]{4}$`)
)

// parseEntry reads a line: ID COUNT CODE PACKAGE FUNCTION "TEXT" [anywhere] [until DATE] [reason "TEXT"].
func parseEntry(line string) (Entry, error) {
	var e Entry
	rest := line
	word := func() string {
		w, after, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
		rest = after
		return w
	}
	e.ID = word()
	if !identity.MatchString(e.ID) {
		return e, fmt.Errorf("%q is no identity: want 16 hexadecimal digits, then how many, a code, a package, a function and a text in quotation marks", clip(e.ID, 20))
	}
	count := word()
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > maxCount || strconv.Itoa(n) != count {
		return e, fmt.Errorf("%q is no count: want a number from 1", clip(count, 20))
	}
	e.Count, e.Code = n, word()
	if !code.MatchString(e.Code) {
		return e, fmt.Errorf("%q is no code of a rule", clip(e.Code, 20))
	}
	e.Package, e.Function = word(), word()
	if e.Package == "" || e.Function == "" {
		return e, errors.New("the package or the function is missing (- stands for no function)")
	}
	if path.IsAbs(e.Package) || e.Package == ".." || strings.HasPrefix(e.Package, "../") || path.Clean(e.Package) != e.Package {
		return e, fmt.Errorf("%q is no package: want a path relative to the module, or an import path", clip(e.Package, 60))
	}
	if e.Function == "-" {
		e.Function = ""
	}
	if e.Text, rest, err = quoted(rest, "text"); err != nil {
		return e, err
	}
	if after, ok := strings.CutPrefix(rest, " anywhere"); ok {
		e.Wide, rest = true, after
	}
	if after, ok := strings.CutPrefix(rest, " until "); ok {
		rest = after
		e.Until = word()
		if rest != "" {
			rest = " " + rest
		}
		if err := CheckDate(e.Until); err != nil {
			return e, fmt.Errorf("until: %w", err)
		}
	}
	if after, ok := strings.CutPrefix(rest, " reason "); ok {
		if e.Reason, rest, err = quoted(after, "reason"); err != nil {
			return e, err
		}
	}
	if strings.TrimSpace(rest) != "" {
		return e, fmt.Errorf("%q is not understood: after the text come anywhere, until DATE and reason \"TEXT\", in this order", clip(strings.TrimSpace(rest), 40))
	}
	return e, nil
}

// quoted reads a text in quotation marks from the beginning of s.
func quoted(s, what string) (text, rest string, err error) {
	s = strings.TrimLeft(s, " ")
	prefix, err := strconv.QuotedPrefix(s)
	if err == nil {
		text, err = strconv.Unquote(prefix)
	}
	if err != nil {
		return "", "", fmt.Errorf("the %s does not stand in quotation marks: %q", what, clip(s, 40))
	}
	return text, s[len(prefix):], nil
}

// CheckDate says what is wrong with a date.
func CheckDate(s string) error {
	if d, err := time.Parse(time.DateOnly, s); err != nil || d.Format(time.DateOnly) != s {
		return fmt.Errorf("%q is no day: want YYYY-MM-DD", clip(s, 20))
	}
	return nil
}

// Format returns the text of the file.
func (f *File) Format() []byte {
	var b bytes.Buffer
	b.WriteString(title + version + "\n")
	b.WriteString("# Findings that `cloudlint` knows of and does not report: identity, how many, rule, package, function, what is wrong.\n")
	b.WriteString("# Written by `cloudlint baseline`; docs/baseline.md explains it. The numbered headings keep merges from conflicts.\n")
	var under [headings][]Entry
	for _, e := range f.Entries {
		h := e.heading()
		under[h] = append(under[h], e)
	}
	for h, entries := range under {
		fmt.Fprintf(&b, "# %02d\n", h)
		for _, e := range entries {
			e.write(&b)
		}
	}
	return b.Bytes()
}

// heading returns the number of the heading that the entry stands under. The package counts, because functions that are
// called alike, main and New, have the same identity.
func (e Entry) heading() int {
	sum := sha256.Sum256([]byte(e.ID + " " + e.Package))
	return int(sum[0]) % headings
}

func (e Entry) write(b *bytes.Buffer) {
	function := e.Function
	if function == "" {
		function = "-"
	}
	fmt.Fprintf(b, "%s %d %s %s %s %s", e.ID, e.Count, e.Code, e.Package, function, strconv.Quote(e.Text))
	if e.Wide {
		b.WriteString(" anywhere")
	}
	if e.Until != "" {
		b.WriteString(" until " + e.Until)
	}
	if e.Reason != "" {
		b.WriteString(" reason " + strconv.Quote(e.Reason))
	}
	b.WriteByte('\n')
}

// places are the parts of a message that change when lines move.
var places = regexp.MustCompile(`( (at|in|on) line [0-9]+)|((\.go):[0-9]+(:[0-9]+)?)`)

// short is the beginning of a message, without line numbers.
func short(message string) string {
	text := places.ReplaceAllString(message, "$4")
	// The first half of a message tells what is wrong, the rest what to do.
	if head, _, ok := strings.Cut(text, ": "); ok && len(head) >= 40 {
		text = head
	}
	return clip(text, maxText)
}

// clip shortens a text to some characters.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return s
}
