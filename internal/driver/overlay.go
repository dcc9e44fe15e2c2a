package driver

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/overlayfile"
)

// An overlay replaces files for the go command, as `go build -overlay` describes it.
type overlay struct {
	replace map[string]string // absolute names; replacement "": there is no such file
	// originals names for each replacement the file that the user thinks of.
	originals map[string]string
}

// readOverlay reads the user's overlay file, whose names are relative to dir. Replacements of Go files get copies in tmp
// that are named as what they replace, because positions in records are relative to the package: they name a
// replacement by its base name only.
func readOverlay(file, dir, tmp string) (*overlay, error) {
	o := &overlay{replace: make(map[string]string), originals: make(map[string]string)}
	if file == "" {
		return o, nil
	}
	replace, err := overlayfile.Read(file, dir)
	if err != nil {
		return nil, &UsageError{fmt.Sprintf("the overlay cannot be read: %v", err)}
	}
	for from, to := range replace {
		if to != "" {
			if strings.HasSuffix(from, ".go") {
				if to, err = copyAs(to, filepath.Join(tmp, "overlay", strconv.Itoa(len(o.originals))), filepath.Base(from)); err != nil {
					return nil, &UsageError{fmt.Sprintf("the overlay %s cannot be followed: %v", file, err)}
				}
			}
			o.originals[to] = from
		}
		o.replace[from] = to
	}
	return o, nil
}

// isFile reports whether there is a regular file of that name, a folder not being one, under the overlay.
func (o *overlay) isFile(name string) bool {
	if to, ok := o.replace[name]; ok {
		return to != ""
	}
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// goFiles returns the Go files of a folder under the overlay.
func (o *overlay) goFiles(dir string) []string {
	names, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	names = slices.DeleteFunc(names, func(name string) bool { _, ok := o.replace[name]; return ok })
	for name, to := range o.replace {
		if to != "" && filepath.Dir(name) == dir && strings.HasSuffix(name, ".go") {
			names = append(names, name)
		}
	}
	return names
}

// addsFolders reports whether there are Go files in folders that exist in the overlay only.
func (o *overlay) addsFolders() bool {
	for name, to := range o.replace {
		if to != "" && strings.HasSuffix(name, ".go") && !isDir(filepath.Dir(name)) {
			return true
		}
	}
	return false
}

func copyAs(file, dir, base string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	to := filepath.Join(dir, base)
	return to, os.WriteFile(to, data, 0o600)
}

// write writes an overlay file for go that also takes the deleted files away, and returns its name, or "" if nothing is
// replaced.
func (o *overlay) write(file string, deleted []string) (string, error) {
	if len(o.replace)+len(deleted) == 0 {
		return "", nil
	}
	replace := maps.Clone(o.replace)
	for _, name := range deleted {
		replace[name] = ""
	}
	return file, overlayfile.Write(file, replace)
}
