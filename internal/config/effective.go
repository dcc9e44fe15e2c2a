package config

import (
	"slices"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// A State says what becomes of the findings of a rule in a file.
type State int

const (
	Off      State = iota // the rule does not run
	Excluded              // it runs, but its findings in this file are not wanted
	On
)

// Enabled reports whether the rule is on for at least some files.
func (c *Config) Enabled(r *rule.Rule) bool {
	base, final := c.base(r)
	if base.on || final {
		return base.on
	}
	return slices.ContainsFunc(c.overrides, func(o pathOverride) bool {
		d := c.words.decide(o.enable, o.disable, r, c.previewOn())
		return d.made && d.on
	})
}

// At returns what becomes of the rule's findings in a file, given by its absolute path.
func (c *Config) At(r *rule.Rule, file string) State {
	base, final := c.base(r)
	on := base.on
	if final && !on {
		return Off
	}
	for _, o := range c.overrides {
		if d := c.words.decide(o.enable, o.disable, r, c.previewOn()); d.made && d.on != on && o.match(file) {
			on = d.on
		}
	}
	switch {
	case !on && !base.on:
		return Off
	case !on || slices.ContainsFunc(c.excludes, func(s pathSet) bool { return s.match(file) }):
		return Excluded
	}
	return On
}

// Severity returns how severe a finding of the rule is in a file, given by its absolute path. own is the severity that
// the analyzer gave to this one finding, or empty. A configured severity takes the place of the rule's; a finding that
// is milder than its rule stays as mild.
func (c *Config) Severity(r *rule.Rule, file string, own rule.Severity) rule.Severity {
	s, _ := c.severity(r)
	for _, o := range c.overrides {
		if v, _, ok := c.words.narrowest(o.severity, r); ok && o.match(file) {
			s = rule.Severity(v)
		}
	}
	if own != "" && s.AtLeast(own) {
		return own
	}
	return s
}

// Tests reports whether the rule's findings in _test.go files are reported.
func (c *Config) Tests(r *rule.Rule) bool {
	if r.Tests {
		return true
	}
	return slices.ContainsFunc(c.layers, func(l layer) bool {
		return slices.ContainsFunc(l.tests, func(it item[string]) bool {
			return slices.Contains(c.words.selectors[it.value].codes, r.Code)
		})
	})
}

// base returns whether the rule is on, overrides aside. final says that a flag decided so and overrides cannot turn
// the rule on.
func (c *Config) base(r *rule.Rule) (d decision, final bool) {
	if r.Maturity == rule.Retired {
		return decision{}, true
	}
	preview, at := c.preview()
	d = decision{on: r.Maturity == rule.Stable}
	if r.Maturity == rule.Preview && preview {
		d = decision{on: true, at: at}
	}
	for _, l := range c.layers {
		if said := c.words.decide(l.enable, l.disable, r, preview); said.made {
			d = said
		}
	}
	said := c.words.decide(slices.Concat(c.flags.only, c.flags.enable), c.flags.disable, r, preview)
	switch {
	case said.made:
		return said, !said.on
	case len(c.flags.only) > 0:
		return decision{at: origin{file: "--only"}}, true
	}
	return d, false
}

func (c *Config) previewOn() bool {
	on, _ := c.preview()
	return on
}

// severity is that of the rule, overrides aside.
func (c *Config) severity(r *rule.Rule) (rule.Severity, origin) {
	for _, l := range slices.Backward(c.layers) {
		if v, at, ok := c.words.narrowest(l.severity, r); ok {
			return rule.Severity(v), at
		}
	}
	return r.Severity(), origin{}
}
