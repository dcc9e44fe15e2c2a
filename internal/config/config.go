// Package config reads the configuration of a module, .cloudlint.yml, and answers what it means: which rules are on
// where, how severe their findings are, and what the analyzers have to know.
//
//	version: 1
//	extends: ../base.yml
//	enable: [preview]
//	disable: [CL2003, poolbounds]
//	severity:
//	  timeouts: error
//	exclude:
//	  - third_party
//	  - "*.pb.go"
//	overrides:
//	  - paths: [cmd/tools/**]
//	    disable: [serverdeadline]
//	options:
//	  clientdeadline:
//	    cli: true
//	exits: [example.com/log.Fatal]
//	inside: [corp.example/platform/...]
//	models:
//	  bounded: [corp.example/db.Client]
//
// What wins. Defaults are below files, a file is above the one that it extends, and flags are on top. Within one of
// these, the narrower selector wins (a rule, an analyzer, a longer prefix of codes, a shorter one, a family, a maturity,
// all), and disable wins over enable for the same selector, so that "disable: [all], enable: [CL2001]" runs one rule and
// "enable: [all], disable: [CL2]" all but some. Overrides come after that, in their order. What a flag turns off stays
// off everywhere.
//
// Lists add up over the files of a chain: the patterns of exclude, overrides, exits, inside, tests, models. Single values, which
// are preview, fail-on, each severity and each option, are replaced.
//
// Patterns of paths (see glob) are relative to the folder of the file that they stand in, or to the module's root
// where the module does not lie in that folder, as with a shared file in ../config.
package config

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// Known is what a configuration can name.
type Known struct {
	Rules rule.Catalogue
	// Analyzers have the options as flags. They are only read.
	Analyzers []*analysis.Analyzer
	// CommonFlags are the names of flags that every analyzer has, which are not options of one analyzer.
	CommonFlags []string
}

// Flags are what the command line says on top of the file.
type Flags struct {
	Enable, Disable []string // selectors, in whatever case
	Only            []string // nothing else runs
	Preview         bool
	FailOn          string
}

// A Config is the effective configuration of one module.
type Config struct {
	moduleDir string
	known     Known
	words     *vocabulary
	options   []option
	typ       typ[layer]
	read      func(name string) ([]byte, error)

	layers []layer // in the order in which they apply
	flags  struct {
		enable, disable, only []item[string]
		preview               bool
		failOn                rule.Severity
	}

	excludes  []pathSet
	overrides []pathOverride
}

// A pathSet is a list of patterns that are relative to one folder.
type pathSet struct {
	base  string
	globs []glob
}

// A pathOverride is an override with its patterns compiled.
type pathOverride struct {
	pathSet
	override
}

func newConfig(moduleDir string, known Known) *Config {
	c := &Config{moduleDir: moduleDir, known: known, words: newVocabulary(known.Rules), options: known.options(), read: ReadFile}
	c.typ = layerTyp(c.words, c.options)
	return c
}

// compile prepares the patterns. All of them are known to be well-formed.
func (c *Config) compile() {
	set := func(base string, list []item[string]) pathSet {
		s := pathSet{base: base}
		for _, it := range list {
			if g, err := parseGlob(it.value); err == nil {
				s.globs = append(s.globs, g)
			}
		}
		return s
	}
	for _, l := range c.layers {
		if len(l.exclude) > 0 {
			c.excludes = append(c.excludes, set(l.base, l.exclude))
		}
		for _, o := range l.overrides {
			c.overrides = append(c.overrides, pathOverride{set(l.base, o.value.paths), o.value})
		}
	}
}

func (s pathSet) match(file string) bool {
	rel, ok := paths.Below(s.base, filepath.FromSlash(file))
	if !ok {
		return false
	}
	rel = filepath.ToSlash(rel)
	return slices.ContainsFunc(s.globs, func(g glob) bool { return g.match(rel) })
}

// Files returns the configuration files that were read, the nearest one first.
func (c *Config) Files() []string {
	var files []string
	for _, l := range slices.Backward(c.layers) {
		files = append(files, l.file)
	}
	return files
}

// FailOn returns the least severity that makes the command fail.
func (c *Config) FailOn() rule.Severity {
	s, _ := c.failOn()
	return s
}

func (c *Config) failOn() (rule.Severity, origin) {
	if c.flags.failOn != "" {
		return c.flags.failOn, origin{file: "--fail-on"}
	}
	for _, l := range slices.Backward(c.layers) {
		if l.failOn.at.set() {
			return rule.Severity(l.failOn.value), l.failOn.at
		}
	}
	return rule.Warning, origin{}
}

// Baseline returns the path of the module's baseline that a file names, and where, or nothing.
func (c *Config) Baseline() (path, where string) {
	b := c.baseline()
	if !b.at.set() {
		return "", ""
	}
	return filepath.Join(c.moduleDir, filepath.FromSlash(b.value)), c.comment(b.at)
}

func (c *Config) baseline() item[string] {
	for _, l := range slices.Backward(c.layers) {
		if l.baseline.at.set() {
			return l.baseline
		}
	}
	return item[string]{}
}

func (c *Config) preview() (bool, origin) {
	if c.flags.preview {
		return true, origin{file: "--preview"}
	}
	for _, l := range slices.Backward(c.layers) {
		if l.preview.at.set() {
			return l.preview.value, l.preview.at
		}
	}
	return false, origin{}
}

// short returns a file's name relative to the module's root where that is shorter.
func (c *Config) short(file string) string {
	if rel, err := filepath.Rel(c.moduleDir, file); err == nil && len(rel) < len(file) {
		return rel
	}
	return file
}

// sortedUnion returns the values of all layers, sorted and without duplicates; of these the nearest file's stays.
func (c *Config) sortedUnion(list func(layer) []item[string]) []item[string] {
	var all []item[string]
	for _, l := range slices.Backward(c.layers) {
		all = append(all, list(l)...)
	}
	slices.SortStableFunc(all, func(a, b item[string]) int { return cmp.Compare(a.value, b.value) })
	return slices.CompactFunc(all, func(a, b item[string]) bool { return a.value == b.value })
}

func values(list []item[string]) []string {
	var vs []string
	for _, it := range list {
		vs = append(vs, it.value)
	}
	return vs
}

func joined(list []item[string]) string { return strings.Join(values(list), ",") }
