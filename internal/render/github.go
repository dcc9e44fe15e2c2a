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

// annotationLimit is how many annotations of each level GitHub shows for a step; it drops the others silently. So does
// Azure Pipelines.
const annotationLimit = 10

// GitHub drops a step summary of more than 1 MiB as a whole; this leaves room for what other commands of the step write.
const summaryLimit = 900 << 10

// renderGitHub prints workflow commands, which GitHub shows beside the lines of a pull request, then a list for the
// reader of the step's log, and writes the step summary.
//
// Messages and paths come from the code under test, and a line that starts with "::" or has "##[" anywhere is a command
// (actions/runner, ActionCommand.cs): everything is escaped. No line has the shape that the problem matcher of
// actions/setup-go ("file.go:1:2: text") would make a second annotation of.
func renderGitHub(out io.Writer, in *Input) error {
	w := bufio.NewWriter(out)
	shown, more := choose(annotations(in), rule.Note)
	for _, a := range shown {
		fmt.Fprintln(w, a.command(in))
	}
	if more > 0 {
		fmt.Fprintf(w, "::notice title=cloudlint::%d more: see the step's log and summary\n", more)
	}
	writeLog(w, in, "::group::", "::endgroup::")
	if err := w.Flush(); err != nil {
		return err
	}
	if in.StepSummary != nil {
		return writeMarkdown(in.StepSummary, in, summaryLimit, "are in the step's log")
	}
	return nil
}

// writeLog prints the errors and findings for the reader of a step's log, as a group that can be folded.
func writeLog(w io.Writer, in *Input, group, end string) {
	if len(in.Findings)+len(in.Errors) == 0 {
		return
	}
	fmt.Fprintf(w, "%scloudlint: %s\n", group, logLine(counts(in.Report)))
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
	fmt.Fprintln(w, end)
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

// choose keeps as many annotations as are shown, and counts the findings and errors of the others. Where there are
// others, one of the given level is left free to say so.
func choose(all []annotation, free rule.Severity) (shown []annotation, more int) {
	count := make(map[rule.Severity]int)
	for _, a := range all {
		count[a.level]++
	}
	limit := map[rule.Severity]int{rule.Error: annotationLimit, rule.Warning: annotationLimit, rule.Note: annotationLimit}
	for level, n := range count {
		if n > limit[level] {
			limit[free] = annotationLimit - 1
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
	var props []string
	locate := func(at finding.Range) {
		if at.File != "" {
			props = append(props, "file="+escapeProperty(at.File))
		}
		if at.Line > 0 {
			props = append(props, fmt.Sprintf("line=%d,endLine=%d", at.Line, at.Line))
		}
	}
	if a.err != nil {
		locate(in.errorPlace(*a.err))
		head, lines := errorLines(*a.err)
		if len(lines) == 0 {
			return fmt.Sprintf("::error %s::%s", strings.Join(append(props, "title=cloudlint"), ","), escapeData(head))
		}
		return fmt.Sprintf("::error %s::%s", strings.Join(append(props, "title="+escapeProperty("cloudlint: "+head)), ","), escapeData(strings.Join(lines, "\n")))
	}
	level := map[rule.Severity]string{rule.Error: "error", rule.Warning: "warning", rule.Note: "notice"}[a.level]
	codes, text := a.text()
	first := a.findings[0]
	locate(first.Range)
	reg := region(in.sources, first.Range)
	if len(a.findings) == 1 && reg != nil && reg.StartColumn > 0 {
		props = append(props, fmt.Sprintf("col=%d,endColumn=%d", reg.StartColumn, reg.EndColumn))
	}
	props = append(props, "title="+escapeProperty("cloudlint "+strings.Join(codes, ", ")))
	return fmt.Sprintf("::%s %s::%s", level, strings.Join(props, ","), escapeData(strings.Join(text, "\n")))
}

// text returns the codes of the findings, and their messages and places, one a line.
func (a annotation) text() (codes, lines []string) {
	for _, f := range a.findings {
		if !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
		message := clean(f.Message)
		if len(a.findings) > 1 { // the title does not say which is which
			message = f.Code + ": " + message
		}
		lines = append(append(lines, message), places(f)...)
	}
	return codes, lines
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
	if f.Evidence != nil {
		lines = append(lines, "run: "+evidenceText(f.Evidence))
	}
	return lines
}

// escapeData escapes the text of a workflow command.
func escapeData(s string) string {
	return dataEscaper.Replace(neutral.Replace(s))
}

// escapeProperty escapes the value of a property of a workflow command.
func escapeProperty(s string) string {
	return propertyEscaper.Replace(neutral.Replace(s))
}

var (
	dataEscaper     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscaper = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// goPlace is how the problem matcher of actions/setup-go recognises a message: `^\s*(.+\.go):(?:(\d+):(\d+):)? (.*)`.
var goPlace = regexp.MustCompile(`\.go:(\d+:\d+:)? `)

// logLine returns a line for the log that is neither a command nor a compiler's message.
func logLine(s string) string {
	s = goPlace.ReplaceAllStringFunc(clean(s), func(m string) string {
		return strings.TrimSuffix(m, ": ") + " "
	})
	return notCommand(s)
}

// notCommand returns a line that does not begin as a workflow command.
func notCommand(line string) string {
	if t := strings.TrimSpace(line); strings.HasPrefix(t, "::") {
		return ". " + t
	}
	return line
}
