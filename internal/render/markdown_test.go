package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
)

var (
	escaped = regexp.MustCompile(`\\.`)
	ourLink = regexp.MustCompile(`\]\(https://example\.com/[^()\s]*\)`)
)

// Whatever a message, a path or an error says, the table has its rows and cells, and no link, element or mention that
// is not ours. .ci/full has a renderer of GitHub's Markdown look at the golden reports.
func FuzzMarkdown(f *testing.F) {
	seedHostile(f)
	f.Fuzz(func(t *testing.T, message, file, failure string) {
		r := hostileReport(message, file, failure)
		r.Findings[1].URL = "https://example.com/CL2011"
		in := NewInput(r, Options{ReadFile: noFile, SourceURL: "https://example.com/blob/0123abc/"})
		text := string(renderFormat(t, "markdown", in))
		for _, bad := range []string{"\r", "\v", "\f", "\u0085", "\u2028", "\u2029", "\x1b"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q in %q", bad, text)
			}
		}
		rows, failures := 0, 0
		for line := range strings.Lines(text) {
			rest := escaped.ReplaceAllString(line, "") // what is left has a meaning
			rest = ourLink.ReplaceAllString(rest, "")
			rest = strings.ReplaceAll(strings.TrimSuffix(rest, "\n"), "<br>", " ")
			switch {
			case rest == "" || rest == "|---|---|---|---|" || rest == "| | Rule | Place | Finding |":
				continue
			case strings.HasPrefix(rest, "| "):
				rows++
				if n := strings.Count(rest, "|"); n != 5 {
					t.Errorf("%d borders in the row %q", n, line)
				}
				rest = strings.ReplaceAll(rest, "[", "") // of our links, whose ends are gone
			case strings.HasPrefix(rest, "- **error**: "):
				failures++
				rest = strings.TrimPrefix(rest, "- **error**: ")
			case strings.HasPrefix(rest, "### cloudlint: "):
				continue
			default:
				t.Errorf("a line that begins with something else: %q", line)
			}
			for _, bad := range []string{"<", ">", "`", "*", "[", "]", "://", "~", "$"} {
				if strings.Contains(rest, bad) {
					t.Errorf("%q means something in %q", bad, line)
				}
			}
			if regexp.MustCompile(`@[^ \x{200B}]|(?i)www\.`).MatchString(rest) {
				t.Errorf("a mention or a link: %q", line)
			}
		}
		if rows != len(r.Findings) || failures != len(r.Errors) {
			t.Errorf("%d rows and %d errors, want %d and %d:\n%s", rows, failures, len(r.Findings), len(r.Errors), text)
		}
	})
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
