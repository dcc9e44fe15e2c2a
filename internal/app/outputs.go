package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/render"
)

// An output is a report in one format at one place.
type output struct {
	format render.Format
	file   string // absolute; empty: standard output
}

// parseOutputs reads the values of --format: FORMAT, or FORMAT=FILE with a file relative to dir.
func parseOutputs(specs []string, dir string) ([]output, error) {
	var outputs []output
	used := make(map[string]string)
	for _, spec := range specs {
		name, file, _ := strings.Cut(spec, "=")
		format, ok := render.Lookup(name)
		if !ok {
			return nil, Usagef("--format %s: there is no format %q; there are %s", spec, name, strings.Join(FormatNames(), ", "))
		}
		if file == "-" {
			file = ""
		}
		where := "standard output"
		if file != "" {
			if !filepath.IsAbs(file) {
				file = filepath.Join(dir, file)
			}
			where = file
			// Found out now, not after minutes of analysis.
			if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
				return nil, Usagef("--format %s: there is no folder %s", spec, filepath.Dir(file))
			}
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				return nil, Usagef("--format %s: %s is a folder", spec, file)
			}
		}
		if other, dup := used[where]; dup {
			return nil, Usagef("--format %s and --format %s both write to %s; give one of them a file: %s=FILE", other, spec, where, name)
		}
		used[where] = spec
		outputs = append(outputs, output{format, file})
	}
	return outputs, nil
}

// withoutText leaves out what is only for people.
func withoutText(outputs []output) []output {
	return slices.DeleteFunc(slices.Clone(outputs), func(o output) bool { return o.format.Name == "text" })
}
