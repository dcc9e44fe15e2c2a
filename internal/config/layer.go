package config

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudlint/cloudlint/internal/declare"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A layer is what one file says.
type layer struct {
	file string // absolute
	base string // the folder that its patterns are relative to

	version         int
	extends         item[string]
	preview         item[bool]
	failOn          item[string]
	enable, disable []item[string]
	severity        []entry[string]
	tests           []item[string]
	exclude         []item[string]
	overrides       []item[override]
	options         []setting
	exits, inside   []item[string]
	baseline        item[string]
	models          models
}

// An override changes, for some paths, what is on and how severe it is.
type override struct {
	paths           []item[string]
	enable, disable []item[string]
	severity        []entry[string]
}

// layerTyp is the table of all keys of a file, from which decoder and schema are made.
func layerTyp(words *vocabulary, options []option) typ[layer] {
	selectors := list("rules, analyzers, families or maturities", words.typ())
	severity := enum("severity", severities())
	severityOf := table("rule, analyzer, family or maturity", words.names, severity)
	globs := list("patterns", text("a pattern of paths", `^[^!{}\\][^{}\\]*$`, func(s string) error {
		_, err := parseGlob(s)
		return err
	}))

	overrides := object("key of an override", []field[override]{
		required(bind("paths", "Patterns of the files that this override is for.", filled(globs),
			func(o *override, v []item[string], _ origin) { o.paths = v })),
		bind("enable", "Rules to turn on for these files.", selectors,
			func(o *override, v []item[string], _ origin) { o.enable = v }),
		bind("disable", "Rules to turn off for these files.", selectors,
			func(o *override, v []item[string], _ origin) { o.disable = v }),
		bind("severity", "Severities for these files.", severityOf,
			func(o *override, v []entry[string], _ origin) { o.severity = v }),
	})

	return object("key", []field[layer]{
		required(bind("version", "The version of this format: 1.", version(),
			func(l *layer, v int, _ origin) { l.version = v })),
		bind("extends", "A configuration file to start from, relative to this one. Lists add up; what this file says about a rule or an option wins.",
			file(),
			func(l *layer, v string, at origin) { l.extends = item[string]{v, at} }),
		bind("preview", "Also run the rules that are not stable yet.", boolean(),
			func(l *layer, v bool, at origin) { l.preview = item[bool]{v, at} }),
		bind("fail-on", "The least severity that makes the command fail.", severity,
			func(l *layer, v string, at origin) { l.failOn = item[string]{v, at} }),
		bind("enable", "Rules to turn on: codes, prefixes of codes, names, analyzers, families, maturities or all. The narrower selector wins, and disable where both name the same.", selectors,
			func(l *layer, v []item[string], _ origin) { l.enable = v }),
		bind("disable", "Rules to turn off, as in enable.", selectors,
			func(l *layer, v []item[string], _ origin) { l.disable = v }),
		bind("severity", "Severities by selector. A finding that is milder than its rule stays milder.", severityOf,
			func(l *layer, v []entry[string], _ origin) { l.severity = v }),
		bind("tests", "Rules whose findings in _test.go files are reported too.", selectors,
			func(l *layer, v []item[string], _ origin) { l.tests = v }),
		bind("exclude", "Patterns of files without findings. They are analysed all the same, because others depend on them.", globs,
			func(l *layer, v []item[string], _ origin) { l.exclude = v }),
		bind("overrides", "What is different for some paths. Later overrides win.", list("overrides", overrides),
			func(l *layer, v []item[override], _ origin) { l.overrides = v }),
		bind("options", "Options of the analyzers.", optionsTyp(options),
			func(l *layer, v []setting, _ origin) { l.options = v }),
		bind("exits", "Functions that never return, as example.com/log.Fatal or (*example.com/log.Logger).Fatal.",
			list("functions", text("a function", declare.FunctionPattern, declare.Function)),
			func(l *layer, v []item[string], _ origin) { l.exits = v }),
		bind("inside", "Import paths of your own libraries, which are analysed as if they were part of the module. A final /... stands for all packages below.",
			list("import paths", text("an import path", `^[^\s,*\\./][^\s,*\\]*$`, importPattern)),
			func(l *layer, v []item[string], _ origin) { l.inside = v }),
		bind("baseline", "The baseline of the module, relative to the module's root, if it is not .cloudlint-baseline.",
			text("the path of a file", "", inModule),
			func(l *layer, v string, at origin) { l.baseline = item[string]{v, at} }),
		bind("models", "What the analyzers cannot see of libraries that are not analysed: which calls wait for a peer, which bound themselves.", modelsTyp(),
			func(l *layer, v models, _ origin) { l.models = v }),
	})
}

func severities() []string {
	var words []string
	for _, s := range rule.Severities() {
		words = append(words, string(s))
	}
	return words
}

// version is the number 1.
func version() typ[int] {
	return typ[int]{map[string]any{"type": "integer", "const": 1}, func(d *decoder, n *yaml.Node) int {
		s, ok := d.scalar(n, "!!int", "the number 1")
		if v, err := strconv.Atoi(s); ok && (err != nil || v != 1) {
			d.errorf(n, "this cloudlint reads version 1 of the format, not %s", clip(s))
		}
		return 1
	}}
}

// file is the path of a local file.
func file() typ[string] {
	t := text("the path of a file", "", localPath)
	t.schema["not"] = map[string]any{"pattern": "://"}
	return t
}

func localPath(s string) error {
	if strings.Contains(s, "://") {
		return errors.New("only local files can be extended")
	}
	return nil
}

// inModule says what is wrong with the path of a file in a module.
func inModule(s string) error {
	if !filepath.IsLocal(filepath.FromSlash(s)) || filepath.Clean(s) == "." {
		return errors.New("want a file in the module, by its path from the module's root")
	}
	return nil
}

func importPattern(s string) error {
	rest := strings.TrimSuffix(s, "/...")
	switch {
	case filepath.IsAbs(s) || strings.HasPrefix(s, ".") || strings.HasPrefix(s, "/"):
		return errors.New("want an import path, not a folder")
	case strings.Contains(rest, "...") || strings.Contains(rest, "*"):
		return errors.New("only a final /... has a meaning")
	case strings.ContainsAny(s, `,\`) || strings.ContainsFunc(s, declare.IsSpace):
		return errors.New("this is no import path")
	}
	return nil
}
