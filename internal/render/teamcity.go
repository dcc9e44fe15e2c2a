package render

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// TeamCity's limits on the values of inspections, in characters.
const (
	teamcityName = 255
	teamcityText = 4000
)

// renderTeamCity prints service messages: an inspection type for each rule that has findings, then the inspections.
// What has no file, which an inspection must have, and what could not be analysed goes to the build log.
func renderTeamCity(out io.Writer, in *Input) error {
	w := bufio.NewWriter(out)
	described := make(map[string]bool)
	for _, it := range in.items() {
		if it.finding == nil {
			details := ""
			if len(it.more) > 0 {
				details = within(it.more, teamcityText)
			}
			serviceMessage(w, "message", "text", shorten("cloudlint: "+it.message, teamcityText), "errorDetails", details, "status", "ERROR")
			continue
		}
		if it.at.File == "" {
			status := map[rule.Severity]string{rule.Error: "ERROR", rule.Warning: "WARNING", rule.Note: "NORMAL"}[it.severity]
			serviceMessage(w, "message", "text", within(append([]string{"cloudlint: " + it.code + ": " + it.message}, it.more...), teamcityText), "status", status)
			continue
		}
		id := shorten(it.code, teamcityName)
		if !described[id] {
			described[id] = true
			description := it.name
			if r := in.Rules.Lookup(it.code); r != nil {
				description = r.Doc.Title
			}
			serviceMessage(w, "inspectionType", "id", id, "name", shorten(it.code+" "+it.name, teamcityName),
				"category", shorten("cloudlint "+it.category, teamcityName), "description", shorten(inert(description), teamcityText))
		}
		lines := it.lines()
		for i := range lines {
			lines[i] = inert(lines[i])
		}
		args := []string{"typeId", id, "message", within(lines, teamcityText), "file", shorten(it.at.File, teamcityText)}
		if it.at.Line > 0 {
			args = append(args, "line", strconv.Itoa(it.at.Line))
		}
		severity := map[rule.Severity]string{rule.Error: "ERROR", rule.Warning: "WARNING", rule.Note: "INFO"}[it.severity]
		serviceMessage(w, "inspection", append(args, "SEVERITY", severity)...)
	}
	return w.Flush()
}

// serviceMessage prints a service message with attributes: names, each with its value. Empty ones are left out.
func serviceMessage(w io.Writer, name string, attributes ...string) {
	var b strings.Builder
	for i := 0; i < len(attributes); i += 2 {
		if value := attributes[i+1]; value != "" {
			fmt.Fprintf(&b, " %s='%s'", attributes[i], escapeTeamCity(value))
		}
	}
	fmt.Fprintf(w, "##teamcity[%s%s]\n", name, b.String())
}

// escapeTeamCity escapes a value of a service message. The result is printable ASCII, whatever encoding the agent reads
// the output in.
func escapeTeamCity(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString("|n")
		case r == '\r':
			b.WriteString("|r")
		case strings.ContainsRune("|'[]", r):
			b.WriteByte('|')
			b.WriteRune(r)
		case ' ' <= r && r <= '~':
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "|0x%04X", unit)
			}
		}
	}
	return b.String()
}
