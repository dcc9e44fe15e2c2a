package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVerdicts(t *testing.T) {
	for text, want := range map[string]verdict{
		"true":                          worth,
		"true, rare":                    worth,
		"true, fixed upstream (#156)":   worth,
		"true, small (2)":               small,
		"true, no harm yet":             small,
		"true, advice, fixed in v1.2.0": small,
		"true, note":                    worth,
		"true, small, note":             small,
		"not worth a fix":               small,
		"false":                         wrong,
		"false, mended (2)":             mended,
		"likely true":                   unsettle,
		"not settled":                   unsettle,
	} {
		if got, ok := verdictOf(text); !ok || got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if v, ok := verdictOf("perhaps"); ok {
		t.Errorf("perhaps is %q", v)
	}
}

// The severity is part of the verdict. That a comment speaks of notes does not make the finding one.
func TestNotes(t *testing.T) {
	for text, want := range map[string]bool{
		"true, small": false, "true, small, note": true, "true, note": true, "true, note (2)": true, "true (noted upstream)": false,
	} {
		if got := isNote(text); got != want {
			t.Errorf("isNote(%q) = %v", text, got)
		}
	}
}

// Several findings on one line count each; a true note is right, however small; a line that is not whole is an error.
func TestTable(t *testing.T) {
	lines, err := read(strings.NewReader("module\tcode\tplace\tverdict\twhy\nm\tCL1\ta.go:1, 2\ttrue (4)\tx\nm\tCL1\ta.go:3\ttrue\tx\nm\tCL1\tb.go:1\tfalse, mended\tx\nm\tCL2\tb.go:9\tfalse\tx\n" +
		"m\tCL3\ta.go:1\ttrue (4)\tx\nm\tCL3\ta.go:2\ttrue, small, note\tx\nm\tCL4\ta.go:1\ttrue (4)\tx\nm\tCL4\ta.go:2\ttrue, small\tx\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := `| code | read | true | small | false | notes: true | small | false | open | mended | 9 of 10 true | worth a fix |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---|
| CL1 | 5 | 5 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | yes | yes |
| CL2 | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0 | 0 | too few | too few |
| CL3 | 5 | 4 | 0 | 0 | 0 | 1 | 0 | 0 | 0 | yes | yes |
| CL4 | 5 | 4 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | yes | no |
| all | 16 | 13 | 1 | 1 | 0 | 1 | 0 | 0 | 1 |  |  |
`
	if diff := cmp.Diff(want, table(lines)); diff != "" {
		t.Error(diff)
	}
	if _, err := read(strings.NewReader("module\tcode\n")); err == nil {
		t.Error("two fields are no line")
	}
}

// The README shows the table of the findings beside it.
func TestReadme(t *testing.T) {
	lines, err := read(strings.NewReader(triage))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := table(lines); !strings.Contains(string(readme), want) {
		t.Errorf("README.md has another table than go run ./bench/golden:\n%s", want)
	}
}
