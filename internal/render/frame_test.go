package render

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// frameOf prints a finding about one file at a width.
func frameOf(t testing.TB, source string, width int, f finding.Finding) string {
	t.Helper()
	f.Severity, f.Code, f.Message = rule.Warning, "CL2001", "message"
	var b strings.Builder
	in := NewInput(&finding.Report{Findings: []finding.Finding{f}}, Options{
		Terminal: Terminal{Frames: true, Width: width},
		ReadFile: func(string) ([]byte, error) { return []byte(source), nil },
	})
	if err := renderText(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// on is a place in line 1 of the file of these tests.
func on(start, end int) finding.Range {
	return finding.Range{File: "a.go", Line: 1, Column: start, EndLine: 1, EndColumn: end}
}

func TestFrame(t *testing.T) {
	related := func(message string, r finding.Range) finding.Related {
		return finding.Related{Message: message, Range: r}
	}
	tests := []struct {
		name, source string
		width        int
		finding      finding.Finding
		want         string
	}{
		{"one place", "x := f(y)", 80, finding.Finding{Range: on(6, 10)}, `
1 | x := f(y)
  |      ^^^^`},
		{"tabs go to their stops", "\tx\t:= f(y)", 80, finding.Finding{Range: on(7, 11)}, `
1 |     x   := f(y)
  |            ^^^^`},
		{"wide and combining characters", "a(\"日本e\u0301\", b)", 80, finding.Finding{Range: on(16, 17)}, `
1 | a("日本e` + "\u0301" + `", b)
  |            ^`},
		{"several places in a line: their texts below, the last one beside", "f(aaa, bbb, ccc)", 80,
			finding.Finding{Range: on(8, 11), Related: []finding.Related{related("first", on(3, 6)), related("last", on(13, 16))}}, `
1 | f(aaa, bbb, ccc)
  |   ---  ^^^  --- last
  |   |
  |   first`},
		{"texts below have a line to their place", "f(aaa, bbb, ccc)", 80,
			finding.Finding{Range: on(1, 17), Related: []finding.Related{related("first", on(3, 6)), related("second", on(8, 11)), related("third", on(13, 16))}}, `
1 | f(aaa, bbb, ccc)
  | ^^^^^^^^^^^^^^^^
  |   |    |    |
  |   |    |    third
  |   |    second
  |   first`},
		{"several texts for one place", "f(aaa)", 80,
			finding.Finding{Range: on(3, 6), Related: []finding.Related{related("one", on(3, 6)), related("two", on(3, 6))}}, `
1 | f(aaa)
  |   ^^^
  |   |
  |   one
  |   two`},
		{"long texts are wrapped", "f(aaa)", 50,
			finding.Finding{Range: on(1, 2), Related: []finding.Related{related("a text that is too long for the width of the terminal", on(3, 6))}}, `
1 | f(aaa)
  | ^ --- a text that is too long for the width of
  |       the terminal`},
		{"a text that finds no room beside its place stands below", "f(" + strings.Repeat("a", 50) + ")", 70,
			finding.Finding{Range: on(1, 2), Related: []finding.Related{related("a text of some length", on(3, 53))}}, `
1 | f(` + strings.Repeat("a", 50) + `)
  | ^ ` + strings.Repeat("-", 50) + `
  |   |
  |   a text of some length`},
		{"a place at the end of its line", "x := 1", 80, finding.Finding{Range: on(7, 7)}, `
1 | x := 1
  |       ^`},
		{"a long line is cut", strings.Repeat("a", 40) + " here " + strings.Repeat("b", 40), 44, finding.Finding{Range: on(42, 46)}, `
1 | ...aaaaaa here bbbbbbbbbbbbbbbbbbbbbb...
  |           ^^^^`},
		{"control characters are shown, not sent", "x := \"\x1b[31m\u202e\"", 80, finding.Finding{Range: on(1, 2)}, `
1 | x := "␛[31m` + "\uFFFD" + `"
  | ^`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.finding.File = "a.go"
			got := frameOf(t, tt.source+"\n", tt.width, tt.finding)
			_, got, _ = strings.Cut(got, "\n  |\n")
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n")+"\n\n", got); diff != "" {
				t.Errorf("(-want +got)\n%s\n%s", diff, got)
			}
		})
	}
}

// Whatever is in the source and wherever the place is: nothing panics, no control character gets out, and the code stays
// within the width.
func FuzzFrame(f *testing.F) {
	f.Add("package p\n\tx := 1\r\n", "msg", 2, 2, 2, 3, 1, 1, 80)
	f.Add("日本🙂e\u0301\t\x1b\u200d\n", "a\x1b[0m\nb", 1, 3, 1, 9, 1, 12, 24)
	f.Add(strings.Repeat("日", 100)+"x", "m", 1, 150, 1, 180, 1, 3, 41)
	f.Add("a\xff\xfeb\n", "\xff", 1, 2, 0, 0, 1, 4, 0)
	f.Fuzz(func(t *testing.T, source, message string, line, column, endLine, endColumn, line2, column2, width int) {
		width %= 300
		one := finding.Range{File: "a.go", Line: line, Column: column, EndLine: endLine, EndColumn: endColumn}
		two := finding.Range{File: "a.go", Line: line2, Column: column2}
		out := frameOf(t, source, width, finding.Finding{Range: one, Related: []finding.Related{{Message: message, Range: two}, {Message: "x", Range: one}}})
		for l := range strings.Lines(out) {
			l = strings.TrimSuffix(l, "\n")
			if strings.ContainsFunc(l, unicode.IsControl) {
				t.Errorf("control character in %q", l)
			}
			if number, _, ok := strings.Cut(l, " | "); ok && width >= 40 && strings.Trim(number, " 0123456789") == "" && strings.TrimSpace(number) != "" {
				if n := displayWidth(l); n > width {
					t.Errorf("%d columns of %d: %q", n, width, l)
				}
			}
		}
	})
}

func TestTerminalIsDetected(t *testing.T) {
	// A test's output is no terminal, nor is a file.
	f, err := openTemp(t)
	if err != nil {
		t.Fatal(err)
	}
	if got := DetectTerminal(f, func(string) string { return "" }); got != (Terminal{}) {
		t.Errorf("%+v", got)
	}
}
