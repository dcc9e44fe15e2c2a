package vettool

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"go/version"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// A config is the vet.cfg file of the go command, version 1.26 and 1.27.
type config struct {
	ID           string // shown to people
	Compiler     string
	Dir          string // the package's folder
	ImportPath   string // x_test for an external test; no suffix for other test variants
	GoVersion    string // of the module: "go1.26.0"
	GoFiles      []string
	NonGoFiles   []string
	IgnoredFiles []string

	ModulePath, ModuleVersion string           // Go 1.26
	Module                    *analysis.Module // Go 1.27

	ImportMap   map[string]string // import path as written: package path
	PackageFile map[string]string // package path: file with export data
	PackageVetx map[string]string // package path: file with facts

	VetxOnly   bool   // a dependency: nobody asked for its findings
	VetxOutput string // where facts go
	Stdout     string // where findings go

	SucceedOnTypecheckFailure bool
}

func readConfig(name string) (*config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	c := new(config)
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(c.GoFiles) == 0 {
		return nil, fmt.Errorf("package %s has no Go files", c.ImportPath)
	}
	return c, nil
}

// inside reports whether the unit is one to analyse.
func (c *config) inside(patterns []string) bool {
	if c.ImportPath == "command-line-arguments" {
		return true // the user named the files
	}
	if len(patterns) > 0 {
		path := strings.TrimSuffix(c.ImportPath, "_test")
		return slices.ContainsFunc(patterns, func(p string) bool { return wire.MatchPath(p, path) || wire.MatchPath(p, c.ImportPath) })
	}
	if c.Module != nil {
		return c.Module.Main
	}
	// A dependency has a version, also where vendored or replaced by a folder; the standard library has no module.
	return c.ModulePath != "" && c.ModuleVersion == ""
}

// main returns the patterns of the packages to analyse, where there are none those of the unit's module, which is one of
// the user's.
func (c *config) main(patterns []string) []string {
	if m := c.module(); len(patterns) == 0 && m != nil {
		return []string{m.Path + "/..."}
	}
	return patterns
}

// module returns what is known of the unit's module, or nil.
func (c *config) module() *analysis.Module {
	switch {
	case c.Module != nil:
		m := *c.Module
		m.GoVersion = cmp.Or(c.GoVersion, m.GoVersion)
		return &m
	case c.ModulePath != "":
		return &analysis.Module{Path: c.ModulePath, Version: c.ModuleVersion, Main: c.ModuleVersion == "", GoVersion: c.GoVersion}
	}
	return nil
}

// repeatable reports whether the go command tells a unit that is only a dependency from the same unit with findings in
// the key of its cache. Before Go 1.26.11 it does not: what a unit printed as a dependency is what is replayed when its
// package is named, so that a silent dependency would lose its findings. The version stands in the export data.
func (c *config) repeatable() bool {
	for _, path := range slices.Sorted(maps.Keys(c.PackageFile)) {
		if v := compilerVersion(c.PackageFile[path]); v != "" {
			return version.Compare(v, "go1.26.11") >= 0
		}
	}
	return false
}

// compilerVersion returns the version in the header of export data: "go object linux amd64 go1.26.8 ...".
func compilerVersion(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for range 3 {
		if !lines.Scan() {
			break
		}
		if rest, ok := strings.CutPrefix(lines.Text(), "go object "); ok {
			if fields := strings.Fields(rest); len(fields) > 2 && version.IsValid(fields[2]) {
				return fields[2]
			}
		}
	}
	return ""
}
