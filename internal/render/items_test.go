package render

import (
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

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		lines []string
		limit int
		want  string
	}{
		{[]string{"ab"}, 2, "ab"},
		{[]string{"abc"}, 2, "a…"},
		{[]string{"abc", "d"}, 3, "abc"}, // there is no room to count
		{[]string{"ab", "cd", "ef"}, 8, "ab\ncd\nef"},
		{[]string{"ab", "cd", strings.Repeat("x", 99), "ef"}, 40, "ab\ncd\n2 more"},
		{[]string{"ab", "🙂🙂🙂🙂", "🙂🙂🙂🙂"}, 20, "ab\n🙂🙂🙂🙂\n🙂🙂🙂🙂"},
		{[]string{"ab", "🙂🙂🙂🙂", "🙂🙂🙂🙂"}, 19, "ab\n🙂🙂🙂🙂\n1 more"},
	} {
		got := within(tt.lines, tt.limit)
		if got != tt.want {
			t.Errorf("%q within %d: %q, want %q", tt.lines, tt.limit, got, tt.want)
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
