package render

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// testSources reads testdata/sources.txtar. It stays in memory: not every system can store these names.
func testSources(t testing.TB) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/sources.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range txtar.Parse(data).Files {
		files[f.Name] = string(f.Data)
	}
	crlf := "libs/pay ments/100%,a:b.go"
	files[crlf] = strings.ReplaceAll(files[crlf], "\n", "\r\n")
	return files
}

// A fixture makes findings about the sources.
type fixture struct {
	t     testing.TB
	files map[string]string
}

// at returns the nth place of a text in a file.
func (fx fixture) at(file, text string, nth int) finding.Range {
	fx.t.Helper()
	src, offset := fx.files[file], 0
	for ; nth > 0; nth-- {
		i := strings.Index(src[offset:], text)
		if i < 0 {
			fx.t.Fatalf("%s does not contain %q", file, text)
		}
		offset += i + len(text)
	}
	offset -= len(text)
	position := func(offset int) (line, column int) {
		before := src[:offset]
		return strings.Count(before, "\n") + 1, offset - strings.LastIndex(before, "\n")
	}
	r := finding.Range{File: file}
	r.Line, r.Column = position(offset)
	r.EndLine, r.EndColumn = position(offset + len(text))
	return r
}

func (fx fixture) edit(file, old, new string) finding.Edit {
	i := strings.Index(fx.files[file], old)
	return finding.Edit{File: file, Start: i, End: i + len(old), New: new}
}

var testRules = rule.Catalogue{
	{Code: "CL0001", Name: "unused-suppression", Maturity: rule.Stable, Doc: lint.RawDocumentation{
		Title: "suppression comment that silences nothing", Text: "Remove the comment.", Since: "0.1", Severity: lint.SeverityInfo}},
	{Code: "CL1001", Name: "abandoned-sender", Analyzer: "goroutineleak", Maturity: rule.Preview, Doc: lint.RawDocumentation{
		Title: "goroutine blocked for ever on a send",
		Text:  "Nobody receives any more, and the goroutine stays until the process ends.\n\nGive the channel room, or receive on every path.",
		Since: "0.1", Severity: lint.SeverityError}},
	{Code: "CL1006", Name: "double-lock", Analyzer: "goroutineleak", Maturity: rule.Stable, Doc: lint.RawDocumentation{
		Title: "mutex locked twice by one goroutine", Text: "The second `Lock` waits for ever.", Since: "0.1", Severity: lint.SeverityError}},
	{Code: "CL2001", Name: "server-read-header-timeout", Analyzer: "serverdeadline", Maturity: rule.Stable, Fix: rule.UnsafeFix,
		Doc: lint.RawDocumentation{
			Title:  "HTTP server without a bound on reading request headers",
			Text:   "A client that sends its headers slowly holds a connection and a goroutine for as long as it likes.\n\nSet `ReadHeaderTimeout`.",
			Before: `func f() { _ = &http.Server{Addr: ":80"} }`,
			After:  `func f() { _ = &http.Server{Addr: ":80", ReadHeaderTimeout: 5 * time.Second} }`,
			Since:  "0.1", Severity: lint.SeverityWarning},
		Blind:      "Servers of other modules.",
		References: []string{"https://pkg.go.dev/net/http#Server"}},
	{Code: "CL2011", Name: "http-get-without-timeout", Analyzer: "clientdeadline", Maturity: rule.Stable, Doc: lint.RawDocumentation{
		Title: "request without a timeout", Text: "Use a client with a timeout.", Since: "0.1", Severity: lint.SeverityWarning}},
	{Code: "CL2099", Name: "old", Analyzer: "clientdeadline", Maturity: rule.Retired, Doc: lint.RawDocumentation{Title: "old", Text: "Gone."}},
}

// finding fills in what follows from a rule and a place.
func (fx fixture) finding(code, message string, at finding.Range) finding.Finding {
	r := testRules.Lookup(code)
	f := finding.Finding{Code: code, Rule: r.Analyzer, Family: r.Family(), Severity: r.Severity(), Message: message, URL: r.URL(),
		Maturity: r.Maturity, Range: at, Module: "example.com/orders", Package: "example.com/orders", Function: "main"}
	if strings.HasPrefix(at.File, "libs/") {
		f.Module, f.Package, f.Function = "example.com/libs", "example.com/libs/x", "(*T).send"
	}
	f.Fingerprint = finding.Fingerprint(finding.Parts{Code: code, Package: f.Package, Function: f.Function})
	return f
}

func (fx fixture) report(findings ...finding.Finding) *finding.Report {
	r := &finding.Report{
		Version:  finding.Version,
		Tool:     finding.Tool{Name: "cloudlint", Version: "v0.1.0"},
		Root:     "/home/ci/shop",
		Findings: findings,
		Stats:    finding.Stats{Driver: "vet", Packages: 17, GoVersion: "go1.26.8"},
	}
	r.Sort()
	return r
}

func (fx fixture) server() finding.Finding {
	const file = "services/orders/main.go"
	f := fx.finding("CL2001", "this server waits for request headers as long as a client likes: set ReadHeaderTimeout", fx.at(file, `http.Server{Addr: ":8080", Handler: mux}`, 1))
	f.Fix = &finding.Fix{Message: "bound it with ReadHeaderTimeout: 10 * time.Second", Edits: []finding.Edit{
		fx.edit(file, `Handler: mux}`, `Handler: mux, ReadHeaderTimeout: 10 * time.Second}`),
		fx.edit(file, "\t\"net/http\"\n", "\t\"net/http\"\n\t\"time\"\n"),
	}}
	return f
}

// leak is a finding with a path of two goroutines through three files.
func (fx fixture) leak() finding.Finding {
	f := fx.finding("CL1001", "goroutine blocks for ever on `results <- o` when ctx is cancelled before the shard answers", fx.at("services/orders/shard.go", "results <- o", 1))
	f.Function = "ask"
	f.Path = []finding.Step{
		{Goroutine: 1, Op: "call", Message: "a request comes in", Range: fx.at("services/orders/main.go", `fetch(r.Context(), "eu")`, 1)},
		{Goroutine: 1, Op: "make", Object: "results", Message: "results has no room: each send waits for a receive", Range: fx.at("services/orders/fetch.go", "make(chan order)", 1)},
		{Goroutine: 1, Op: "go", Message: "goroutine 2 starts here", Range: fx.at("services/orders/fetch.go", "go ask(ctx, s, results)", 1)},
		{Goroutine: 1, Op: "return", Message: "leaves here when ctx is done; nobody receives from results any more", Range: fx.at("services/orders/fetch.go", "return order{}, ctx.Err()", 1)},
		{Goroutine: 2, Op: "send", Object: "results", Nth: 1, Message: "blocks here for ever", Range: f.Range},
	}
	for _, s := range f.Path {
		f.Related = append(f.Related, finding.Related{Message: s.Message, Range: s.Range})
	}
	return f
}

// odd are findings in places that are hard to print.
func (fx fixture) odd() []finding.Finding {
	const crlf, cjk, long = "libs/pay ments/100%,a:b.go", "libs/größe/日本.go", "libs/größe/long.go"
	lock := fx.finding("CL1006", "m is locked a second time by the goroutine that holds it", fx.at(crlf, "m.Lock()", 2))
	lock.Related = []finding.Related{
		{Message: "locked here", Range: fx.at(crlf, "m.Lock()", 1)},
		{Message: "as sync documents: see handlers[i](1)", Range: finding.Range{File: "/usr/local/go/src/sync/mutex.go", Line: 44, Column: 19}},
	}
	get := fx.finding("CL2011", "http.Get waits for ever for a slow server", fx.at(cjk, `http.Get("https://例え.jp/")`, 1))
	noEnd := fx.finding("CL2011", "no end is known", fx.at(cjk, "err := ", 1))
	noEnd.EndLine, noEnd.EndColumn = 0, 0
	two := fx.finding("CL2011", "dial waits for ever", fx.at(long, `dial("tcp", "10.0.0.2:5432")`, 1))
	two.Related = []finding.Related{{Message: "and so does this one", Range: fx.at(long, `dial("tcp", "10.0.0.1:5432")`, 1)}}
	noColumn := fx.finding("CL2011", "a place that a line directive names", finding.Range{File: "libs/größe/page.templ", Line: 2})
	unreadable := fx.finding("CL2011", "a place in a file that is gone", finding.Range{File: "libs/gone.y", Line: 7})
	unreadable.Related = []finding.Related{{Message: "declared here", Range: finding.Range{File: "libs/gone.y", Line: 3, Column: 5}}}
	changed := fx.finding("CL2011", "a place beyond the end of its file", finding.Range{File: "services/orders/short.go", Line: 99, Column: 4})
	inject := fx.finding("CL2011", "::error::injected\n::add-mask::x ##[add-matcher]y \x1b[31m<b>|`x`| see [a](b) handlers[i](1) main.go:1:2: z \u202e% .", fx.at("services/orders/main.go", "o, err := fetch(r.Context(), \"eu\")", 1))
	inject.Fix = &finding.Fix{Message: "remove it", Safe: true, Edits: []finding.Edit{fx.edit("services/orders/main.go", "\tlog.Println(o)\n", "")}}
	body := fx.finding("CL2011", "many lines", fx.at("services/orders/main.go", "if err != nil {\n\t\thttp.Error(w, err.Error(), 500)\n\t\treturn\n\t}", 1))
	body.Severity = rule.Note
	unknown := fx.finding("CL2011", "of a rule that the catalogue does not have", fx.at("services/orders/main.go", "mux", 1))
	unknown.Code, unknown.Rule = "CL9999", "other"
	nowhere := fx.finding("CL0001", "about no file at all", finding.Range{})
	return []finding.Finding{lock, get, noEnd, two, noColumn, unreadable, changed, inject, body, unknown, nowhere}
}

// reports are the inputs of the golden tests, by name.
func (fx fixture) reports() map[string]*finding.Report {
	many := fx.report(append(fx.odd(), fx.server(), fx.leak())...)
	many.Errors = []finding.Error{
		{Message: "no Go files in /home/ci/shop/docs"},
		{Package: "example.com/orders/broken", Message: "broken/a.go:3:5: undefined: x\nbroken/a.go:9:1: missing return"},
	}
	many.Stats = finding.Stats{Driver: "source", Packages: 16, NotAnalysed: 1, Suppressed: 2, Excluded: 3, Exhausted: map[string]int{"goroutineleak": 2}, Seconds: 1.24, GoVersion: "go1.26.8"}
	return map[string]*finding.Report{"zero": fx.report(), "one": fx.report(fx.server()), "path": fx.report(fx.leak()), "many": many}
}

func newFixture(t testing.TB) fixture { return fixture{t, testSources(t)} }

func (fx fixture) read(file string) ([]byte, error) {
	text, ok := fx.files[file]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: file, Err: errors.New("no such file or directory")}
	}
	return []byte(text), nil
}

func (fx fixture) input(r *finding.Report, o Options) *Input {
	o.Rules, o.ReadFile = testRules, fx.read
	return NewInput(r, o)
}

// flood returns n warnings on as many lines, and a few notes and errors.
func (fx fixture) flood(n int) *finding.Report {
	var list []finding.Finding
	for i := range n {
		list = append(list, fx.finding("CL2011", fmt.Sprintf("warning %d", i), finding.Range{File: "services/orders/flood.go", Line: i + 1, Column: 1}))
	}
	return fx.report(list...)
}
