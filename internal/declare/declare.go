// Package declare has what a configuration declares about functions of packages that are not analysed: the calls of a
// company's own libraries that wait for a peer, those that bound themselves, what gives a context a deadline, what closes.
// It travels from the configuration to the analyzers as one flag in canonical form, because it is part of the build
// cache's key.
package declare

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Models are the declarations. Functions are named as types.Func.FullName writes them, without type parameters.
type Models struct {
	// Outbound are calls that wait for a peer.
	Outbound []Outbound `json:"outbound,omitempty"`
	// Bounded are calls that bound themselves, and types all of whose methods do.
	Bounded []string `json:"bounded,omitempty"`
	// Deadlines are functions whose context result has a deadline.
	Deadlines []string `json:"deadlines,omitempty"`
	// Closers are functions that close what they get.
	Closers []string `json:"closers,omitempty"`
}

// An Outbound is a call that waits for a peer.
type Outbound struct {
	Func string `json:"func"`
	// Context is the position of the context among the arguments, counted from 1, the receiver first; 0: none.
	Context int `json:"context,omitempty"`
	// Waits says what it waits for: "for the inventory service".
	Waits string `json:"waits,omitempty"`
}

// String returns the canonical form: JSON, each list sorted and without duplicates; empty where nothing is declared.
func (m *Models) String() string {
	if m == nil || m.empty() {
		return ""
	}
	c := m.canonical()
	data, err := json.Marshal(&c)
	if err != nil {
		return "" // strings and numbers can always be written
	}
	return string(data)
}

func (m *Models) empty() bool {
	return len(m.Outbound)+len(m.Bounded)+len(m.Deadlines)+len(m.Closers) == 0
}

func (m *Models) canonical() Models {
	set := func(list []string) []string {
		list = slices.Clone(list)
		slices.Sort(list)
		return slices.Compact(list)
	}
	c := Models{slices.Clone(m.Outbound), set(m.Bounded), set(m.Deadlines), set(m.Closers)}
	slices.SortStableFunc(c.Outbound, func(a, b Outbound) int { return cmp.Compare(a.Func, b.Func) })
	c.Outbound = slices.CompactFunc(c.Outbound, func(a, b Outbound) bool { return a.Func == b.Func })
	return c
}

// Set reads what String writes.
func (m *Models) Set(s string) error {
	*m = Models{}
	if s == "" {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.DisallowUnknownFields()
	var read Models
	if err := d.Decode(&read); err != nil {
		return fmt.Errorf(`want JSON as {"bounded":["example.com/db.Client"]}: %w`, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the JSON object")
	}
	if err := read.check(); err != nil {
		return err
	}
	*m = read.canonical()
	return nil
}

func (m *Models) check() error {
	for _, o := range m.Outbound {
		if err := Function(o.Func); err != nil {
			return fmt.Errorf("outbound %q: %w", o.Func, err)
		}
		if err := Position(o.Context); err != nil {
			return fmt.Errorf("outbound %q: context: %w", o.Func, err)
		}
		if err := Words(o.Waits); err != nil {
			return fmt.Errorf("outbound %q: waits: %w", o.Func, err)
		}
	}
	for _, name := range slices.Concat(m.Bounded, m.Deadlines, m.Closers) {
		if err := Function(name); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	return nil
}

// FunctionPattern is Function as a regular expression for a JSON schema.
const FunctionPattern = `^(\(\*?[^\s(),*]+\.[^\s(),*.]+\)|[^\s(),*]+)\.[^\s(),*.]+$`

// Function accepts what types.Func.FullName returns.
func Function(s string) error {
	want := errors.New("want a function as example.com/log.Fatal or (*example.com/log.Logger).Fatal")
	dot := strings.LastIndexByte(s, '.')
	if dot <= 0 || !word(s[dot+1:], ".") {
		return want
	}
	owner := s[:dot]
	if in, ok := strings.CutPrefix(owner, "("); ok {
		in, closed := strings.CutSuffix(in, ")")
		in = strings.TrimPrefix(in, "*")
		dot := strings.LastIndexByte(in, '.')
		if !closed || dot <= 0 || !word(in[dot+1:], ".") {
			return want
		}
		owner = in[:dot]
	}
	if !word(owner, "") {
		return want
	}
	return nil
}

// word reports whether s is not empty and free of what no function's full name has, and of the forbidden characters.
func word(s, forbidden string) bool {
	return s != "" && !strings.ContainsAny(s, "(),*"+forbidden) && !strings.ContainsFunc(s, IsSpace)
}

// IsSpace is what \s stands for in a schema's pattern, in Go and in ECMAScript.
func IsSpace(r rune) bool { return strings.ContainsRune(" \t\n\r\f\v", r) }

// The bounds of Position.
const (
	MinPosition = 0
	MaxPosition = 64
)

// Position accepts the position of an argument, or 0.
func Position(n int) error {
	if n < MinPosition || n > MaxPosition {
		return fmt.Errorf("want the position of the context among the arguments, counted from 1, or 0, not %d", n)
	}
	return nil
}

// WordsPattern is Words as a regular expression for a JSON schema.
const WordsPattern = `^[^\x00-\x1f\x7f]{0,120}$`

// Words accepts a few words for a message.
func Words(s string) error {
	if len([]rune(s)) > 120 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errors.New("want a few words in one line")
	}
	return nil
}

// OutboundCall returns the declaration of a call that waits for a peer, or nil.
func (m *Models) OutboundCall(name string) *Outbound {
	if m == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(m.Outbound, name, func(o Outbound, name string) int { return cmp.Compare(o.Func, name) })
	if !ok {
		return nil
	}
	return &m.Outbound[i]
}

// IsBounded reports whether a function, or the type whose method it is, is declared to bound itself. The receiver's type
// is named without a star; it is empty for a function.
func (m *Models) IsBounded(name, receiver string) bool {
	return m != nil && (has(m.Bounded, name) || receiver != "" && has(m.Bounded, receiver))
}

// IsDeadline reports whether the context result of a function is declared to have a deadline.
func (m *Models) IsDeadline(name string) bool { return m != nil && has(m.Deadlines, name) }

// IsCloser reports whether a function is declared to close what it gets.
func (m *Models) IsCloser(name string) bool { return m != nil && has(m.Closers, name) }

func has(sorted []string, name string) bool {
	_, ok := slices.BinarySearch(sorted, name)
	return ok
}
