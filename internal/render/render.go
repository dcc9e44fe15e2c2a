// Package render prints a report: one file per format behind one small type, Renderer. It decides how findings look,
// never which there are: the order and the selection are the report's.
//
// A new format is a file with a Renderer and a row in Formats.
package render

import (
	"io"
	"slices"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A Renderer prints a report in one format. A report without findings is printed as a valid, empty one.
type Renderer func(w io.Writer, in *Input) error

// A Format is a way to print a report.
type Format struct {
	Name   string
	Doc    string // what it is for, in one line
	Render Renderer
}

// Statistics reports whether the format shows finding.Stats.Counts.
func (f Format) Statistics() bool { return f.Name == "text" || f.Name == "json" || f.Name == "jsonl" }

// OverTime reports whether the format shows finding.Evidence.OverTime.
func (f Format) OverTime() bool { return f.Name == "html" || f.Name == "json" || f.Name == "jsonl" }

// Formats lists all formats, the default one first.
func Formats() []Format {
	return []Format{
		{"text", "for people: code frames on a terminal, file:line:col lines elsewhere", renderText},
		{"json", "one JSON object, described by cloudlint's JSON schema", renderJSON},
		{"jsonl", "one finding a line, then one line with the errors and statistics", renderJSONLines},
		{"sarif", "SARIF 2.1.0, as GitHub code scanning and IDEs read it", renderSARIF},
		{"github", "annotations and the step summary of GitHub Actions", renderGitHub},
		{"gitlab", "GitLab's Code Quality report", renderGitLab},
		{"rdjson", "reviewdog's diagnostic format: one JSON object", renderRDJSON},
		{"rdjsonl", "reviewdog's diagnostic format: one diagnostic a line", renderRDJSONLines},
		{"checkstyle", "Checkstyle's XML, as Jenkins and many others read it", renderCheckstyle},
		{"junit", "JUnit's XML: each finding a failed test", renderJUnit},
		{"teamcity", "inspections of TeamCity, by service messages", renderTeamCity},
		{"azure", "errors and warnings of Azure Pipelines, by logging commands", renderAzure},
		{"markdown", "a table for a comment on a change", renderMarkdown},
		{"html", "one page for people: frames, fixes as differences, filters and search, without a network", renderHTML},
	}
}

// Lookup returns the format with the name.
func Lookup(name string) (Format, bool) {
	i := slices.IndexFunc(Formats(), func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats()[i], true
}

// Options are what a report cannot say about how it is to be printed.
type Options struct {
	// Rules are the rules that can be reported, for formats that describe them.
	Rules rule.Catalogue
	// Dir is the working directory, if it is not the report's root: errors name files relative to it.
	Dir string
	// ReadFile returns the contents of a file that the report names (finding.Range.File). Nil reads the disk.
	ReadFile func(file string) ([]byte, error)
	// Terminal is for text that goes to standard output.
	Terminal Terminal
	// StepSummary receives the Markdown summary of the github format. It may be nil.
	StepSummary io.Writer
	// SourceURL, if not empty, is the address to which Markdown appends a file's path: it ends in a slash.
	SourceURL string
	// Category tells SARIF logs of one commit apart, say of several modules or platforms.
	Category string
}

// Input is what a Renderer works on.
type Input struct {
	*finding.Report
	Options
	sources *sources
}

// NewInput prepares a report for renderers. Several may print the same input, one after the other.
func NewInput(r *finding.Report, o Options) *Input {
	if o.ReadFile == nil {
		o.ReadFile = DiskReader(r.Root)
	}
	return &Input{Report: r, Options: o, sources: newSources(o.ReadFile)}
}

// of returns what a format prints: findings that the baseline knows are for programs that tell them from the others.
func (in *Input) of(f Format) *Input {
	switch f.Name {
	case "json", "jsonl", "sarif":
		return in
	}
	fresh := *in
	fresh.Report = in.Fresh()
	return &fresh
}

// steps returns the numbered events of a finding and the related places that are not among them. The path's steps are
// also related places; nobody wants to read them twice.
func steps(f *finding.Finding) (path []finding.Step, others []finding.Related) {
	for _, r := range f.Related {
		if !slices.ContainsFunc(f.Path, func(s finding.Step) bool { return s.Range == r.Range && s.Message == r.Message }) {
			others = append(others, r)
		}
	}
	return f.Path, others
}

// goroutines counts the goroutines that take part in a path.
func goroutines(path []finding.Step) int {
	seen := make(map[int]bool)
	for _, s := range path {
		seen[s.Goroutine] = true
	}
	return len(seen)
}

// bySeverity returns the findings, most severe first and otherwise in the report's order.
func bySeverity(findings []finding.Finding) []*finding.Finding {
	sorted := make([]*finding.Finding, len(findings))
	for i := range findings {
		sorted[i] = &findings[i]
	}
	slices.SortStableFunc(sorted, func(a, b *finding.Finding) int { return a.Severity.Compare(b.Severity) })
	return sorted
}
