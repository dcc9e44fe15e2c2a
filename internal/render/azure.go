package render

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// renderAzure prints logging commands, which Azure Pipelines shows on the page of the run, then a list for the reader of
// the log. It has no notes: they are warnings.
//
// The agent takes "##vso[" anywhere in a line for a command (azure-pipelines-agent, Command.cs), and shows ten errors
// and ten warnings of a step.
func renderAzure(out io.Writer, in *Input) error {
	w := bufio.NewWriter(out)
	all := annotations(in)
	for i := range all {
		if all[i].level != rule.Error {
			all[i].level = rule.Warning
		}
	}
	shown, more := choose(all, rule.Warning)
	for _, a := range shown {
		fmt.Fprintln(w, a.azure(in))
	}
	if more > 0 {
		fmt.Fprintf(w, "##vso[task.logissue type=warning;]cloudlint: %d more: see the step's log\n", more)
	}
	writeLog(w, in, "##[group]", "##[endgroup]")
	return w.Flush()
}

// azure returns the logging command of an annotation.
func (a annotation) azure(in *Input) string {
	var b strings.Builder
	property := func(name, value string) { fmt.Fprintf(&b, "%s=%s;", name, azureProperty.Replace(value)) }
	locate := func(at finding.Range) {
		if at.File != "" {
			property("sourcepath", absolute(in.Root, clean(at.File)))
		}
		if at.File != "" && at.Line > 0 {
			property("linenumber", fmt.Sprint(at.Line))
		}
	}
	property("type", string(a.level))
	if a.err != nil {
		locate(in.errorPlace(*a.err))
		head, lines := errorLines(*a.err)
		return fmt.Sprintf("##vso[task.logissue %s]%s", b.String(), azureData.Replace(strings.Join(append([]string{"cloudlint: " + head}, lines...), "\n")))
	}
	codes, text := a.text()
	first := a.findings[0].Range
	locate(first)
	if reg := region(in.sources, first); len(a.findings) == 1 && reg != nil && reg.StartColumn > 0 {
		property("columnnumber", fmt.Sprint(reg.StartColumn))
	}
	property("code", strings.Join(codes, ", "))
	return fmt.Sprintf("##vso[task.logissue %s]%s", b.String(), azureData.Replace(strings.Join(text, "\n")))
}

// absolute returns a report's file as the agent looks for it.
func absolute(root, file string) string {
	if path.IsAbs(file) || filepath.IsAbs(file) {
		return file
	}
	return path.Join(cmp.Or(filepath.ToSlash(root), "."), file)
}

// The agent turns %AZP25 into % after all others.
var (
	azureData     = strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A")
	azureProperty = strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", "]", "%5D", ";", "%3B")
)
