package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/reviewdog/reviewdog"
	"github.com/reviewdog/reviewdog/filter"
	"github.com/reviewdog/reviewdog/parser"
	"github.com/reviewdog/reviewdog/pathutil"
	"github.com/reviewdog/reviewdog/proto/rdf"
	"github.com/reviewdog/reviewdog/service/commentutil"
)

// reviewdog has reviewdog parse a report and keeps the comments that it would post.
func (r *report) reviewdog(file, format, out string) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	p, err := parser.New(&parser.Option{FormatName: format})
	if err != nil {
		return 0, err
	}
	diagnostics, err := p.Parse(f)
	if err != nil {
		return 0, err
	}
	pathutil.NormalizePathInResults(diagnostics, "/", "")
	var got []string
	suggestions := 0
	for i, d := range diagnostics {
		got = append(got, line(d, format))
		suggestions += min(len(d.GetSuggestions()), 1)
		comment := commentutil.MarkdownComment(&reviewdog.Comment{Result: &filter.FilteredDiagnostic{Diagnostic: d}})
		for _, l := range d.GetRelatedLocations() { // as service/github writes them
			comment += "\n<hr>\n\n" + l.GetMessage() + "\n"
		}
		name := filepath.Join(out, fmt.Sprintf("%s.%d.md", filepath.Base(file), i))
		if format == "rdjson" || format == "rdjsonl" {
			if err := os.WriteFile(name, []byte(comment), 0o666); err != nil {
				return 0, err
			}
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	want, fixes := r.lines(format, dir)
	if format != "checkstyle" && suggestions != fixes {
		return 0, fmt.Errorf("%d diagnostics with suggestions, want %d", suggestions, fixes)
	}
	return len(diagnostics), same(got, want)
}

// lines is what reviewdog should have got: a line for each diagnostic, and how many have a suggestion.
func (r *report) lines(format, dir string) (lines []string, fixes int) {
	for _, f := range r.Findings {
		path, message := f.File, f.Message
		if path != "" {
			path = filepath.ToSlash(filepath.Clean(path))
		}
		if format == "sarif" {
			if path == "" {
				continue // a notification, which reviewdog does not read
			}
			message, _, _ = strings.Cut(message, "\n") // has lines of its own; see line
			if filepath.IsAbs(path) {
				path, _ = filepath.Rel(dir, path) // as reviewdog does
			}
		}
		lines = append(lines, fmt.Sprintf("%s %s %q:%d %s", f.Severity, f.Code, path, f.Line, visible(message)))
		if f.Fix != nil && (format != "sarif" || inserts(&f)) {
			fixes++
		}
	}
	if format != "sarif" {
		for _, e := range r.Errors {
			lines = append(lines, fmt.Sprintf("error analysis-error %s", visible(e.Package)))
		}
	}
	return lines, fixes
}

// inserts reports whether a fix inserts something: reviewdog leaves out SARIF's deletions.
func inserts(f *finding) bool {
	for _, e := range f.Fix.Edits {
		if e.New != "" {
			return true
		}
	}
	return false
}

func line(d *rdf.Diagnostic, format string) string {
	code := d.GetCode().GetValue()
	if format == "checkstyle" {
		code = code[strings.LastIndexByte(code, '.')+1:]
	}
	severity := map[rdf.Severity]string{rdf.Severity_ERROR: "error", rdf.Severity_WARNING: "warning", rdf.Severity_INFO: "note"}[d.GetSeverity()]
	message, _, _ := strings.Cut(d.GetMessage(), "\n")
	if code == "analysis-error" {
		pkg, found := strings.CutSuffix(message, " was not analysed")
		if !found {
			pkg = ""
		}
		return fmt.Sprintf("%s %s %s", severity, code, visible(pkg))
	}
	return fmt.Sprintf("%s %s %q:%d %s", severity, code, d.GetLocation().GetPath(), d.GetLocation().GetRange().GetStart().GetLine(), visible(message))
}

// visible is what of a message must be the same: its letters and digits. Formats escape the rest, each in its own way.
func visible(message string) string {
	return strings.Join(strings.FieldsFunc(message, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
	}), " ")
}
