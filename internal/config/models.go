package config

import (
	"cmp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/cloudlint/cloudlint/internal/declare"
)

// models are what a file declares of libraries that are not analysed.
type models struct {
	outbound                    []item[declare.Outbound]
	bounded, deadlines, closers []item[string]
}

func modelsTyp() typ[models] {
	function := text("a function", declare.FunctionPattern, declare.Function)
	functions := list("functions", function)
	outbound := object("key of an outbound call", []field[declare.Outbound]{
		required(bind("func", "The function or method, as example.com/db.Get or (*example.com/db.Client).Get.", function,
			func(o *declare.Outbound, v string, _ origin) { o.Func = v })),
		bind("context", "The position of its context among the arguments, counted from 1, the receiver of a method first. Without it the call has none.", position(),
			func(o *declare.Outbound, v int, _ origin) { o.Context = v }),
		bind("waits", "What it waits for, to complete \"waits\": for the inventory service.", text("what it waits for", declare.WordsPattern, declare.Words),
			func(o *declare.Outbound, v string, _ origin) { o.Waits = v }),
	})
	t := object("key of models", []field[models]{
		bind("outbound", "Calls that wait for a peer until their context is done.", list("outbound calls", outbound),
			func(m *models, v []item[declare.Outbound], _ origin) { m.outbound = v }),
		bind("bounded", "Calls that bound themselves, and types all of whose methods do, as example.com/db.Client.", functions,
			func(m *models, v []item[string], _ origin) { m.bounded = v }),
		bind("deadlines", "Functions whose context result has a deadline.", functions,
			func(m *models, v []item[string], _ origin) { m.deadlines = v }),
		bind("closers", "Functions that close what they get.", functions,
			func(m *models, v []item[string], _ origin) { m.closers = v }),
	})
	t.schema["type"] = []string{"object", "null"}
	return t
}

// position is the position of an argument, counted from 1.
func position() typ[int] {
	return typ[int]{map[string]any{"type": "integer", "minimum": 1, "maximum": declare.MaxPosition}, func(d *decoder, n *yaml.Node) int {
		s, ok := d.scalar(n, "!!int", "a number")
		if !ok {
			return 0
		}
		var v int
		if err := n.Decode(&v); err != nil || v < 1 || declare.Position(v) != nil {
			d.errorf(n, "want the position of the context, from 1 to %d, not %s", declare.MaxPosition, clip(s))
		}
		return v
	}}
}

// declared returns the declarations of all layers; of two for the same call, the nearest file's.
func (c *Config) declared() declare.Models {
	of := func(list func(models) []item[string]) []string {
		return values(c.sortedUnion(func(l layer) []item[string] { return list(l.models) }))
	}
	m := declare.Models{
		Bounded:   of(func(m models) []item[string] { return m.bounded }),
		Deadlines: of(func(m models) []item[string] { return m.deadlines }),
		Closers:   of(func(m models) []item[string] { return m.closers }),
	}
	for _, o := range c.outbound() {
		m.Outbound = append(m.Outbound, o.value)
	}
	return m
}

func (c *Config) outbound() []item[declare.Outbound] {
	var all []item[declare.Outbound]
	for _, l := range slices.Backward(c.layers) {
		all = append(all, l.models.outbound...)
	}
	slices.SortStableFunc(all, func(a, b item[declare.Outbound]) int { return cmp.Compare(a.value.Func, b.value.Func) })
	return slices.CompactFunc(all, func(a, b item[declare.Outbound]) bool { return a.value.Func == b.value.Func })
}

// showModels returns the declarations with the origin of each.
func (c *Config) showModels() *yaml.Node {
	n, outbound := mappingNode(), listNode()
	for _, o := range c.outbound() {
		call := mappingNode()
		add(call, "func", scalarNode(o.value.Func, c.comment(o.at)))
		if o.value.Context > 0 {
			add(call, "context", scalarNode(o.value.Context, ""))
		}
		if o.value.Waits != "" {
			add(call, "waits", scalarNode(o.value.Waits, ""))
		}
		outbound.Content = append(outbound.Content, call)
	}
	add(n, "outbound", outbound)
	for _, l := range []struct {
		name string
		list func(models) []item[string]
	}{
		{"bounded", func(m models) []item[string] { return m.bounded }},
		{"deadlines", func(m models) []item[string] { return m.deadlines }},
		{"closers", func(m models) []item[string] { return m.closers }},
	} {
		add(n, l.name, c.listOf(c.sortedUnion(func(layer layer) []item[string] { return l.list(layer.models) })))
	}
	return n
}
