// Package overlayfile reads and writes the files by which the go command takes the contents of files from elsewhere, as
// `go build -overlay` describes them.
package overlayfile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// contents are those of an overlay file.
type contents struct{ Replace map[string]string }

// Read returns which file replaces which. All names are absolute; of a file that is to be gone, the replacement is empty.
// Names in the file are relative to dir, and so is the file's own. Without a name nothing is replaced.
func Read(file, dir string) (map[string]string, error) {
	replace := make(map[string]string)
	if file == "" {
		return replace, nil
	}
	abs := func(name string) string {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		return filepath.Clean(name)
	}
	data, err := os.ReadFile(abs(file))
	if err != nil {
		return nil, err
	}
	var c contents
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for from, to := range c.Replace {
		if to != "" {
			to = abs(to)
		}
		replace[abs(from)] = to
	}
	return replace, nil
}

// Write writes an overlay file.
func Write(file string, replace map[string]string) error {
	data, err := json.Marshal(contents{replace})
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}
