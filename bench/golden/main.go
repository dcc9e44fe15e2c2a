// Golden prints what the findings in triage.tsv say of each rule, for bench/golden/README.md:
//
//	go run ./bench/golden
package main

import (
	"bufio"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed triage.tsv
var triage string

func main() {
	lines, err := read(strings.NewReader(triage))
	if err != nil {
		fmt.Fprintln(os.Stderr, "golden:", err)
		os.Exit(1)
	}
	fmt.Print(table(lines))
}

// A line is one line of triage.tsv: a finding that was read, or several of the same kind.
type line struct {
	module, code, place, why string
	verdict                  verdict
	note                     bool // it is reported as a note, which is advice
	findings                 int
}

// A verdict says what became of a finding.
type verdict string

const (
	worth    verdict = "true"   // and worth a fix
	small    verdict = "small"  // true with little harm, or not worth a fix
	wrong    verdict = "false"  // and still reported
	mended   verdict = "mended" // false, and not reported any more
	unsettle verdict = "open"   // not settled
)

var several = regexp.MustCompile(`\((\d+)\)`)

// read reads triage.tsv.
func read(r io.Reader) ([]line, error) {
	var lines []line
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		fields := strings.Split(in.Text(), "\t")
		if len(fields) != 5 {
			return nil, fmt.Errorf("line %d has %d fields, not module, code, place, verdict, why", n, len(fields))
		}
		if n == 1 {
			continue // the names of the columns
		}
		l := line{module: fields[0], code: fields[1], place: fields[2], why: fields[4], findings: 1}
		if m := several.FindStringSubmatch(fields[3]); m != nil {
			l.findings, _ = strconv.Atoi(m[1])
		}
		l.note = isNote(fields[3])
		var ok bool
		if l.verdict, ok = verdictOf(fields[3]); !ok {
			return nil, fmt.Errorf("line %d: what does %q mean?", n, fields[3])
		}
		lines = append(lines, l)
	}
	return lines, in.Err()
}

// verdictOf understands the words of a verdict.
func verdictOf(text string) (verdict, bool) {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch {
	case strings.HasPrefix(text, "false, mended"):
		return mended, true
	case strings.HasPrefix(text, "false"):
		return wrong, true
	case strings.HasPrefix(text, "not worth"):
		return small, true
	case has("not settled", "likely"):
		return unsettle, true
	case strings.HasPrefix(text, "true"):
		if has("small", "no harm", "advice", "same cause", "example") {
			return small, true
		}
		return worth, true
	}
	return "", false
}

// isNote understands the word that says of a finding that it is a note: "true, small, note".
func isNote(text string) bool {
	return slices.ContainsFunc(strings.Split(text, ","), func(part string) bool {
		word, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		return word == "note"
	})
}

// A tally counts the findings of a rule: those that are warnings or errors, and those that are notes.
type tally struct{ warnings, notes map[verdict]int }

func newTally() *tally { return &tally{make(map[verdict]int), make(map[verdict]int)} }

func (t *tally) add(l line) {
	if l.note {
		t.notes[l.verdict] += l.findings
	} else {
		t.warnings[l.verdict] += l.findings
	}
}

func (t *tally) of(v verdict) int { return t.warnings[v] + t.notes[v] }

// read is how many were read that are still reported.
func (t *tally) read() int { return t.of(worth) + t.of(small) + t.of(wrong) + t.of(unsettle) }

// right is how many are true, however much harm they do.
func (t *tally) right() int { return t.of(worth) + t.of(small) }

// worthy is how many say what they should: a warning is true and worth a fix, a note is true.
func (t *tally) worthy() int { return t.warnings[worth] + t.notes[worth] + t.notes[small] }

// mostly says whether n are nine of ten of those that were read, if at least five were.
func (t *tally) mostly(n int) string {
	switch {
	case t.read() < 5:
		return "too few"
	case 10*n >= 9*t.read():
		return "yes"
	}
	return "no"
}

// table prints a row for each rule: whether nine of ten of its findings are true, which is what a stable rule needs, and
// whether nine of ten are worth a fix as well. Those that are not reported any more are left out.
func table(lines []line) string {
	count := make(map[string]*tally)
	all := newTally()
	for _, l := range lines {
		if count[l.code] == nil {
			count[l.code] = newTally()
		}
		count[l.code].add(l)
		all.add(l)
	}
	var b strings.Builder
	b.WriteString("| code | read | true | small | false | notes: true | small | false | open | mended | 9 of 10 true | worth a fix |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---|\n")
	row := func(code string, n *tally, right, worthy string) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %s | %s |\n", code, n.read(),
			n.warnings[worth], n.warnings[small], n.warnings[wrong], n.notes[worth], n.notes[small], n.notes[wrong], n.of(unsettle), n.of(mended), right, worthy)
	}
	for _, code := range slices.SortedFunc(maps.Keys(count), cmp.Compare[string]) {
		n := count[code]
		row(code, n, n.mostly(n.right()), n.mostly(n.worthy()))
	}
	row("all", all, "", "")
	return b.String()
}
