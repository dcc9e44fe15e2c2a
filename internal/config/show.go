package config

import (
	"bytes"
	"fmt"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// Show returns the effective configuration as a file that means the same, with the origin of each value beside it:
// every rule with its severity, every option with its value.
func (c *Config) Show() ([]byte, error) {
	root := mappingNode()
	if len(c.layers) == 0 {
		root.HeadComment = "No configuration file: these are the defaults."
	}
	add(root, "version", scalarNode(1, ""))
	preview, at := c.preview()
	add(root, "preview", scalarNode(preview, c.comment(at)))
	failOn, at := c.failOn()
	add(root, "fail-on", scalarNode(string(failOn), c.comment(at)))

	enable, disable, severity, tests := listNode(), listNode(), mappingNode(), listNode()
	for _, r := range c.known.Rules {
		d, _ := c.base(r)
		into := disable
		if d.on {
			into = enable
		}
		into.Content = append(into.Content, scalarNode(r.Code, c.ruleComment(r, d)))
		s, at := c.severity(r)
		add(severity, r.Code, scalarNode(string(s), c.comment(at)))
		if c.Tests(r) {
			tests.Content = append(tests.Content, scalarNode(r.Code, ""))
		}
	}
	add(root, "enable", enable)
	add(root, "disable", disable)
	add(root, "severity", severity)
	add(root, "tests", tests)
	c.addPaths(root)

	options := mappingNode()
	for i, all := 0, c.optionValues(); i < len(all); {
		of, analyzer := mappingNode(), all[i].option.analyzer
		for ; i < len(all) && all[i].option.analyzer == analyzer; i++ {
			s := all[i]
			add(of, s.option.name, valueNode(s.option.value(s.value), c.comment(s.at)))
		}
		add(options, analyzer, of)
	}
	add(root, "options", options)
	add(root, "exits", c.listOf(c.sortedUnion(func(l layer) []item[string] { return l.exits })))
	add(root, "inside", c.listOf(c.sortedUnion(func(l layer) []item[string] { return l.inside })))
	if b := c.baseline(); b.at.set() {
		add(root, "baseline", scalarNode(b.value, c.comment(b.at)))
	}
	add(root, "models", c.showModels())

	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("writing the configuration: %w", err)
	}
	return out.Bytes(), enc.Close()
}

// addPaths adds what is given by paths: as it is written, in the order in which it applies.
func (c *Config) addPaths(root *yaml.Node) {
	exclude, overrides := listNode(), listNode()
	for _, l := range c.layers {
		exclude.Content = append(exclude.Content, c.listOf(l.exclude).Content...)
		for _, o := range l.overrides {
			n := mappingNode()
			add(n, "paths", c.listOf(o.value.paths))
			if len(o.value.enable) > 0 {
				add(n, "enable", c.listOf(o.value.enable))
			}
			if len(o.value.disable) > 0 {
				add(n, "disable", c.listOf(o.value.disable))
			}
			if len(o.value.severity) > 0 {
				severity := mappingNode()
				for _, e := range o.value.severity {
					add(severity, e.key, scalarNode(e.value, c.comment(e.at)))
				}
				add(n, "severity", severity)
			}
			overrides.Content = append(overrides.Content, n)
		}
	}
	add(root, "exclude", exclude)
	add(root, "overrides", overrides)
}

func (c *Config) listOf(items []item[string]) *yaml.Node {
	n := listNode()
	for _, it := range items {
		n.Content = append(n.Content, scalarNode(it.value, c.comment(it.at)))
	}
	return n
}

func (c *Config) comment(at origin) string {
	switch {
	case !at.set():
		return "default"
	case at.line == 0:
		return at.file
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(c.short(at.file)), at.line)
}

func (c *Config) ruleComment(r *rule.Rule, d decision) string {
	text := r.Name + ", " + string(r.Maturity)
	if d.at.set() {
		text += ": " + c.comment(d.at)
	}
	return text
}

func mappingNode() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }
func listNode() *yaml.Node    { return &yaml.Node{Kind: yaml.SequenceNode} }

func scalarNode(v any, comment string) *yaml.Node {
	n := new(yaml.Node)
	if err := n.Encode(v); err != nil {
		n = &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v)}
	}
	n.LineComment = comment
	return n
}

// valueNode is an option's value: a scalar or a list.
func valueNode(v any, comment string) *yaml.Node {
	n := scalarNode(v, comment)
	if n.Kind == yaml.SequenceNode {
		n.Style, n.LineComment, n.FootComment = yaml.FlowStyle, comment, ""
	}
	return n
}

// add puts a key with its value at the end of a mapping; an empty list or mapping is left out.
func add(to *yaml.Node, key string, v *yaml.Node) {
	if v.Kind != yaml.ScalarNode && v.Style != yaml.FlowStyle && len(v.Content) == 0 {
		return
	}
	to.Content = append(to.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, v)
}
