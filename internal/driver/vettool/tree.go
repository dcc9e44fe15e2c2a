package vettool

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/token"
	"io"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
)

// The JSON of x/tools' unitchecker, which the go command turns into lines for people.
type (
	diagnostic struct {
		Category       string    `json:"category,omitempty"`
		Posn           string    `json:"posn"`
		End            string    `json:"end"`
		Message        string    `json:"message"`
		SuggestedFixes []fix     `json:"suggested_fixes,omitempty"`
		Related        []related `json:"related,omitempty"`
	}
	related struct {
		Posn    string `json:"posn"`
		End     string `json:"end"`
		Message string `json:"message"`
	}
	fix struct {
		Message string `json:"message"`
		Edits   []edit `json:"edits"`
	}
	edit struct {
		Filename string `json:"filename"`
		Start    int    `json:"start"`
		End      int    `json:"end"`
		New      string `json:"new"`
	}
	failure struct {
		Error string `json:"error"`
	}
)

// tree is the unit's findings by analyzer.
func tree(id string, fset *token.FileSet, results []unit.Result) map[string]any {
	analyzers := make(map[string]any)
	for _, r := range results {
		switch {
		case r.Err != nil:
			analyzers[r.Analyzer.Name] = failure{r.Err.Error()}
		case len(r.Diagnostics) > 0:
			list := make([]diagnostic, len(r.Diagnostics))
			for i, d := range r.Diagnostics {
				list[i] = encode(fset, d)
			}
			analyzers[r.Analyzer.Name] = list
		}
	}
	return map[string]any{id: analyzers}
}

func encode(fset *token.FileSet, d analysis.Diagnostic) diagnostic {
	out := diagnostic{
		Category: d.Category,
		Posn:     fset.Position(d.Pos).String(),
		End:      fset.Position(cmp.Or(d.End, d.Pos)).String(),
		Message:  d.Message,
	}
	for _, r := range d.Related {
		out.Related = append(out.Related, related{
			Posn:    fset.Position(r.Pos).String(),
			End:     fset.Position(cmp.Or(r.End, r.Pos)).String(),
			Message: r.Message,
		})
	}
	for _, f := range d.SuggestedFixes {
		if edits, ok := encodeEdits(fset, f.TextEdits); ok {
			out.SuggestedFixes = append(out.SuggestedFixes, fix{Message: f.Message, Edits: edits})
		}
	}
	return out
}

// encodeEdits returns the edits, unless they are in a file that a tool made of the user's: its offsets are not those of
// the file that positions name.
func encodeEdits(fset *token.FileSet, edits []analysis.TextEdit) (list []edit, ok bool) {
	for _, e := range edits {
		start, end := fset.PositionFor(e.Pos, false), fset.PositionFor(e.End, false)
		if fset.Position(e.Pos).Filename != start.Filename {
			return nil, false
		}
		list = append(list, edit{Filename: start.Filename, Start: start.Offset, End: end.Offset, New: string(e.NewText)})
	}
	return list, true
}

// writeJSON writes v to the file that the go command names, or to stdout before Go 1.26.
func writeJSON(c *config, stdout io.Writer, v any) error {
	data, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if c.Stdout != "" {
		return os.WriteFile(c.Stdout, data, 0o666)
	}
	_, err = stdout.Write(data)
	return err
}

// findings are lines for people, where the go command asks for no JSON.
type findings []string

func (f findings) Error() string { return strings.Join(f, "\n") }

func plain(fset *token.FileSet, results []unit.Result) findings {
	var lines findings
	for _, r := range results {
		if r.Err != nil {
			lines = append(lines, fmt.Sprintf("%s: %v", r.Analyzer.Name, r.Err))
		}
		for _, d := range r.Diagnostics {
			lines = append(lines, fmt.Sprintf("%s: %s", fset.Position(d.Pos), d.Message))
			for _, rel := range d.Related {
				lines = append(lines, fmt.Sprintf("%s: \t%s", fset.Position(rel.Pos), rel.Message))
			}
		}
	}
	return lines
}
