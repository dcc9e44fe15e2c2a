// Package modules fetches the real modules that cloudlint is measured and compared on, at pinned versions, into folders
// that may be written to.
package modules

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A Module is a line of modules.txt.
type Module struct {
	Name    string
	Source  string // a module path, an https address of a git repository, or a folder
	Subdir  string // in a git repository; empty: the whole
	Version string // or commit; empty for a folder
}

// Repository reports whether the module comes from a git repository, which no registry has.
func (m Module) Repository() bool { return strings.HasPrefix(m.Source, "https://") }

// Read reads a list of modules.
func Read(file string) ([]Module, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	return list, nil
}

func parse(r io.Reader) ([]Module, error) {
	var list []Module
	seen := make(map[string]bool)
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("%d: want a name and a source", n)
		}
		m := Module{Name: fields[0], Source: fields[1]}
		if seen[m.Name] {
			return nil, fmt.Errorf("%d: %s is there already", n, m.Name)
		}
		seen[m.Name] = true
		if !filepath.IsAbs(m.Source) {
			var found bool
			if m.Source, m.Version, found = strings.Cut(m.Source, "@"); !found || m.Version == "" {
				return nil, fmt.Errorf("%d: %s has no version", n, m.Source)
			}
		}
		if repo, subdir, found := strings.Cut(strings.TrimPrefix(m.Source, "https://"), "//"); found {
			m.Source, m.Subdir = "https://"+repo, subdir
		}
		list = append(list, m)
	}
	return list, lines.Err()
}

// Select returns the modules of the names, in their order.
func Select(list []Module, names []string) ([]Module, error) {
	var out []Module
next:
	for _, name := range names {
		for _, m := range list {
			if m.Name == name {
				out = append(out, m)
				continue next
			}
		}
		return nil, fmt.Errorf("%s is not in the list of modules", name)
	}
	return out, nil
}

// String is the module with its version, as in the list.
func (m Module) String() string {
	if m.Version == "" {
		return m.Source
	}
	source := m.Source
	if m.Subdir != "" {
		source += "//" + m.Subdir
	}
	return source + "@" + m.Version
}
