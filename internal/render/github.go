package render

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// annotationLimit is how many annotations of each level GitHub shows for a step; it drops the others silently.
const annotationLimit = 10

// renderGitHub prints workflow commands, which GitHub shows beside the lines of a pull request, then a list for the
// reader of the step's log, and writes the step summary.
//
// Messages and paths come from the code under test, and a line that starts with "::" or has "##[" anywhere is a command
// (actions/runner, ActionCommand.cs): everything is escaped. No line has the shape that the problem matcher of
// actions/setup-go ("file.go:1:2: text") would make a second annotation of.
func renderGitHub(out io.Writer, in *Input) error {
	w := bufio.NewWriter(out)
	shown, more := choose(annotations(in))
	for _, a := range shown {
		fmt.Fprintln(w, a.command(in))
	}
	if more > 0 {
		fmt.Fprintf(w, "::notice title=cloudlint::%d more: see the step's log and summary\n", more)
	}
	if len(in.Findings)+len(in.Errors) > 0 {
		fmt.Fprintf(w, "::group::cloudlint: %s\n", logLine(counts(in.Report)))
		for _, e := range in.Errors {
			head, lines := errorLines(e)
			fmt.Fprintln(w, logLine("error "+head))
			for _, line := range lines {
				fmt.Fprintln(w, logLine("  | "+line))
			}
		}
		for _, f := range bySeverity(in.Findings) {
			fmt.Fprintln(w, logLine(strings.Join(strings.Fields(fmt.Sprint(f.Severity, " ", place(f.Range), " ", f.Code, " ", f.Message)), " ")))
			for _, line := range places(f) {
				fmt.Fprintln(w, logLine("  | "+line))
			}
		}
		fmt.Fprintln(w, "::endgroup::")
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if in.StepSummary != nil {
		return stepSummary(in.StepSummary, in)
	}
	return nil
}

// An annotation is what GitHub shows at one line: one or more findings, or an error.
type annotation struct {
	level    rule.Severity
	findings []*finding.Finding
	err      *finding.Error
}

// annotations merges the findings of each line and sorts them, most severe first.
func annotations(in *Input) []annotation {
	var list []annotation
	for i := range in.Errors {
		list = append(list, annotation{level: rule.Error, err: &in.Errors[i]})
	}
	type line struct {
		file string
		line int
	}
	index := make(map[line]int)
	for _, f := range bySeverity(in.Findings) {
		at := line{f.File, f.Line}
		if i, ok := index[at]; ok {
			list[i].findings = append(list[i].findings, f)
			continue
		}
		index[at] = len(list)
		list = append(list, annotation{level: f.Severity, findings: []*finding.Finding{f}})
	}
	return list
}

// choose keeps as many annotations as GitHub shows, and counts the findings and errors of the others. Where there are
// others, a notice is left free to say so.
func choose(all []annotation) (shown []annotation, more int) {
	count := make(map[rule.Severity]int)
	for _, a := range all {
		count[a.level]++
	}
	limit := map[rule.Severity]int{rule.Error: annotationLimit, rule.Warning: annotationLimit, rule.Note: annotationLimit}
	for level, n := range count {
		if n > limit[level] {
			limit[rule.Note] = annotationLimit - 1
		}
	}
	for _, a := range all {
		if limit[a.level]--; limit[a.level] >= 0 {
			shown = append(shown, a)
		} else {
			more += max(1, len(a.findings))
		}
	}
	return shown, more
}

// command returns the workflow command of an annotation.
func (a annotation) command(in *Input) string {
	if a.err != nil {
		head, lines := errorLines(*a.err)
		if len(lines) == 0 {
			return "::error title=cloudlint::" + escapeData(head)
		}
		return fmt.Sprintf("::error title=%s::%s", escapeProperty("cloudlint: "+head), escapeData(strings.Join(lines, "\n")))
	}
	level := map[rule.Severity]string{rule.Error: "error", rule.Warning: "warning", rule.Note: "notice"}[a.level]
	var codes, text []string
	for _, f := range a.findings {
		if !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
		message := clean(f.Message)
		if len(a.findings) > 1 { // the title does not say which is which
			message = f.Code + ": " + message
		}
		text = append(append(text, message), places(f)...)
	}
	first := a.findings[0]
	var props []string
	if first.File != "" {
		props = append(props, "file="+escapeProperty(first.File))
	}
	if first.Line > 0 {
		props = append(props, fmt.Sprintf("line=%d,endLine=%d", first.Line, first.Line))
	}
	reg := region(in.sources, first.Range)
	if len(a.findings) == 1 && reg != nil && reg.StartColumn > 0 {
		props = append(props, fmt.Sprintf("col=%d,endColumn=%d", reg.StartColumn, reg.EndColumn))
	}
	props = append(props, "title="+escapeProperty("cloudlint "+strings.Join(codes, ", ")))
	return fmt.Sprintf("::%s %s::%s", level, strings.Join(props, ","), escapeData(strings.Join(text, "\n")))
}

// places returns the steps and the other places of a finding, one a line.
func places(f *finding.Finding) []string {
	path, others := steps(f)
	many := goroutines(path) > 1
	var lines []string
	for i, s := range path {
		lines = append(lines, fmt.Sprintf("%s (%s)", stepLabel(i, s, many), place(s.Range)))
	}
	for _, r := range others {
		lines = append(lines, fmt.Sprintf("%s (%s)", clean(r.Message), place(r.Range)))
	}
	return lines
}

// escapeData escapes the text of a workflow command.
func escapeData(s string) string {
	return dataEscaper.Replace(s)
}

// escapeProperty escapes the value of a property of a workflow command.
func escapeProperty(s string) string {
	return propertyEscaper.Replace(s)
}

// The runner also takes the old form of commands, wherever it stands in a line.
const oldCommand, neutralCommand = "##[", "# #["

var (
	dataEscaper     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", oldCommand, neutralCommand)
	propertyEscaper = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C", oldCommand, neutralCommand)
)

// goPlace is how the problem matcher of actions/setup-go recognises a message: `^\s*(.+\.go):(?:(\d+):(\d+):)? (.*)`.
var goPlace = regexp.MustCompile(`\.go:(\d+:\d+:)? `)

// logLine returns a line for the log that is neither a command nor a compiler's message.
func logLine(s string) string {
	s = strings.ReplaceAll(clean(s), oldCommand, neutralCommand)
	s = goPlace.ReplaceAllStringFunc(s, func(m string) string {
		return strings.TrimSuffix(m, ": ") + " "
	})
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "::") {
		return ". " + t
	}
	return s
}
