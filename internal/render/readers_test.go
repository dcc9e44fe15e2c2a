package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
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

// xmlNode is an element of any name.
type xmlNode struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []xmlNode  `xml:",any"`
}

func (n xmlNode) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func readXML(t testing.TB, report []byte) (root xmlNode) {
	t.Helper()
	if err := xml.Unmarshal(report, &root); err != nil {
		t.Fatalf("%v in %s", err, report)
	}
	return root
}

// children fails on an element of another name: one that some text has become.
func (n xmlNode) children(t testing.TB, names ...string) []xmlNode {
	t.Helper()
	for _, c := range n.Children {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+c.XMLName.Local+" ") {
			t.Errorf("an element %s in %s", c.XMLName.Local, n.XMLName.Local)
		}
	}
	return n.Children
}

func readCheckstyle(t testing.TB, report []byte) (records []record) {
	root := readXML(t, report)
	if root.XMLName.Local != "checkstyle" {
		t.Errorf("the root is %s", root.XMLName.Local)
	}
	for _, file := range root.children(t, "file") {
		for _, e := range file.children(t, "error") {
			line, _ := strconv.Atoi(e.attr("line"))
			source := strings.Split(e.attr("source"), ".")
			if len(source) != 3 {
				t.Errorf("source %s: Jenkins wants its last two parts", source)
			}
			level := map[string]string{"error": "error", "warning": "warning", "info": "note"}[e.attr("severity")]
			records = append(records, record{level, source[2], file.attr("name"), line, e.attr("message")})
		}
	}
	return records
}

// https://docs.gitlab.com/ci/testing/unit_test_reports/, and src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
// of Jenkins' xunit plugin.
func readJUnit(t testing.TB, report []byte) (records []record) {
	root := readXML(t, report)
	names := make(map[string]bool)
	sum := map[string]int{}
	for _, suite := range root.children(t, "testsuite") {
		for _, c := range suite.children(t, "testcase") {
			name := c.attr("classname") + "\x00" + c.attr("name")
			if names[name] || c.attr("name") == "" || c.attr("classname") == "" {
				t.Errorf("a second test of the name %q, or none: GitLab drops it", name)
			}
			names[name] = true
			sum["tests"]++
			for _, p := range c.children(t, "failure", "error") {
				sum[p.XMLName.Local]++
				line, _ := strconv.Atoi(c.attr("line"))
				level, text := "error", p.Text
				if p.XMLName.Local == "failure" {
					level, text, _ = strings.Cut(text, " ")
				}
				records = append(records, record{level, p.attr("type"), c.attr("file"), line, text})
			}
		}
	}
	got := root.attr("tests") + " " + root.attr("failures") + " " + root.attr("errors")
	if want := fmt.Sprint(sum["tests"], sum["failure"], sum["error"]); got != want {
		t.Errorf("the root counts %s, want %s", got, want)
	}
	if sum["tests"] == 0 {
		t.Error("a report without tests is taken for a mistake")
	}
	return records
}

// breaks are all ends of lines that anything may see.
var breaks = regexp.MustCompile("\r\n|[\n\r\v\f\u0085\u2028\u2029]")

func reportLines(report []byte) []string {
	if len(report) == 0 {
		return nil
	}
	return breaks.Split(strings.TrimSuffix(string(report), "\n"), -1)
}

// A serviceMessage of https://www.jetbrains.com/help/teamcity/service-messages.html.
type parsedMessage struct {
	name       string
	attributes map[string]string
}

func parseServiceMessage(t testing.TB, line string) (m parsedMessage) {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "##teamcity[")
	if !ok {
		t.Fatalf("no service message: %q", line)
	}
	m.attributes = make(map[string]string)
	m.name, rest, _ = strings.Cut(rest, " ")
	for rest != "]" {
		name, after, ok := strings.Cut(strings.TrimPrefix(rest, " "), "='")
		if !ok || !regexp.MustCompile(`^[A-Za-z]+$`).MatchString(name) {
			t.Fatalf("%q is no attribute in %q", rest, line)
		}
		var value []uint16
		i := 0
		for ; i < len(after) && after[i] != '\''; i++ {
			switch c := after[i]; {
			case c == '[' || c == ']' || c < ' ' || c > '~':
				t.Fatalf("%q in a value in %q", c, line)
			case c != '|':
				value = append(value, uint16(c))
			case strings.HasPrefix(after[i:], "|0x"):
				n, err := strconv.ParseUint(after[i+3:i+7], 16, 16)
				if err != nil {
					t.Fatalf("%v in %q", err, line)
				}
				value = append(value, uint16(n))
				i += 6
			default:
				i++
				value = append(value, map[byte]uint16{'n': '\n', 'r': '\r', '|': '|', '\'': '\'', '[': '[', ']': ']'}[after[i]])
			}
		}
		m.attributes[name] = string(utf16.Decode(value))
		rest = after[i+1:]
	}
	return m
}

func readTeamCity(t testing.TB, report []byte) (records []record) {
	described := make(map[string]bool)
	for _, line := range reportLines(report) {
		m := parseServiceMessage(t, line)
		a := m.attributes
		for name, value := range a {
			limit := map[string]int{"id": 255, "typeId": 255, "name": 255, "category": 255}[name]
			if limit == 0 {
				limit = 4000
			}
			if n := len(utf16.Encode([]rune(value))); n > limit {
				t.Errorf("%s has %d characters, TeamCity takes %d", name, n, limit)
			}
		}
		switch m.name {
		case "inspectionType":
			if described[a["id"]] || a["name"] == "" || a["category"] == "" || a["description"] == "" {
				t.Errorf("a second type, or one that lacks an attribute: %s", line)
			}
			described[a["id"]] = true
		case "inspection":
			if !described[a["typeId"]] || a["file"] == "" {
				t.Errorf("an inspection without a type or a file: %s", line)
			}
			n, _ := strconv.Atoi(a["line"])
			level := map[string]string{"ERROR": "error", "WARNING": "warning", "INFO": "note"}[a["SEVERITY"]]
			records = append(records, record{level, a["typeId"], a["file"], n, a["message"]})
		case "message":
			level := map[string]string{"ERROR": "error", "WARNING": "warning", "NORMAL": "note"}[a["status"]]
			code, text := errorCode, strings.TrimPrefix(a["text"], "cloudlint: ")
			if m := regexp.MustCompile(`^(CL\d{4}): `).FindStringSubmatch(text); m != nil {
				code, text = m[1], text[len(m[0]):]
			}
			records = append(records, record{level, code, "", 0, strings.Join([]string{text, a["errorDetails"]}, "\n")})
		default:
			t.Errorf("the message %s is not ours", m.name)
		}
	}
	return records
}
