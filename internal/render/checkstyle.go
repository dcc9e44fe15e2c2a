package render

import (
	"encoding/xml"
	"io"

	"github.com/cloudlint/cloudlint/internal/rule"
)

type checkstyleReport struct {
	XMLName xml.Name          `xml:"checkstyle"`
	Version string            `xml:"version,attr"` // of the format
	Files   []*checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"` // Jenkins makes a category and a type of its last two parts
}

// renderCheckstyle prints a report in the format of Checkstyle. Columns count bytes. Jenkins shows messages as HTML,
// reviewdog as Markdown.
func renderCheckstyle(w io.Writer, in *Input) error {
	report := checkstyleReport{Version: "5.0"}
	files := make(map[string]*checkstyleFile)
	for _, it := range in.items() {
		file := files[it.file()]
		if file == nil {
			file = &checkstyleFile{Name: it.file()}
			files[it.file()] = file
			report.Files = append(report.Files, file)
		}
		file.Errors = append(file.Errors, checkstyleError{
			Line:     it.at.Line,
			Column:   it.at.Column,
			Severity: map[rule.Severity]string{rule.Error: "error", rule.Warning: "warning", rule.Note: "info"}[it.severity],
			Message:  inert(it.text("\n")),
			Source:   in.Tool.Name + "." + it.category + "." + it.code,
		})
	}
	return encodeXML(w, report)
}

// encodeXML writes v as an XML document. What XML cannot express (control characters, invalid UTF-8) becomes U+FFFD.
func encodeXML(w io.Writer, v any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
