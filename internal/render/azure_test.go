package render

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A loggingCommand is what the agent of Azure Pipelines makes of a line.
type loggingCommand struct {
	name       string
	properties map[string]string
	data       string
}

// agent parses a line as the agent does (azure-pipelines-agent, src/Microsoft.VisualStudio.Services.Agent/Command.cs):
// "##vso[area.action name=value;name=value;]data", wherever it stands in the line.
func agent(line string) *loggingCommand {
	_, rest, ok := strings.Cut(line, "##vso[")
	if !ok {
		return nil
	}
	info, data, ok := strings.Cut(rest, "]")
	if !ok {
		return nil
	}
	unescape := func(s string) string {
		for _, m := range [][2]string{{"%3B", ";"}, {"%0D", "\r"}, {"%0A", "\n"}, {"%5D", "]"}, {"%AZP25", "%"}} {
			s = strings.ReplaceAll(s, m[0], m[1])
		}
		return s
	}
	name, list, _ := strings.Cut(info, " ")
	c := &loggingCommand{name: name, properties: make(map[string]string), data: unescape(data)}
	for _, p := range strings.Split(list, ";") {
		if k, v, ok := strings.Cut(p, "="); ok && k != "" && v != "" {
			c.properties[strings.ToLower(k)] = unescape(v)
		}
	}
	return c
}

// azureCommands fails on a line that is a command, or a mark in the log, which we do not mean.
func azureCommands(t testing.TB, report []byte) (commands []*loggingCommand) {
	t.Helper()
	for _, line := range reportLines(report) {
		c := agent(line)
		if c == nil {
			if strings.HasPrefix(line, "##[group]cloudlint: ") || line == "##[endgroup]" {
				continue
			}
			if strings.Contains(line, "##[") || strings.Contains(line, "##vso") {
				t.Errorf("a mark in the log: %q", line)
			}
			continue
		}
		if c.name != "task.logissue" || !strings.HasPrefix(line, "##vso[task.logissue type=") {
			t.Errorf("the agent takes %q for the command %q", line, c.name)
		}
		for _, shown := range strings.Split(c.data, "\n") { // the agent prints it, and its page shows marks
			if strings.Contains(shown, "##[") || strings.Contains(shown, "##vso[") {
				t.Errorf("a mark in a message: %q", shown)
			}
		}
		commands = append(commands, c)
	}
	return commands
}

func readAzure(t testing.TB, report []byte) (records []record) {
	for _, c := range azureCommands(t, report) {
		p := c.properties
		line, _ := strconv.Atoi(p["linenumber"])
		r := record{p["type"], p["code"], p["sourcepath"], line, c.data}
		if r.code == "" {
			r.code, r.text = errorCode, strings.TrimPrefix(r.text, "cloudlint: ")
		}
		records = append(records, r)
	}
	return records
}

func renderFormat(t testing.TB, name string, in *Input) []byte {
	t.Helper()
	format, ok := Lookup(name)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	var out bytes.Buffer
	if err := format.Render(&out, in); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The agent keeps ten errors and ten warnings of a step, and says nothing of the others.
func TestAzureLimits(t *testing.T) {
	fx := newFixture(t)
	for _, tt := range []struct {
		errors, warnings, notes int
		want                    string // errors and warnings, and the number that the last one gives
	}{
		{0, 0, 0, "0 0"},
		{0, 10, 0, "0 10"},
		{0, 4, 6, "0 10"},
		{0, 4, 7, "0 10 more 2"},
		{0, 25, 0, "0 10 more 16"},
		{12, 0, 0, "10 1 more 2"},
		{12, 12, 3, "10 10 more 8"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			r := fx.flood(tt.errors + tt.warnings + tt.notes)
			for i := range r.Findings {
				switch { // the report's order is not that of severity
				case i < tt.notes:
					r.Findings[i].Severity = rule.Note
				case i >= tt.notes+tt.warnings:
					r.Findings[i].Severity = rule.Error
				}
			}
			report := renderFormat(t, "azure", fx.input(r, Options{}))
			count, more := make(map[string]int), ""
			for _, c := range azureCommands(t, report) {
				count[c.properties["type"]]++
				if n, _, ok := strings.Cut(strings.TrimPrefix(c.data, "cloudlint: "), " more: "); ok {
					more = " more " + n
				}
			}
			if got := fmt.Sprintf("%d %d%s", count["error"], count["warning"], more); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			for i := range r.Findings { // the log has them all
				if want := fmt.Sprintf(" CL2011 warning %d\n", i); !bytes.Contains(report, []byte(want)) {
					t.Errorf("the log does not have%q", want)
				}
			}
		})
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

// The documentation wants paths to be absolute.
func TestAzurePathsAreAbsolute(t *testing.T) {
	for _, tt := range []struct{ root, file, want string }{
		{"/home/vsts/work/1/s", "a/b.go", "/home/vsts/work/1/s/a/b.go"},
		{"/home/vsts/work/1/s", "/usr/local/go/src/io/io.go", "/usr/local/go/src/io/io.go"},
	} {
		if got := absolute(tt.root, tt.file); got != tt.want {
			t.Errorf("%s in %s: %s, want %s", tt.file, tt.root, got, tt.want)
		}
	}
}

func FuzzAzure(f *testing.F) {
	seedHostile(f)
	f.Fuzz(func(t *testing.T, message, file, failure string) {
		r := hostileReport(message, file, failure)
		records := readAzure(t, renderFormat(t, "azure", NewInput(r, Options{ReadFile: noFile})))
		checkRecords(t, r, records, func(f *finding.Finding) (string, int) {
			if f.File == "" {
				return "", 0
			}
			return absolute(r.Root, clean(f.File)), f.Line
		})
	})
}
