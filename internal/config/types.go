package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A typ describes one type of value in a configuration file: how to read it, and its JSON schema. The two stand side by
// side so that they say the same.
type typ[T any] struct {
	schema map[string]any
	// decode reports what is wrong itself. A value with mistakes in it is as good as none, since the whole
	// configuration is then refused.
	decode func(d *decoder, n *yaml.Node) T
}

// An item is a value with the place that it was written at.
type item[T any] struct {
	value T
	at    origin
}

// An entry is one key of a mapping with its value.
type entry[T any] struct {
	key   string
	value T
	at    origin
}

func boolean() typ[bool] {
	return typ[bool]{map[string]any{"type": "boolean"}, func(d *decoder, n *yaml.Node) bool {
		s, _ := d.scalar(n, "!!bool", "true or false")
		return strings.EqualFold(s, "true")
	}}
}

// enum is one of a few words. what names them in messages.
func enum(what string, words []string) typ[string] {
	return typ[string]{map[string]any{"type": "string", "enum": words}, func(d *decoder, n *yaml.Node) string {
		s, ok := d.scalar(n, "!!str", "a "+what)
		if ok && !slices.Contains(words, s) {
			d.errorf(n, "unknown %s %s%s", what, clip(s), hint(s, words))
		}
		return s
	}}
}

// text is a string that check accepts. what says with its article what is wanted.
func text(what, pattern string, check func(string) error) typ[string] {
	schema := map[string]any{"type": "string", "minLength": 1}
	if pattern != "" {
		schema["pattern"] = pattern
	}
	return typ[string]{schema, func(d *decoder, n *yaml.Node) string {
		s, ok := d.scalar(n, "!!str", what)
		if !ok {
			return s
		}
		err := check(s)
		if s == "" && err == nil {
			err = fmt.Errorf("want %s, not an empty text", what)
		}
		if err != nil {
			d.errorf(n, "%q: %v", clip(s), err)
		}
		return s
	}}
}

func list[T any](what string, elem typ[T]) typ[[]item[T]] {
	schema := map[string]any{"type": []string{"array", "null"}, "items": elem.schema}
	return typ[[]item[T]]{schema, func(d *decoder, n *yaml.Node) []item[T] {
		n, ok := d.node(n)
		if !ok {
			return nil
		}
		if n.Kind != yaml.SequenceNode {
			d.errorf(n, "want a list of %s, as [a, b] or with a dash in each line, not %s", what, kindOf(n))
			return nil
		}
		var items []item[T]
		for _, e := range n.Content {
			if e.ShortTag() == "!!null" {
				d.errorf(e, "the list has an empty element")
				continue
			}
			items = append(items, item[T]{elem.decode(d, e), d.at(e)})
			if d.budget < 0 {
				return nil
			}
		}
		return items
	}}
}

// filled is a list with at least one element.
func filled[T any](t typ[[]item[T]]) typ[[]item[T]] {
	schema := maps.Clone(t.schema)
	schema["type"], schema["minItems"] = "array", 1
	return typ[[]item[T]]{schema, func(d *decoder, n *yaml.Node) []item[T] {
		before := len(*d.errs)
		items := t.decode(d, n)
		if len(items) == 0 && len(*d.errs) == before {
			d.errorf(n, "the list is empty")
		}
		return items
	}}
}

// table is a mapping from known keys to values of one type.
func table[T any](what string, keys []string, elem typ[T]) typ[[]entry[T]] {
	schema := map[string]any{"type": []string{"object", "null"}, "propertyNames": map[string]any{"enum": keys}, "additionalProperties": elem.schema}
	return typ[[]entry[T]]{schema, func(d *decoder, n *yaml.Node) (entries []entry[T]) {
		d.mapping(n, what, keys, func(key string, k, v *yaml.Node) {
			if _, ok := d.node(v); !ok {
				d.errorf(k, "%s has no value", key)
				return
			}
			entries = append(entries, entry[T]{key, elem.decode(d, v), d.at(k)})
		})
		return entries
	}}
}

// A field is one key of an object of type T.
type field[T any] struct {
	name     string
	required bool
	schema   map[string]any
	decode   func(d *decoder, k, v *yaml.Node, into *T)
}

// bind makes a field whose value set stores.
func bind[T, V any](name, doc string, t typ[V], set func(into *T, value V, at origin)) field[T] {
	schema := maps.Clone(t.schema)
	schema["description"] = doc
	return field[T]{name: name, schema: schema, decode: func(d *decoder, k, v *yaml.Node, into *T) {
		if _, ok := d.node(v); !ok {
			if kind, _ := schema["type"].(string); kind != "" {
				d.errorf(k, "%s has no value", name)
			}
			return // an empty list or mapping
		}
		set(into, t.decode(d, v), d.at(k))
	}}
}

// required marks a field that must be there.
func required[T any](f field[T]) field[T] {
	f.required = true
	return f
}

// object is a mapping with one type for each key.
func object[T any](what string, fields []field[T]) typ[T] {
	names := make([]string, 0, len(fields))
	properties := make(map[string]any)
	var need []string
	for _, f := range fields {
		names = append(names, f.name)
		properties[f.name] = f.schema
		if f.required {
			need = append(need, f.name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(need) > 0 {
		schema["required"] = need
	}
	return typ[T]{schema, func(d *decoder, n *yaml.Node) (value T) {
		seen := make(map[string]bool)
		d.mapping(n, what, names, func(key string, k, v *yaml.Node) {
			seen[key] = true
			fields[slices.Index(names, key)].decode(d, k, v, &value)
		})
		if n, ok := d.node(n); ok && n.Kind == yaml.MappingNode {
			for _, name := range need {
				if !seen[name] {
					hint := ""
					if name == "version" {
						hint = ": begin the file with `version: 1`"
					}
					d.errorf(n, "%s is missing%s", name, hint)
				}
			}
		}
		return value
	}}
}
