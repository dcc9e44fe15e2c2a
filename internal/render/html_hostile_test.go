package render

import (
	"fmt"
	"html"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// hostileText is what a repository may put into any name, comment, path or error. If a piece of it were taken for
// markup, the page would have another element or attribute, or the browser test would see a dialog or a request.
const hostileText = `"'></pre></details></main></script></style><script>alert(1)</script><img src=x onerror=alert(2)>` +
	`<svg onload=alert(3)><a href="javascript:alert(4)">x</a><!--<style>*{display:none}</style>{{.Style}}&lt;b&gt;&#60;i&#62;` +
	"<iframe src=https://example.com></iframe>]]>\u202eevil\u2066\u200b\x00\x1b[31m\xff"

// hostileInput returns a report each text of which ends with a payload.
func hostileInput(t testing.TB, payload string) *Input {
	t.Helper()
	with := func(s string) string { return s + payload }
	file, other := with("dir/a")+".go", with("dir/b")+".go"
	// Comments, literals and names, as far as the payload can be one.
	line := strings.NewReplacer("\x00", "", "\xff", "").Replace(payload) // which Go does not allow
	source := "package a // " + line + "\n\nvar s = \"x\" /* " + line + " */\n\n// " + line + "\n"
	files := map[string]string{file: source, other: source + payload}
	at := func(file string, line, from, to int) finding.Range {
		return finding.Range{File: file, Line: line, Column: from, EndLine: line, EndColumn: to}
	}
	f := finding.Finding{
		Code: "CL2001", Rule: "serverdeadline", Family: rule.Timeouts, Severity: rule.Warning, Maturity: rule.Preview,
		Message: with("message"), URL: with("https://example.com/"), Range: at(file, 3, 5, 12),
		Module: with("example.com/m"), Package: with("example.com/m/p"), Function: with("(*T).m"), Fingerprint: "1:0123456789abcdef",
		Path:    []finding.Step{{Goroutine: 1, Op: with("send"), Object: with("c"), Message: with("first"), Range: at(file, 1, 9, 40)}, {Goroutine: 2, Message: with("then"), Range: at(other, 6, 1, 90)}},
		Related: []finding.Related{{Message: with("beside"), Range: at(with("gone"), 1, 1, 2)}},
		Fix:     &finding.Fix{Message: with("fix"), Edits: []finding.Edit{{File: file, Start: len(source), End: len(source), New: "// " + line + "\n"}, {File: with("gone"), New: "x"}}},
		Evidence: &finding.Evidence{
			Status: finding.EvidenceStatus(with("confirmed")), Class: with("proven"), Goroutines: 2, Waits: with("chan send"),
			Tests: []finding.EvidenceTest{{Package: with("p"), Test: with("TestA"), Goroutines: 2}}, MoreTests: 1,
			OfInstances: 3, Instances: []finding.EvidenceInstance{{Instance: with("http://shop"), Goroutines: 2, Before: new(int)}}, MoreInstances: 1,
			Stack: []finding.Frame{{Function: with("p.F"), File: file, Line: 3}}, Created: &finding.Frame{Function: with("p.G"), File: with("gone"), Line: 1},
			OverTime: []finding.OverTime{{
				Package: with("p"), Created: finding.Frame{Function: with("p.G"), File: with("gone"), Line: 1}, Ended: 9000,
				Samples: []finding.Sample{{}, {Microseconds: 5000, Goroutines: 3, TooMany: 9999}, {Microseconds: 90000, Goroutines: 2}},
				Tests:   []finding.TestSpan{{Test: with("TestA"), To: 5000, Started: true}, {Test: with("TestB"), From: 5000, To: 9000}}, MoreTests: 2,
			}},
		},
	}
	second := f
	second.Family, second.Severity, second.Maturity = rule.Family(with("other")), rule.Severity(with("error")), rule.Maturity(with("stable"))
	second.Code, second.Package, second.Fingerprint = with("CL9999"), with("example.com/m/q"), "1:0123456789abcdef"
	r := &finding.Report{
		Version: finding.Version, Tool: finding.Tool{Name: "cloudlint", Version: with("v0")}, Root: "/home/" + strings.ReplaceAll(with("repo"), "/", "|"),
		Findings: []finding.Finding{f, second},
		Errors:   []finding.Error{{Package: with("example.com/m/broken"), Message: with("a.go:1:1: no")}, {Message: with("no module")}},
		Stats:    finding.Stats{Driver: with("vet"), Packages: 2, NotAnalysed: 1, Exhausted: map[string]int{with("a"): 1}, Seconds: 1, GoVersion: with("go1.26")},
	}
	return NewInput(r, Options{Rules: testRules, ReadFile: readFrom(files), SourceURL: "https://example.com/blob/"})
}

func readFrom(files map[string]string) func(string) ([]byte, error) {
	return func(file string) ([]byte, error) {
		text, ok := files[file]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: file, Err: fs.ErrNotExist}
		}
		return []byte(text), nil
	}
}

// What a repository says changes the text of the page and nothing else: the elements, their attributes and their order
// are those of the page of a harmless repository.
func TestHTMLShowsAHostileRepositoryAsText(t *testing.T) {
	shape := func(payload string) []string {
		var list []string
		for _, tag := range tokenize(t, renderPage(t, hostileInput(t, payload))) {
			var attrs []string
			for _, a := range tag.attrs {
				attrs = append(attrs, a.name)
			}
			list = append(list, fmt.Sprint(tag.name, attrs))
		}
		return list
	}
	harmless := shape(strings.Repeat("x", 40))
	if len(harmless) < 100 {
		t.Fatalf("the page has %d tags", len(harmless))
	}
	if diff := cmp.Diff(harmless, shape(hostileText)); diff != "" {
		t.Errorf("the elements of the page (-harmless +hostile):\n%s", diff)
	}
}

// Links lead to the page itself or to https; control and bidi characters are shown as signs that do nothing.
func TestHTMLOfAHostileRepositoryLeadsNowhere(t *testing.T) {
	page := renderPage(t, hostileInput(t, hostileText))
	own := regexp.MustCompile(`^(#[A-Za-z0-9-]+|https://[A-Za-z0-9.]+/[A-Za-z0-9./#%_-]*)$`)
	links := 0
	for _, tag := range tokenize(t, page) {
		if href := tag.attr("href"); href != "" {
			links++
			if !own.MatchString(href) {
				t.Errorf("a link to %q", href)
			}
		}
	}
	if links == 0 {
		t.Error("the page has no links")
	}
	_, body, _ := strings.Cut(page, "<body>")
	attribute := regexp.MustCompile(`="[^"]*"`) // filters compare the values as they are
	for i, r := range attribute.ReplaceAllString(body, "") {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Errorf("%U at %d of the text", r, i)
		}
	}
	if !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("what the repository says is not in the page")
	}
}

// A startTag is an element of a page with its attributes. An end tag has a slash before its name.
type startTag struct {
	name  string
	attrs []attribute
}

type attribute struct{ name, value string }

func (s startTag) attr(name string) string {
	if i := slices.IndexFunc(s.attrs, func(a attribute) bool { return a.name == name }); i >= 0 {
		return s.attrs[i].value
	}
	return ""
}

var (
	tagStart = regexp.MustCompile(`^<(/?[a-zA-Z][a-zA-Z0-9]*|!DOCTYPE html)`)
	oneAttr  = regexp.MustCompile(`^[ \n]+([a-zA-Z-]+)(?:="([^"]*)")?`)
)

// tokenize returns the tags of a page that keeps to a part of HTML: attributes are in double quotes or have no value,
// "<" is a tag's, and there are no comments. What does not fit is an error, so that nothing in the page can mean to a
// browser what it does not mean here.
func tokenize(t testing.TB, page string) []startTag {
	t.Helper()
	var tags []startTag
	fail := func(why, rest string) []startTag {
		t.Fatalf("%s at %.80q", why, rest)
		return nil
	}
	for rest := page; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			return tags
		}
		rest = rest[i:]
		m := tagStart.FindStringSubmatch(rest)
		if m == nil {
			return fail("< is not the start of a tag", rest)
		}
		tag := startTag{name: strings.ToLower(m[1])}
		rest = rest[len(m[0]):]
		for {
			m := oneAttr.FindStringSubmatch(rest)
			if m == nil {
				break
			}
			tag.attrs = append(tag.attrs, attribute{m[1], html.UnescapeString(m[2])})
			rest = rest[len(m[0]):]
		}
		if !strings.HasPrefix(rest, ">") {
			return fail("the tag "+tag.name+" does not end", rest)
		}
		tags = append(tags, tag)
		if tag.name == "script" || tag.name == "style" {
			_, after, ok := strings.Cut(rest, "</"+tag.name)
			if !ok {
				return fail("no end of "+tag.name, rest)
			}
			rest = "</" + tag.name + after
		}
	}
}
