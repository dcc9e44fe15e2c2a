package render

import (
	"io"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// renderJSONLines prints each finding as one line, a JSON object as in the json format's "findings", and then one line
// with everything else of the report. Only findings have a "code", only the last line has "stats": a reader that has
// not seen it knows that the report was cut off.
func renderJSONLines(w io.Writer, in *Input) error {
	for i := range in.Findings {
		if err := encode(w, &in.Findings[i], ""); err != nil {
			return err
		}
	}
	last := struct {
		Version int             `json:"version"`
		Tool    finding.Tool    `json:"tool"`
		Root    string          `json:"root"`
		Errors  []finding.Error `json:"errors"`
		Stats   finding.Stats   `json:"stats"`
	}{in.Version, in.Tool, in.Root, in.Errors, in.Stats}
	if last.Errors == nil {
		last.Errors = []finding.Error{}
	}
	return encode(w, last, "")
}
