package config

import (
	"slices"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// Settings returns what the analyzers read of the configuration, in one canonical form: it is part of the build cache's
// key, and two configurations that mean the same must not run the analyzers twice. What only decides about findings
// afterwards (severity, paths, which rules of an analyzer are on) is not part of it.
func (c *Config) Settings() driver.Settings {
	var flags []string
	for _, name := range c.known.Rules.Analyzers() {
		if !c.runs(name) {
			flags = append(flags, "-"+name+"=false")
		} else if c.testsOf(name) {
			flags = append(flags, "-"+name+".tests=true")
		}
	}
	for _, s := range c.optionValues() {
		if s.at.set() && s.value != s.option.flag.DefValue && c.runs(s.option.analyzer) {
			flags = append(flags, "-"+s.option.analyzer+"."+s.option.name+"="+s.value)
		}
	}
	if exits := c.sortedUnion(func(l layer) []item[string] { return l.exits }); len(exits) > 0 {
		flags = append(flags, "-exits="+joined(exits))
	}
	declared := c.declared()
	if s := declared.String(); s != "" {
		flags = append(flags, "-models="+s)
	}
	slices.Sort(flags)
	return driver.Settings{
		Flags:  flags,
		Inside: values(c.sortedUnion(func(l layer) []item[string] { return l.inside })),
	}
}

// testsOf reports whether findings of the analyzer in test files are asked for. Looking for them costs as much as the
// rest, and often more.
func (c *Config) testsOf(analyzer string) bool {
	return slices.ContainsFunc(c.known.Rules, func(r *rule.Rule) bool { return r.Analyzer == analyzer && c.Enabled(r) && c.Tests(r) })
}

// runs reports whether a rule of the analyzer is on somewhere. An analyzer without rules runs for others.
func (c *Config) runs(analyzer string) bool {
	rules := 0
	for _, r := range c.known.Rules {
		if r.Analyzer == analyzer {
			if c.Enabled(r) {
				return true
			}
			rules++
		}
	}
	return rules == 0
}

// optionValues returns the value of every option, with its origin where a file sets it.
func (c *Config) optionValues() []setting {
	var all []setting
	for _, o := range c.options {
		s := setting{option: o, value: o.flag.DefValue}
		for _, l := range c.layers {
			for _, given := range l.options {
				if given.option == o {
					s = given
				}
			}
		}
		all = append(all, s)
	}
	return all
}
