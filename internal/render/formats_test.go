package render

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

func noFile(string) ([]byte, error) { return nil, errors.New("no such file") }

// hostile is what a message, a path or an error must not do harm with.
var hostile = []string{
	"##vso[task.setvariable variable=PATH;]x", "##vso[", "##vso", "x ##vso[task.complete result=Failed;]y", "%5D##vso[a.b]%0A##vso[a.b]c", "%AZP25%AZP250A %3B",
	"##[section]x", "##[", "###[#[",
	"##teamcity[buildStop comment='x']", "'] ##teamcity[buildStatus status='SUCCESS'", "|n|'|0x005D|]|", "a|", "|0xZZZZ",
	"::error::x", "::set-output name=a::b", "\u200b::stop-commands::x",
	"]]>", "]]><system-out>[[ATTACHMENT|/etc/passwd]]</system-out>", "<!--", "--><x/>", "<![CDATA[", "&amp;&#0;&x;", "\"/><error line=\"1\"/>", "<?xml?>",
	"<img src=x onerror=alert(1)>", "<script>x</script>", "![x](http://a.example/x.png)", "[a](javascript:x)", "[a]: http://a.example", "| a | b |", "`", "```", "# x\n- y\n> z\n1. a\n/close",
	"@all see #1, !2 and www.example.com or https://example.com or a@b.example", "\\", "\\|",
	"a\nb", "a\rb", "a\r\nb", "a\u2028b\u2029c\u0085d\ve\ff", "\x00\x01\x07\x08\x1b[31m\x7f\u009b", "\xff\xfe\xed\xa0\x80", "\ufffe\uffff", "\U0001F642\u202e\ufeff",
	"a b/c,d:e;f%g%0A=h.go", ".", "", " ", "=", strings.Repeat("long ", 14000),
}

func seedHostile(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, hostile[(i+7)%len(hostile)], hostile[(i+13)%len(hostile)])
		f.Add(hostile[(i+3)%len(hostile)], s, s)
	}
}

// hostileReport is a report about a file whose name and contents somebody else chose.
func hostileReport(message, file, failure string) *finding.Report {
	at := finding.Range{File: file, Line: 3, Column: 2, EndLine: 3, EndColumn: 5}
	return &finding.Report{
		Tool: finding.Tool{Name: "cloudlint", Version: message}, Root: "/home/ci/shop",
		Findings: []finding.Finding{
			{Code: "CL1001", Rule: "goroutineleak", Family: rule.Goroutines, Severity: rule.Error, Message: message, Range: at,
				Package: file, Function: failure, URL: "https://example.com/CL1001",
				Path:    []finding.Step{{Goroutine: 1, Message: message, Range: at}},
				Related: []finding.Related{{Message: failure, Range: at}},
				Fix:     &finding.Fix{Message: message, Edits: []finding.Edit{{File: file, Start: 0, End: 1, New: message}}}},
			{Code: "CL2011", Rule: "clientdeadline", Family: rule.Timeouts, Severity: rule.Note, Message: failure, Range: finding.Range{File: file, Line: 9}},
		},
		Errors: []finding.Error{{Message: failure}, {Package: file, Message: message + "\n" + failure}},
	}
}

// visibleText is what is left of a text for people.
func visibleText(s string) string { return strings.ReplaceAll(s, noWidth, "") }

// checkRecords compares what a reader got with the report: nothing more, nothing less, at the places that want returns.
func checkRecords(t testing.TB, r *finding.Report, records []record, want func(*finding.Finding) (file string, line int)) {
	t.Helper()
	contains := func(got record, parts ...string) {
		t.Helper()
		text := visibleText(got.text)
		if strings.Contains(text, "left out") || strings.Contains(text, " more\n") || strings.HasSuffix(text, " more") || strings.HasSuffix(text, "…") || strings.Contains(text, "…\n") {
			return // TestLimits
		}
		for _, p := range parts {
			if p = strings.TrimSpace(p); !strings.Contains(text, p) {
				t.Errorf("%s: %q is not in %q", got.code, p, text)
			}
		}
	}
	var failures, findings []record
	for _, got := range records {
		if got.code == errorCode {
			failures = append(failures, got)
		} else {
			findings = append(findings, got)
		}
	}
	if len(findings) != len(r.Findings) || len(failures) != len(r.Errors) {
		t.Fatalf("%d findings and %d errors, want %d and %d: %+v", len(findings), len(failures), len(r.Findings), len(r.Errors), records)
	}
	for i, e := range r.Errors {
		_, lines := errorLines(e)
		contains(failures[i], append(lines, clean(e.Package))...)
		if failures[i].severity != "error" {
			t.Errorf("an error is a %s", failures[i].severity)
		}
	}
	// Formats group findings, each in its own way.
	for i := range r.Findings {
		f := &r.Findings[i]
		file, line := want(f)
		j := slices.IndexFunc(findings, func(got record) bool {
			return got.code == f.Code && got.file == file && got.line == line && strings.Contains(visibleText(got.text), shortMessage(f))
		})
		if j < 0 {
			t.Fatalf("no %s at %q, line %d, in %+v", f.Code, file, line, findings)
		}
		if got := findings[j].severity; got != string(f.Severity) && (got != "warning" || f.Severity != rule.Note) {
			t.Errorf("%s is a %s", f.Code, got)
		}
		for _, p := range places(f) {
			message, _, _ := strings.Cut(p, " (")
			contains(findings[j], message)
		}
	}
}

// shortMessage is the part of a message that no limit cuts.
func shortMessage(f *finding.Finding) string {
	message := strings.TrimSpace(clean(f.Message))
	for len(message) > 1000 {
		_, n := utf8.DecodeLastRuneInString(message)
		message = message[:len(message)-n]
	}
	return strings.TrimSpace(message)
}

// Each format says what the report says.
func TestFormatsSayWhatTheReportSays(t *testing.T) {
	fx := newFixture(t)
	for name, report := range fx.reports() {
		for format, read := range readers {
			if format == "azure" && name == "many" {
				continue // merges the findings of a line: TestAzureMergesLines
			}
			t.Run(format+"/"+name, func(t *testing.T) {
				records := read(t, renderFormat(t, format, fx.input(report, Options{})))
				checkRecords(t, report, records, func(f *finding.Finding) (string, int) { return wantPlace(format, report, f) })
			})
		}
	}
}

// An error that names a line is shown there.
func TestErrorsHavePlaces(t *testing.T) {
	fx := newFixture(t)
	r := fx.report()
	const file = "services/orders/main.go"
	r.Errors = []finding.Error{{Package: "example.com/orders", Message: file + ":3:2: undefined: x"}}
	for _, format := range []string{"gitlab", "rdjson", "rdjsonl", "checkstyle", "junit", "azure"} {
		records := readers[format](t, renderFormat(t, format, fx.input(r, Options{})))
		if len(records) != 1 || records[0].line != 3 || !strings.HasSuffix(records[0].file, file) {
			t.Errorf("%s: %+v", format, records)
		}
	}
	want := map[string]string{"file": file, "line": "3", "endLine": "3", "title": "cloudlint: example.com/orders was not analysed"}
	commands := checkLog(t, renderedLines(t, fx.input(r, Options{})))
	if diff := cmp.Diff(want, commands[0].properties); diff != "" {
		t.Error(diff)
	}
}

// wantPlace is where a format puts a finding.
func wantPlace(format string, r *finding.Report, f *finding.Finding) (file string, line int) {
	file, line = f.File, f.Line
	switch format {
	case "gitlab":
		line = max(line, 1)
		if file == "" {
			file = "."
		}
	case "checkstyle":
		if file == "" {
			file = "."
		}
	case "teamcity":
		if file == "" {
			line = 0
		}
		file = shorten(file, teamcityText)
	case "azure":
		if file == "" {
			return "", 0
		}
		file = absolute(r.Root, clean(file))
	case "rdjson", "rdjsonl":
		if file == "" || format == "rdjsonl" && len(file) > 60_000 {
			return "", 0
		}
	}
	return file, line
}

// xmlText is what XML can hold of a text.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || 0x20 <= r && r <= 0xD7FF || 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r {
			return r
		}
		return utf8.RuneError
	}, s)
}

// eachValid is what is left of a text where each byte that is no UTF-8 becomes U+FFFD.
func eachValid(s string) string { return string([]rune(s)) }

func readFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whatever a message, a path or an error says, the document has the elements and values that it would have without.
func FuzzDocuments(f *testing.F) {
	seedHostile(f)
	f.Fuzz(func(t *testing.T, message, file, failure string) {
		r := hostileReport(message, file, failure)
		for _, format := range []string{"gitlab", "rdjson", "rdjsonl", "checkstyle", "junit"} {
			in := NewInput(r, Options{ReadFile: func(string) ([]byte, error) { return []byte("a\n" + message + "\n\tx := y()\n"), nil }})
			report := renderFormat(t, format, in)
			if !utf8.Valid(report) {
				t.Errorf("%s is not UTF-8", format)
			}
			checkRecords(t, r, readers[format](t, report), func(f *finding.Finding) (string, int) {
				file, line := wantPlace(format, r, f)
				file = eachValid(file)
				if format == "checkstyle" || format == "junit" {
					file = xmlText(file)
				}
				return file, line
			})
		}
	})
}

// What is printed for people goes to the logs of CI systems, too, which execute lines of it.
func FuzzText(f *testing.F) {
	seedHostile(f)
	f.Fuzz(func(t *testing.T, message, file, failure string) {
		r := hostileReport(message, file, failure)
		text := renderFormat(t, "text", NewInput(r, Options{ReadFile: noFile}))
		for _, line := range append(reportLines(text), reportLines([]byte(Summary(r)))...) {
			if runner(line) != nil || strings.Contains(line, "##vso") || strings.Contains(line, "##teamcity") || strings.Contains(line, "\x1b") {
				t.Errorf("a CI system executes %q", line)
			}
		}
	})
}

// Several formats at once, each in its file, are what each is alone.
func TestAllFormatsAtOnce(t *testing.T) {
	fx := newFixture(t)
	for name, report := range fx.reports() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var specs []string
			for _, f := range Formats() {
				specs = append(specs, f.Name+"="+f.Name+".out")
			}
			outputs, err := ParseOutputs(append(specs, "text"), dir)
			if err != nil {
				t.Fatal(err)
			}
			var stdout bytes.Buffer
			if err := Write(outputs, fx.input(report, Options{}), &stdout); err != nil {
				t.Fatal(err)
			}
			for _, f := range Formats() {
				want := renderFormat(t, f.Name, fx.input(report, Options{}))
				if diff := cmp.Diff(string(want), readFile(t, filepath.Join(dir, f.Name+".out"))); diff != "" {
					t.Errorf("%s (-alone +with others):\n%s", f.Name, diff)
				}
			}
		})
	}
}
