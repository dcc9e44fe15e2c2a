package app

import (
	"path/filepath"
	"slices"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// reroot returns a copy of the report whose files are named as the user in dir names them, for an editor's or a
// terminal's links: relative to dir where that is shorter, as the go command does. Programs read the report as it is,
// from whatever folder the run was started.
func reroot(r *finding.Report, dir string) *finding.Report {
	file := func(name string) string {
		if name == "" {
			return ""
		}
		abs := finding.Abs(r.Root, name)
		if rel, err := filepath.Rel(dir, abs); err == nil && len(rel) < len(abs) {
			return filepath.ToSlash(rel)
		}
		return filepath.ToSlash(abs)
	}
	c := *r
	c.Root = dir
	c.Findings = slices.Clone(r.Findings)
	for i := range c.Findings {
		f := &c.Findings[i]
		f.File = file(f.File)
		f.Related = slices.Clone(f.Related)
		for j := range f.Related {
			f.Related[j].File = file(f.Related[j].File)
		}
		f.Path = slices.Clone(f.Path)
		for j := range f.Path {
			f.Path[j].File = file(f.Path[j].File)
		}
		// Edits are for programs.
	}
	return &c
}
