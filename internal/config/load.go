package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/rule"
)

const (
	// MaxSize is the most bytes that a file can have.
	MaxSize = 1 << 20

	maxChain = 16 // files that extend each other
)

// Load returns the configuration of the module with the root moduleDir: that of the file, or without one, of the file
// that Find finds; defaults where there is none. Flags go on top. An error is an Errors with all mistakes.
func Load(moduleDir, gitRoot, file string, known Known, flags Flags) (*Config, error) {
	c := newConfig(moduleDir, known)
	if file == "" {
		found, err := Find(moduleDir, gitRoot)
		if err != nil {
			return nil, err
		}
		file = found
	}
	var errs Errors
	if file != "" {
		abs, err := filepath.Abs(file)
		if err != nil {
			return nil, Errors{{File: file, Message: err.Error()}}
		}
		c.layers = c.chain(abs, origin{}, nil, &errs)
	}
	errs = errs.sorted()
	errs = append(errs, c.override(flags)...)
	if len(errs) > 0 {
		return nil, errs
	}
	c.compile()
	return c, nil
}

// Default returns the configuration of a module without a file and flags.
func Default(moduleDir string, known Known) *Config {
	c := newConfig(moduleDir, known)
	c.compile()
	return c
}

// FormerBaseline returns the path of the baseline that a configuration of other days names, or nothing. read returns its
// files, with fs.ErrNotExist where there is none; file is as for Load. Mistakes are passed over: they may be words of
// another version of cloudlint, and nobody can mend them there.
func FormerBaseline(moduleDir, gitRoot, file string, known Known, read func(name string) ([]byte, error)) string {
	c := newConfig(moduleDir, known)
	c.read = read
	files := []string{file}
	if file == "" {
		files = nil
		for _, dir := range searched(moduleDir, gitRoot) {
			for _, name := range fileNames() {
				files = append(files, filepath.Join(dir, name))
			}
		}
	}
	for _, file := range files {
		if _, err := read(file); err == nil {
			var errs Errors
			c.layers = c.chain(file, origin{}, nil, &errs)
			path, _ := c.Baseline()
			return path
		}
	}
	return ""
}

// chain reads a file and those that it extends, and returns them in the order in which they apply. from is the place
// that names the file, open are the files that lead to it.
func (c *Config) chain(file string, from origin, open []string, errs *Errors) []layer {
	fail := func(format string, args ...any) []layer {
		e := Error{File: file, Message: fmt.Sprintf(format, args...)}
		if from.set() {
			e = Error{from.file, from.line, from.column, filepath.ToSlash(c.short(file)) + ": " + e.Message}
		}
		*errs = append(*errs, e)
		return nil
	}
	switch {
	case slices.Contains(open, file):
		return fail("extends itself")
	case len(open) == maxChain:
		return fail("more than %d files extend each other", maxChain)
	}
	data, err := c.read(file)
	if err != nil {
		return fail("%s", reason(err))
	}
	l := c.parse(file, data, errs)
	if !l.extends.at.set() || localPath(l.extends.value) != nil {
		return []layer{l}
	}
	base := l.extends.value
	if !filepath.IsAbs(base) {
		base = filepath.Join(filepath.Dir(file), filepath.FromSlash(base))
	}
	return append(c.chain(base, l.extends.at, append(slices.Clone(open), file), errs), l)
}

// ReadFile reads a file that is no larger than a configuration can be.
func ReadFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err == nil && len(data) > MaxSize {
		err = fmt.Errorf("the file is larger than %d bytes", MaxSize)
	}
	return data, err
}

// parse reads the text of one file.
func (c *Config) parse(file string, data []byte, errs *Errors) layer {
	base := filepath.Dir(file)
	if _, ok := paths.Below(base, c.moduleDir); !ok {
		base = c.moduleDir
	}
	root, err := parseYAML(data)
	if err != nil {
		line, message := yamlError(err, data)
		*errs = append(*errs, Error{File: file, Line: line, Column: 1, Message: message})
		return layer{}
	}
	d := &decoder{file: file, errs: errs, budget: maxNodes}
	l := c.typ.decode(d, root)
	l.file, l.base = file, base
	return l
}

// parseYAML returns the root of the only document.
func parseYAML(data []byte) (root *yaml.Node, err error) {
	defer func() {
		// The library reports most mistakes by panics that it recovers itself; a bug in it is no reason to die.
		if r := recover(); r != nil {
			err = fmt.Errorf("this is not YAML: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}, nil
	case err != nil:
		return nil, err
	}
	if err := dec.Decode(&next); err == nil {
		return nil, fmt.Errorf("yaml: line %d: the file has more than one document", next.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	root = doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}
	}
	return root, nil
}

// yamlError takes the line out of the library's message.
func yamlError(err error, data []byte) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	line = 1
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	return min(max(line, 1), bytes.Count(data, []byte("\n"))+1), message
}

// override puts the flags on top of the files.
func (c *Config) override(flags Flags) Errors {
	var errs Errors
	resolve := func(name string, typed []string) (list []item[string]) {
		for _, t := range typed {
			word, err := c.words.fold(t)
			if err != nil {
				errs = append(errs, Error{File: name, Message: err.Error()})
				continue
			}
			list = append(list, item[string]{word, origin{file: name}})
		}
		return list
	}
	c.flags.enable = resolve("--enable", flags.Enable)
	c.flags.disable = resolve("--disable", flags.Disable)
	c.flags.only = resolve("--only", flags.Only)
	c.flags.preview = flags.Preview
	if f := flags.FailOn; f != "" {
		if !slices.Contains(severities(), f) {
			errs = append(errs, Error{File: "--fail-on", Message: "unknown severity " + clip(f) + hint(f, severities())})
		}
		c.flags.failOn = rule.Severity(f)
	}
	return errs
}
