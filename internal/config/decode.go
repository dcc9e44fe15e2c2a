package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cloudlint/cloudlint/internal/nearest"
)

// A decoder reads the nodes of one file.
type decoder struct {
	file string
	errs *Errors
	// budget bounds the nodes that are read, because aliases of aliases can stand for any number of them.
	budget int
}

const maxNodes = 100_000

func (d *decoder) errorf(n *yaml.Node, format string, args ...any) {
	*d.errs = append(*d.errs, Error{File: d.file, Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)})
}

func (d *decoder) at(n *yaml.Node) origin {
	return origin{file: d.file, line: n.Line, column: n.Column}
}

// node follows an alias. ok is false for an empty value, which stands for an absent one (a key whose list is commented
// out), and once the budget is used up.
func (d *decoder) node(n *yaml.Node) (*yaml.Node, bool) {
	if d.budget--; d.budget < 0 {
		if d.budget == -1 {
			d.errorf(n, "the file has too many values, aliases counted as often as they are used: the limit is %d", maxNodes)
		}
		return n, false
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n, n.ShortTag() != "!!null"
}

func (d *decoder) scalar(n *yaml.Node, tag, want string) (string, bool) {
	n, ok := d.node(n)
	if !ok {
		return "", false
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != tag {
		d.errorf(n, "want %s, not %s", want, kindOf(n))
		return "", false
	}
	return n.Value, true
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	switch n.ShortTag() {
	case "!!bool":
		return "the boolean " + clip(n.Value)
	case "!!int", "!!float":
		return "the number " + clip(n.Value)
	case "!!str":
		return fmt.Sprintf("the text %q", clip(n.Value))
	}
	return clip(n.Value)
}

// clip shortens text for a message.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "..."
	}
	return s
}

// mapping calls visit for each key that is known, and reports the others and what is there twice.
func (d *decoder) mapping(n *yaml.Node, what string, known []string, visit func(key string, k, v *yaml.Node)) {
	n, ok := d.node(n)
	if !ok {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.errorf(n, "want a mapping with the keys %s, not %s", some(known), kindOf(n))
		return
	}
	seen := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, ok := d.node(n.Content[i])
		if d.budget < 0 {
			return
		}
		if !ok || k.Kind != yaml.ScalarNode {
			d.errorf(n.Content[i], "a key must be a word")
			continue
		}
		key := k.Value
		if first := seen[key]; first != nil {
			d.errorf(n.Content[i], "%s is here twice, first in line %d", clip(key), first.Line)
			continue
		}
		seen[key] = n.Content[i]
		if k.ShortTag() == "!!merge" {
			d.errorf(n.Content[i], "merge keys (<<) are not supported: use extends")
			continue
		}
		if !slices.Contains(known, key) {
			d.errorf(n.Content[i], "unknown %s %s%s", what, clip(key), hint(key, known))
			continue
		}
		visit(key, n.Content[i], n.Content[i+1])
	}
}

// hint names the nearest of the known words, else all of them where they are few.
func hint(word string, known []string) string {
	switch near := nearest.Hint(word, known); {
	case near != "":
		return near
	case len(known) == 0:
		return ": there are none"
	case len(known) <= 12:
		return ": want one of " + strings.Join(known, ", ")
	}
	return ""
}

func some(words []string) string {
	if len(words) > 12 {
		words = append(slices.Clone(words[:12]), "...")
	}
	return strings.Join(words, ", ")
}
