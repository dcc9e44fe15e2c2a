package render

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A record is what a reader of a format gets to know of a finding or an error.
type record struct {
	severity, code, file string
	line                 int
	text                 string // the message and what is below it
}

// A reader reads a report as its consumer does. It fails on what the consumer would not take.
type reader func(t testing.TB, report []byte) []record

// readers are written from the formats' documentation, not from the code that writes them.
var readers = map[string]reader{
	"gitlab":     readGitLab,
	"rdjson":     readRDJSON,
	"rdjsonl":    readRDJSONLines,
	"checkstyle": readCheckstyle,
	"junit":      readJUnit,
	"teamcity":   readTeamCity,
	"azure":      readAzure,
}

func readJSON(t testing.TB, text []byte, v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format, and
// app/validators/json_schemas/codeclimate.json of GitLab.
func readGitLab(t testing.TB, report []byte) (records []record) {
	if !bytes.HasPrefix(report, []byte("[")) { // no byte order mark
		t.Fatalf("no array: %s", report)
	}
	var issues []struct {
		Description, Fingerprint, Severity *string
		CheckName                          *string `json:"check_name"`
		Location                           *struct {
			Path  *string
			Lines *struct{ Begin *int }
		}
	}
	readJSON(t, report, &issues)
	seen := make(map[string]bool)
	for _, i := range issues {
		if strings.HasPrefix(*i.Location.Path, "./") || *i.Location.Path == "" || *i.Location.Lines.Begin < 1 {
			t.Errorf("GitLab makes no link of %s:%d", *i.Location.Path, *i.Location.Lines.Begin)
		}
		if seen[*i.Fingerprint] || *i.Fingerprint == "" {
			t.Errorf("the fingerprint %q is not unique: GitLab shows one of its entries", *i.Fingerprint)
		}
		seen[*i.Fingerprint] = true
		level := map[string]string{"blocker": "error", "critical": "error", "major": "warning", "info": "note"}[*i.Severity]
		text, ok := strings.CutPrefix(*i.Description, *i.CheckName+": ")
		if !ok {
			t.Errorf("no code in %q", *i.Description)
		}
		records = append(records, record{level, *i.CheckName, *i.Location.Path, *i.Location.Lines.Begin, text})
	}
	return records
}

// A diagnostic of proto/rdf/reviewdog.proto. .ci/full has reviewdog's own parser read the same reports.
type diagnostic struct {
	Message  string
	Location *struct {
		Path  string
		Range *rdTestRange
	}
	Severity    string
	Source      *struct{ Name, URL string }
	Code        struct{ Value, URL string }
	Suggestions []struct {
		Range rdTestRange
		Text  string
	}
	RelatedLocations []struct {
		Message  string
		Location struct {
			Path  string
			Range *rdTestRange
		}
	}
	OriginalOutput string
}

type rdTestRange struct{ Start, End struct{ Line, Column int } }

func (d *diagnostic) record(t testing.TB) record {
	r := record{code: d.Code.Value, text: d.Message}
	r.severity = map[string]string{"ERROR": "error", "WARNING": "warning", "INFO": "note"}[d.Severity]
	if d.Location != nil {
		r.file = d.Location.Path
		if d.Location.Range != nil {
			r.line = d.Location.Range.Start.Line
		}
	}
	for _, l := range d.RelatedLocations {
		r.text += "\n" + l.Message + " (" + l.Location.Path
		if l.Location.Range != nil {
			r.text += ":" + strconv.Itoa(l.Location.Range.Start.Line)
		}
	}
	return r
}

func readRDJSON(t testing.TB, report []byte) (records []record) {
	var result struct {
		Source      struct{ Name, URL string }
		Diagnostics []diagnostic
	}
	readJSON(t, report, &result)
	if result.Diagnostics == nil || result.Source.Name != "cloudlint" {
		t.Errorf("no list of diagnostics, or no source: %s", report)
	}
	for _, d := range result.Diagnostics {
		records = append(records, d.record(t))
	}
	return records
}

func readRDJSONLines(t testing.TB, report []byte) (records []record) {
	for _, d := range diagnosticLines(t, report) {
		if d.Source == nil || d.Source.Name != "cloudlint" {
			t.Error("a diagnostic without a source")
		}
		records = append(records, d.record(t))
	}
	return records
}

func diagnosticLines(t testing.TB, report []byte) (list []diagnostic) {
	for line := range bytes.Lines(report) {
		if len(line) >= 64<<10 {
			t.Errorf("a line of %d bytes: reviewdog reads none of them", len(line))
		}
		var d diagnostic
		readJSON(t, line, &d)
		list = append(list, d)
	}
	return list
}

// breaks are all ends of lines that anything may see.
var breaks = regexp.MustCompile("\r\n|[\n\r\v\f\u0085\u2028\u2029]")

func reportLines(report []byte) []string {
	if len(report) == 0 {
		return nil
	}
	return breaks.Split(strings.TrimSuffix(string(report), "\n"), -1)
}
