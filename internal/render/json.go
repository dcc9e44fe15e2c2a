package render

import (
	"encoding/json"
	"io"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// renderJSON prints the report as one object, as finding.Schema describes it.
func renderJSON(w io.Writer, in *Input) error {
	r := *in.Report
	if r.Findings == nil {
		r.Findings = []finding.Finding{}
	}
	if r.Errors == nil {
		r.Errors = []finding.Error{}
	}
	return encode(w, &r, "  ")
}

// encode writes v as JSON and a line end. Source text is left readable: "a < b", not "a \u003c b".
func encode(w io.Writer, v any, indent string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}
