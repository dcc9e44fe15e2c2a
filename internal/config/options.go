package config

import (
	"errors"
	"flag"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// An option is a flag of an analyzer.
type option struct {
	analyzer, name string
	flag           *flag.Flag
}

// options lists the analyzers' own options, sorted by analyzer and name.
func (k Known) options() []option {
	var list []option
	for _, a := range k.Analyzers {
		a.Flags.VisitAll(func(f *flag.Flag) {
			if !slices.Contains(k.CommonFlags, f.Name) {
				list = append(list, option{a.Name, f.Name, f})
			}
		})
	}
	slices.SortFunc(list, func(a, b option) int {
		return strings.Compare(a.analyzer+"."+a.name, b.analyzer+"."+b.name)
	})
	return list
}

// canonical returns the form that the flag itself prints a value in. It works on a copy: the analyzer is not changed.
func (o option) canonical(value string) (string, error) {
	v := reflect.ValueOf(o.flag.Value)
	if v.Kind() != reflect.Pointer {
		return value, nil // flag.Func: to ask it is to set it
	}
	fresh := reflect.New(v.Type().Elem())
	fresh.Elem().Set(v.Elem())
	set, ok := fresh.Interface().(flag.Value)
	if !ok {
		return value, nil
	}
	if err := set.Set(value); err != nil {
		return "", err
	}
	return set.String(), nil
}

// isList reports whether the flag's value is a list of strings, written with commas between them.
func (o option) isList() bool {
	t := reflect.TypeOf(o.flag.Value)
	return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Slice && t.Elem().Elem().Kind() == reflect.String
}

// typ is the type of the option in a file. The decoded value is the canonical value of the flag.
func (o option) typ() typ[string] {
	t := o.syntax()
	schema := t.schema
	schema["description"] = o.flag.Usage
	if def := o.defaultValue(); def != nil {
		schema["default"] = def
	}
	return typ[string]{schema, func(d *decoder, n *yaml.Node) string {
		before := len(*d.errs)
		value := t.decode(d, n)
		if len(*d.errs) > before {
			return ""
		}
		canonical, err := o.canonical(value)
		if err != nil {
			d.errorf(n, "%s.%s cannot be %q: %v", o.analyzer, o.name, clip(value), err)
		}
		return canonical
	}}
}

func (o option) syntax() typ[string] {
	if o.isList() {
		elems := list("texts", text("a text", `^[^,]+$`, func(s string) error {
			if strings.Contains(s, ",") {
				return errors.New("an element cannot have a comma")
			}
			return nil
		}))
		return typ[string]{elems.schema, func(d *decoder, n *yaml.Node) string {
			var values []string
			for _, e := range elems.decode(d, n) {
				values = append(values, e.value)
			}
			return strings.Join(values, ",")
		}}
	}
	number := func(jsonType, want string, tags ...string) typ[string] {
		return typ[string]{map[string]any{"type": jsonType}, func(d *decoder, n *yaml.Node) string {
			n, _ = d.node(n)
			if n.Kind != yaml.ScalarNode || !slices.Contains(tags, n.ShortTag()) {
				d.errorf(n, "want %s, not %s", want, kindOf(n))
			}
			return n.Value
		}}
	}
	if b, ok := o.flag.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
		t := boolean()
		return typ[string]{t.schema, func(d *decoder, n *yaml.Node) string { return fmt.Sprint(t.decode(d, n)) }}
	}
	var zero any
	if g, ok := o.flag.Value.(flag.Getter); ok {
		zero = g.Get()
	}
	switch zero.(type) {
	case int, int64, uint, uint64:
		return number("integer", "a whole number", "!!int")
	case float64:
		return number("number", "a number", "!!int", "!!float")
	case time.Duration:
		return text("a duration such as 10s", `^[-+]?(0|([0-9.]+(ns|us|µs|ms|s|m|h))+)$`, func(s string) error {
			if _, err := time.ParseDuration(s); err != nil {
				return errors.New("want a duration such as 10s")
			}
			return nil
		})
	}
	return typ[string]{map[string]any{"type": "string"}, func(d *decoder, n *yaml.Node) string {
		s, _ := d.scalar(n, "!!str", "a text")
		return s
	}}
}

// defaultValue is the default in the form of JSON and YAML.
func (o option) defaultValue() any { return o.value(o.flag.DefValue) }

// value returns a canonical value in the form of JSON and YAML.
func (o option) value(canonical string) any {
	if o.isList() {
		return slices.DeleteFunc(strings.Split(canonical, ","), func(s string) bool { return s == "" })
	}
	var n yaml.Node
	switch o.syntax().schema["type"] {
	case "boolean", "integer", "number":
		n = yaml.Node{Kind: yaml.ScalarNode, Value: canonical}
	default:
		return canonical
	}
	var v any
	if n.Decode(&v) != nil {
		return canonical
	}
	return v
}

// A setting is one option that a file sets.
type setting struct {
	option option
	value  string // canonical
	at     origin
}

// optionsTyp is the type of the whole options mapping: analyzers, their options, values.
func optionsTyp(all []option) typ[[]setting] {
	byAnalyzer := make(map[string][]field[[]setting])
	var analyzers []string
	for _, o := range all {
		if byAnalyzer[o.analyzer] == nil {
			analyzers = append(analyzers, o.analyzer)
		}
		byAnalyzer[o.analyzer] = append(byAnalyzer[o.analyzer], bind(o.name, o.flag.Usage, o.typ(), func(into *[]setting, value string, at origin) {
			*into = append(*into, setting{o, value, at})
		}))
	}
	var fields []field[[]setting]
	for _, name := range analyzers {
		t := object("option of "+name, byAnalyzer[name])
		t.schema["type"] = []string{"object", "null"}
		fields = append(fields, bind(name, "Options of the analyzer "+name+".", t, func(into *[]setting, value []setting, _ origin) {
			*into = append(*into, value...)
		}))
	}
	t := object("analyzer with options", fields)
	t.schema["type"] = []string{"object", "null"}
	return t
}
