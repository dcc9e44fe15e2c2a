package render

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

func renderPage(t testing.TB, in *Input) string {
	t.Helper()
	var out bytes.Buffer
	if err := renderHTML(&out, in); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What the page says about each of the reports. Style sheet and script are files of their own.
func TestHTMLGolden(t *testing.T) {
	fx := newFixture(t)
	for name, report := range fx.reports() {
		t.Run(name, func(t *testing.T) {
			page := renderPage(t, fx.input(report, Options{SourceURL: "https://github.com/example/shop/blob/0123abc/"}))
			_, body, ok := strings.Cut(page, "</head>\n")
			if !ok {
				t.Fatal("the page has no head")
			}
			golden(t, name+".html", []byte(body))
		})
	}
}

// The policy lets the page's own script and style sheet run, and nothing else.
func TestHTMLPolicyNamesTheScriptAndTheStyleSheet(t *testing.T) {
	fx := newFixture(t)
	page := renderPage(t, fx.input(fx.reports()["many"], Options{}))
	tags := tokenize(t, page)
	policy := ""
	for _, tag := range tags {
		if tag.name == "meta" && tag.attr("http-equiv") == "Content-Security-Policy" {
			policy = tag.attr("content")
		}
		for _, a := range tag.attrs {
			if strings.HasPrefix(a.name, "on") || slices.Contains([]string{"style", "src", "srcset", "action", "background"}, a.name) {
				t.Errorf("<%s> has the attribute %s", tag.name, a.name)
			}
		}
	}
	var want []string
	for _, element := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+element+">")
		text, _, _ := strings.Cut(rest, "</"+element+">")
		if len(text) < 1000 {
			t.Fatalf("<%s> has %d bytes", element, len(text))
		}
		want = append(want, element+"-src 'sha256-"+digest(text)+"'")
	}
	for _, directive := range append(want, "default-src 'none'", "base-uri 'none'", "form-action 'none'") {
		if !slices.Contains(strings.Split(policy, "; "), directive) {
			t.Errorf("the policy %q lacks %q", policy, directive)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts, want 1", n)
	}
}

func TestHTMLIsTheSameEachTime(t *testing.T) {
	fx := newFixture(t)
	var first string
	for i := range 5 {
		page := renderPage(t, fx.input(fx.reports()["many"], Options{}))
		if i == 0 {
			first = page
		} else if page != first {
			t.Fatal("two pages of one report differ")
		}
	}
}

// Every finding is in the page once, whatever it is about, and so is every error.
func TestHTMLLeavesNothingOut(t *testing.T) {
	fx := newFixture(t)
	report := fx.reports()["many"]
	report.Findings[0].Family = "unheard-of"
	page := renderPage(t, fx.input(report, Options{}))
	seen := make(map[string]int)
	for _, tag := range tokenize(t, page) {
		if tag.name == "details" && tag.attr("class") == "f" {
			seen[tag.attr("id")]++
		}
	}
	if len(seen) != len(report.Findings) {
		t.Errorf("%d findings with an id of their own, want %d", len(seen), len(report.Findings))
	}
	for _, text := range []string{"no Go files in /home/ci/shop/docs", "example.com/orders/broken was not analysed", "broken/a.go:9:1: missing return"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks the error %q", text)
		}
	}
}

// A finding keeps its id when another one goes, so that a link to it stays right.
func TestHTMLIDsComeFromFingerprints(t *testing.T) {
	fx := newFixture(t)
	id := func(findings ...finding.Finding) string {
		in := fx.input(fx.report(findings...), Options{})
		for _, f := range newHTMLFindings(in) {
			if f.Code == "CL1001" {
				return f.ID
			}
		}
		return ""
	}
	alone, beside := id(fx.leak()), id(fx.server(), fx.leak())
	if alone != beside || !regexp.MustCompile(`^f-[0-9a-f]{8}-[0-9a-f]{16}$`).MatchString(alone) {
		t.Errorf("ids %q and %q", alone, beside)
	}
}

// The fix is shown as a difference, formatted as --fix would.
func TestHTMLShowsTheFix(t *testing.T) {
	fx := newFixture(t)
	in := fx.input(fx.report(fx.server()), Options{})
	change := newHTMLFindings(in)[0].Change()
	var got []string
	for _, file := range change.Files {
		got = append(got, file.Name+file.Problem)
		for _, line := range file.Lines {
			if line.Kind != "same" {
				got = append(got, line.Kind+" "+line.Text)
			}
		}
	}
	want := []string{
		"services/orders/main.go",
		"at @@ -3,12 +3,13 @@",
		"add +\t\"time\"",
		"del -\tsrv := &http.Server{Addr: \":8080\", Handler: mux}",
		"add +\tsrv := &http.Server{Addr: \":8080\", Handler: mux, ReadHeaderTimeout: 10 * time.Second}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	f := fx.server()
	f.Fix.Edits = []finding.Edit{{File: "libs/gone.y", New: "x"}, {File: f.File, Start: 1 << 20, End: 1 << 20, New: "x"}}
	for _, file := range newHTMLFindings(fx.input(fx.report(f), Options{}))[0].Change().Files {
		if file.Problem == "" {
			t.Errorf("%s: a difference of what is not there", file.Name)
		}
	}
}

// A line may be as long as a file: the page has what is beside the marks.
func TestHTMLShortensLongLines(t *testing.T) {
	line := strings.Repeat("é", 3000) + "here" + strings.Repeat("ß", 3000)
	at := finding.Range{Line: 1, Column: 6001, EndLine: 1, EndColumn: 6005}
	var text, marked string
	for _, p := range htmlParts(line, "", []label{{Range: at, primary: true}}) {
		text += p.Text
		if p.Primary {
			marked += p.Text
		}
	}
	want := "\u2026 " + strings.Repeat("é", roomBeside) + "here" + strings.Repeat("ß", roomBeside) + " \u2026"
	if text != want || marked != "here" {
		t.Errorf("%q is marked in %q", marked, text)
	}
}

// Where marks overlap or lie beyond the end of the line, no text is lost or said twice.
func TestHTMLParts(t *testing.T) {
	const text = "\t\tsend(results, value)"
	at := func(from, to int) finding.Range {
		return finding.Range{Line: 1, Column: from, EndLine: 1, EndColumn: to}
	}
	type part struct {
		Text string
		Mark string
	}
	for name, tt := range map[string]struct {
		labels []label
		want   []part
	}{
		"none":            {nil, []part{{"send(results, value)", ""}}},
		"nested":          {[]label{{Range: at(3, 23), primary: true}, {Range: at(8, 15), number: 1}}, []part{{"send(", "p"}, {"results", "p"}, {", value)", "p"}}},
		"overlapping":     {[]label{{Range: at(3, 10)}, {Range: at(8, 15), primary: true}}, []part{{"send(", "m"}, {"re", "p"}, {"sults", "p"}, {", value)", ""}}},
		"in the margin":   {[]label{{Range: at(1, 3)}}, []part{{"s", "m"}, {"end(results, value)", ""}}},
		"the end":         {[]label{{Range: at(23, 23)}}, []part{{"send(results, value)", ""}, {"", "m"}}},
		"beyond the end":  {[]label{{Range: at(90, 99)}}, []part{{"send(results, value)", ""}, {"", "m"}}},
		"without columns": {[]label{{Range: finding.Range{Line: 1}}}, []part{{"send(results, value)", "m"}}},
	} {
		var got []part
		for _, p := range htmlParts(text, "\t\t", tt.labels) {
			mark := ""
			if p.Primary {
				mark = "p"
			} else if p.Marked {
				mark = "m"
			}
			got = append(got, part{p.Text, mark})
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Only addresses on the web are links.
func TestHTMLLinks(t *testing.T) {
	for ref, want := range map[string]string{
		"https://pkg.go.dev/sync#Mutex": "https://pkg.go.dev/sync#Mutex",
		"https://a.example/ b":          "",
		"javascript:alert(1)":           "",
		"file:///etc/passwd":            "",
		"golang/go#1234":                "",
	} {
		if got := newHTMLLink(ref); got != (htmlLink{Address: want, Text: ref}) {
			t.Errorf("%s: %+v", ref, got)
		}
	}
}

// The pages that the browser test opens (.ci/judge/html): CLOUDLINT_HTML_PAGES is where to.
func TestHTMLPages(t *testing.T) {
	dir := os.Getenv("CLOUDLINT_HTML_PAGES")
	if dir == "" {
		t.Skip("CLOUDLINT_HTML_PAGES is not set: .ci/full html sets it")
	}
	fx := newFixture(t)
	many, files := fx.crowd(5000)
	pages := map[string]*Input{
		"hostile": hostileInput(t, hostileText),
		"crowd":   NewInput(many, Options{Rules: testRules, ReadFile: readFrom(files)}),
		"run":     fx.input(fx.report(fx.observed()...), Options{}),
	}
	for name, report := range fx.reports() {
		pages[name] = fx.input(report, Options{})
	}
	for name, in := range pages {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(renderPage(t, in)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// crowd returns a report of n findings with steps and fixes in a hundred packages of eight files each.
func (fx fixture) crowd(n int) (*finding.Report, map[string]string) {
	files := make(map[string]string)
	var list []finding.Finding
	for i := range n {
		dir := fmt.Sprintf("services/s%02d", i%100)
		folder := func(file string) string {
			moved := fmt.Sprintf("%s/%d/%s", dir, i/100%8, filepath.Base(file))
			files[moved] = fx.files[file]
			return moved
		}
		f := fx.server()
		if i%3 > 0 {
			f = fx.leak()
		}
		f.Package = fmt.Sprintf("example.com/shop/%s", dir)
		f.File = folder(f.File)
		f.Message = fmt.Sprintf("%s (%d)", f.Message, i)
		f.Fingerprint = finding.Fingerprint(finding.Parts{Code: f.Code, Package: f.Package, Function: f.Function, Object: fmt.Sprint(i)})
		f.Related = nil
		for k := range f.Path {
			f.Path[k].File = folder(f.Path[k].File)
		}
		if f.Fix != nil {
			for k := range f.Fix.Edits {
				f.Fix.Edits[k].File = folder(f.Fix.Edits[k].File)
			}
		}
		list = append(list, f)
	}
	return fx.report(list...), files
}

func BenchmarkHTML(b *testing.B) {
	report, files := newFixture(b).crowd(5000)
	for b.Loop() {
		page := renderPage(b, NewInput(report, Options{Rules: testRules, ReadFile: readFrom(files)}))
		b.ReportMetric(float64(len(page))/1e6, "MB")
	}
}

// The page says how much was found and is not on it, and why.
func TestHTMLTellsWhatIsLeftOut(t *testing.T) {
	stats := finding.Stats{Packages: 7, Suppressed: 1, Excluded: 2, Known: 3, NotNew: 4}
	page := &htmlReport{Report: &finding.Report{Stats: stats}}
	want := []htmlFact{
		{"cloudlint", ""},
		{"Packages analysed", "7"},
		{"Findings silenced by comments", "1"},
		{"Findings in paths that the configuration excludes", "2"},
		{"Findings known in the baseline", "3"},
		{"Findings not new", "4"},
	}
	if diff := cmp.Diff(want, page.About()); diff != "" {
		t.Error(diff)
	}
}
