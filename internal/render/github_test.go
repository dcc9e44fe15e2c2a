package render

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A runnerCommand is what the runner of GitHub Actions makes of a line.
type runnerCommand struct {
	name       string
	properties map[string]string
	data       string
}

// runner parses a line as the runner does (actions/runner, src/Runner.Common/ActionCommand.cs): "::name k=v,k=v::data"
// at the start of the line, or the older "##[name k=v;k=v]data" anywhere in it.
func runner(line string) *runnerCommand {
	parse := func(info, separator string) *runnerCommand {
		name, rest, _ := strings.Cut(info, " ")
		c := &runnerCommand{name: name, properties: make(map[string]string)}
		for _, p := range strings.Split(rest, separator) {
			if k, v, ok := strings.Cut(strings.TrimSpace(p), "="); ok {
				c.properties[k] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(v)
			}
		}
		return c
	}
	trimmed := strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	if rest, ok := strings.CutPrefix(trimmed, "::"); ok {
		if info, data, ok := strings.Cut(rest, "::"); ok {
			c := parse(info, ",")
			c.data = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(data)
			return c
		}
	}
	if _, rest, ok := strings.Cut(line, "##["); ok {
		if info, data, ok := strings.Cut(rest, "]"); ok {
			c := parse(info, ";")
			c.data = data
			return c
		}
	}
	return nil
}

// setupGo is the problem matcher that actions/setup-go installs.
var setupGo = regexp.MustCompile(`^\s*(.+\.go):(?:(\d+):(\d+):)? (.*)`)

func renderedLines(t testing.TB, in *Input) []string {
	t.Helper()
	var out bytes.Buffer
	if err := renderGitHub(&out, in); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\r\n|\r|\n`).Split(strings.TrimSuffix(out.String(), "\n"), -1)
}

// checkLog fails on a line that is a command which we do not mean, or a second annotation.
func checkLog(t testing.TB, lines []string) (commands []*runnerCommand) {
	t.Helper()
	for _, line := range lines {
		c := runner(line)
		if c == nil {
			if setupGo.MatchString(line) {
				t.Errorf("setup-go makes an annotation of %q", line)
			}
			continue
		}
		if !slices.Contains([]string{"error", "warning", "notice", "group", "endgroup"}, c.name) || strings.Contains(line, "##[") {
			t.Errorf("the runner takes %q for the command %q", line, c.name)
		}
		commands = append(commands, c)
	}
	return commands
}

func TestGitHubCommandsSayWhatTheReportSays(t *testing.T) {
	fx := newFixture(t)
	commands := checkLog(t, renderedLines(t, fx.input(fx.reports()["many"], Options{})))
	i := slices.IndexFunc(commands, func(c *runnerCommand) bool { return strings.HasPrefix(c.properties["file"], "libs/pay") })
	if i < 0 {
		t.Fatal("no annotation for the file with the odd name")
	}
	want := map[string]string{"file": "libs/pay ments/100%,a:b.go", "line": "6", "endLine": "6", "col": "2", "endColumn": "10", "title": "cloudlint CL1006"}
	if diff := cmp.Diff(want, commands[i].properties); diff != "" {
		t.Error(diff)
	}
	i = slices.IndexFunc(commands, func(c *runnerCommand) bool { return c.properties["file"] == "libs/größe/日本.go" })
	if want := "CL2011: no end is known\nCL2011: http.Get waits for ever for a slow server"; commands[i].data != want {
		t.Errorf("two findings of one line: %q, want %q", commands[i].data, want)
	}
}

func TestGitHubLimits(t *testing.T) {
	fx := newFixture(t)
	report := func(errors, warnings, notes int) *finding.Report {
		r := fx.flood(errors + warnings + notes)
		for i := range r.Findings {
			switch {
			case i < notes: // the report's order is not that of severity
				r.Findings[i].Severity = rule.Note
			case i >= notes+warnings:
				r.Findings[i].Severity = rule.Error
			}
		}
		return r
	}
	tests := []struct {
		errors, warnings, notes int
		want                    string // annotations by level, and the number that the last notice gives
	}{
		{0, 0, 0, "0 0 0"},
		{0, 10, 0, "0 10 0"},
		{0, 11, 0, "0 10 1 more: 1"},
		{0, 25, 10, "0 10 10 more: 16"},
		{12, 12, 3, "10 10 4 more: 4"},
		{0, 0, 10, "0 0 10"},
		{0, 0, 11, "0 0 10 more: 2"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			count := make(map[string]int)
			more := ""
			var order []string
			for _, c := range checkLog(t, renderedLines(t, fx.input(report(tt.errors, tt.warnings, tt.notes), Options{}))) {
				count[c.name]++
				if n, _, ok := strings.Cut(c.data, " more: "); ok {
					more = " more: " + n
				} else if c.properties["file"] != "" {
					order = append(order, c.name)
				}
			}
			if got := fmt.Sprintf("%d %d %d", count["error"], count["warning"], count["notice"]) + more; got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			severity := map[string]int{"error": 0, "warning": 1, "notice": 2}
			if !slices.IsSortedFunc(order, func(a, b string) int { return severity[a] - severity[b] }) {
				t.Errorf("not the most severe first: %s", order)
			}
		})
	}
}

// GitHub drops a summary that is too long; what we write says what is missing.
func TestStepSummaryStaysBelowGitHubsLimit(t *testing.T) {
	fx := newFixture(t)
	r := fx.flood(20000)
	var out, summary bytes.Buffer
	if err := renderGitHub(&out, fx.input(r, Options{StepSummary: &summary})); err != nil {
		t.Fatal(err)
	}
	if summary.Len() > 1<<20 {
		t.Errorf("%d bytes", summary.Len())
	}
	rows := strings.Count(summary.String(), "| warning |")
	if want := fmt.Sprintf("\n%d more findings are in the step's log.\n", 20000-rows); !strings.HasSuffix(summary.String(), want) {
		t.Errorf("after %d rows it does not end with %q", rows, want)
	}
}

// Whatever a message, a path or an error says: no line of the log is a command or a compiler's message because of it.
func FuzzGitHub(f *testing.F) {
	f.Add("::error::x", "a.go", "e")
	f.Add("x\n::add-mask::y", "a\r\n::set-output name=x::y.go", "x.go:1:2: y")
	f.Add("##[add-matcher]x", "##[group]x", "\u200b::stop-commands::x")
	f.Add("see main.go:1:2: y.go: z", "main.go:1:2: x.go", "%0A::x::y %25")
	f.Add("#\x00#[group]", "#\u00ad#[x]", "\v::x::y\x85::x::y\u2028::x::y")
	f.Add(".go:.go:1:1: : ", ".go:9:9: .go: ", ".go: : : ")
	f.Fuzz(func(t *testing.T, message, file, failure string) {
		r := &finding.Report{Findings: []finding.Finding{
			{Code: "CL2001", Severity: rule.Warning, Message: message, Range: finding.Range{File: file, Line: 3, Column: 1},
				Path: []finding.Step{{Message: message, Range: finding.Range{File: file, Line: 1}}}},
		}, Errors: []finding.Error{{Package: file, Message: failure}, {Message: failure}}}
		var summary bytes.Buffer
		in := NewInput(r, Options{StepSummary: &summary, ReadFile: func(string) ([]byte, error) { return []byte("a\nb\n::x::y"), nil }})
		var shown int
		for _, c := range checkLog(t, renderedLines(t, in)) {
			if c.name == "warning" {
				shown++
			}
		}
		if shown != 1 {
			t.Errorf("%d warnings, want 1", shown)
		}
		if strings.Count(summary.String(), "\n| warning |") != 1 {
			t.Errorf("the summary has not one row for the finding:\n%s", summary.String())
		}
	})
}

// What an escaping function returns is one line, and in a command's text or property nothing ends it.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "::", "a\nb", "\r", "%0A", ",:", "##[x]", "##\n[", "#\x1b#["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, escaped := range map[string]string{"data": escapeData(s), "property": escapeProperty(s), "log line": logLine(s), "markdown": markdown(s)} {
			if strings.ContainsAny(escaped, "\r\n") || name != "markdown" && strings.Contains(escaped, "##[") {
				t.Errorf("%s: %q", name, escaped)
			}
		}
		if p := escapeProperty(s); strings.ContainsAny(p, ":,") {
			t.Errorf("property %q", p)
		}
		if strings.HasPrefix(strings.TrimSpace(logLine(s)), "::") {
			t.Errorf("log line %q", logLine(s))
		}
		if m := markdown(s); strings.ContainsAny(m, "<>") {
			t.Errorf("markdown %q", m)
		}
	})
}
