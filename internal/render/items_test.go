package render

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// An error is shown beside the line that it names, if there is such a line: the go command names files relative to the
// working directory.
func TestErrorPlace(t *testing.T) {
	fx := newFixture(t)
	root := t.TempDir()
	const file = "services/orders/main.go"
	place := func(line, column int) finding.Range { return finding.Range{File: file, Line: line, Column: column} }
	for _, tt := range []struct {
		dir, message string
		want         finding.Range
	}{
		{"", "services/orders/main.go:3:2: undefined: x", place(3, 2)},
		{"services", "orders/main.go:3:2: undefined: x", place(3, 2)},
		{"libs", "../services/orders/main.go:3:2: undefined: x", place(3, 2)},
		{"", filepath.Join(root, file) + ":3: x", place(3, 0)},
		{"", "# example.com/orders\nservices/orders/main.go:3:2: first\nservices/orders/main.go:4:1: second", place(3, 2)},
		{"", "libs/pay ments/100%,a:b.go:4:2: a colon in the name", finding.Range{File: "libs/pay ments/100%,a:b.go", Line: 4, Column: 2}},
		{"", "services/orders/main.go:999:2: no such line", finding.Range{}},
		{"", "services/orders/main.go: no line", finding.Range{}},
		{"", "gone.go:1:2: no such file", finding.Range{}},
		{"", "/etc/passwd:1:1: outside", finding.Range{}},
		{"", "../../etc/passwd:1:1: outside", finding.Range{}},
		{"", "no Go files in /home/ci/shop/docs", finding.Range{}},
	} {
		r := &finding.Report{Root: root}
		in := NewInput(r, Options{Dir: filepath.Join(root, tt.dir), ReadFile: fx.read})
		if diff := cmp.Diff(tt.want, in.errorPlace(finding.Error{Message: tt.message})); diff != "" {
			t.Errorf("%s in %s: %s", tt.message, tt.dir, diff)
		}
	}
}

// Fingerprints are those of the finding, so that they stay when lines move; equal ones are told apart.
func TestFingerprintsStayWhenLinesMove(t *testing.T) {
	fx := newFixture(t)
	fingerprints := func(move int) (list []string) {
		r := fx.report(append(fx.odd(), fx.server(), fx.leak())...)
		r.Errors = []finding.Error{{Message: "x"}, {Message: "x"}}
		for i := range r.Findings {
			r.Findings[i].Line += move
		}
		seen := make(map[string]bool)
		for _, it := range fx.input(r, Options{}).items() {
			if seen[it.fingerprint] || it.fingerprint == "" {
				t.Errorf("%s: the fingerprint %q is not unique", it.message, it.fingerprint)
			}
			seen[it.fingerprint] = true
			list = append(list, it.fingerprint)
		}
		return list
	}
	if diff := cmp.Diff(fingerprints(0), fingerprints(12)); diff != "" {
		t.Error(diff)
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		text  string
		limit int
		want  string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"äöüß", 3, "äö…"},
		{"🙂🙂", 4, "🙂🙂"},
		{"🙂🙂", 3, "🙂…"},
		{"a🙂🙂", 3, "a…"}, // half a character is none
	} {
		got := shorten(tt.text, tt.limit)
		if got != tt.want {
			t.Errorf("%q to %d: %q, want %q", tt.text, tt.limit, got, tt.want)
		}
		if n := len(utf16.Encode([]rune(got))); n > tt.limit {
			t.Errorf("%q has %d characters, more than %d", got, n, tt.limit)
		}
	}
}

func TestInert(t *testing.T) {
	const o = noWidth
	for text, want := range map[string]string{
		"results <- o":                 "results <- o", // ordinary messages stay as they are
		"(*Server).fetch at a.go:1:2":  o + "(*Server).fetch at a.go:1:2",
		"m[k] is read":                 "m[k] is read",
		"1 a request comes in":         "1 a request comes in",
		"a << b && c":                  "a << b && c",
		"<b>x</b>":                     o + "<" + o + "b>x<" + o + "/b>",
		"<!-- x":                       o + "<" + o + "!-- x",
		"![x](y)":                      o + "![x]" + o + "(y)",
		"Get[T](x)":                    "Get[T]" + o + "(x)",
		"see https://a.example":        "see https:" + o + "//a.example",
		"WWW.a.example":                "WWW" + o + ".a.example",
		"@team and a@b.example":        o + "@" + o + "team and a@" + o + "b.example",
		"fixes #12, !3":                "fixes #" + o + "12, !" + o + "3",
		"x\n# y\n- z\n/close\n1. a\n1": "x\n" + o + "# y\n" + o + "- z\n" + o + "/close\n" + o + "1. a\n1",
	} {
		if diff := cmp.Diff(want, inert(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if visibleText(inert(text)) != text {
			t.Errorf("%q looks like %q", text, inert(text))
		}
	}
}

// TeamCity cuts values itself, in the middle of what they mean.
func TestTeamCityLimits(t *testing.T) {
	fx := newFixture(t)
	f := fx.leak()
	f.Message = strings.Repeat("|", 5000)
	r := fx.report(f)
	r.Errors = []finding.Error{{Package: "p", Message: strings.Repeat("['\n", 5000)}}
	records := readTeamCity(t, renderFormat(t, "teamcity", fx.input(r, Options{}))) // checks the limits
	for _, got := range records {
		if !strings.HasSuffix(got.text, "…") {
			t.Errorf("%s: no ellipsis: %q", got.code, got.text)
		}
	}
	if len(records) != 2 {
		t.Errorf("%d records, want 2", len(records))
	}
}

// A comment that is too long is refused as a whole; ours says what is missing.
func TestMarkdownLimit(t *testing.T) {
	fx := newFixture(t)
	r := fx.flood(5000)
	for i := range 5000 {
		r.Errors = append(r.Errors, finding.Error{Message: fmt.Sprint("error ", i)})
	}
	text := string(renderFormat(t, "markdown", fx.input(r, Options{})))
	if n := len(text); n > 65536 || n < 50000 {
		t.Errorf("%d bytes", n)
	}
	rows, failures := strings.Count(text, "\n| warning |"), strings.Count(text, "\n- **error**: error ")
	for _, want := range []string{fmt.Sprintf("\n%d more findings are left out", 5000-rows), fmt.Sprintf("\n- **error**: %d more\n", 5000-failures)} {
		if rows == 0 || failures == 0 || !strings.Contains(text, want) {
			t.Errorf("%d rows and %d errors, but not %q", rows, failures, want)
		}
	}
}

// The findings of a line are one issue, of the most severe of them.
func TestAzureMergesLines(t *testing.T) {
	fx := newFixture(t)
	var same *loggingCommand
	for _, c := range azureCommands(t, renderFormat(t, "azure", fx.input(fx.reports()["many"], Options{}))) {
		if strings.HasSuffix(c.properties["sourcepath"], "日本.go") {
			same = c
		}
	}
	want := &loggingCommand{"task.logissue", map[string]string{
		"type": "warning", "sourcepath": "/home/ci/shop/libs/größe/日本.go", "linenumber": "4", "code": "CL2011",
	}, "CL2011: no end is known\nCL2011: http.Get waits for ever for a slow server"}
	if diff := cmp.Diff(want, same, cmp.AllowUnexported(loggingCommand{})); diff != "" {
		t.Error(diff)
	}
}
