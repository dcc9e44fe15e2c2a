package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// A selector names rules. The narrower of two selectors wins.
type selector struct {
	name   string
	narrow int
	// named says that it names its rules so precisely that it also turns on those in preview.
	named bool
	codes []string
}

// How narrow the kinds of selectors are. Between prefixes the longer one is narrower.
const (
	narrowAll = iota
	narrowMaturity
	narrowFamily
	narrowPrefix
	narrowAnalyzer = narrowPrefix + 10
	narrowRule     = narrowAnalyzer + 1
)

// A vocabulary holds all selectors, by name and in the order in which help and schema list them.
type vocabulary struct {
	names     []string
	selectors map[string]selector
}

func newVocabulary(rules rule.Catalogue) *vocabulary {
	v := &vocabulary{selectors: make(map[string]selector)}
	add := func(name string, narrow int, named bool, is func(*rule.Rule) bool) {
		if _, dup := v.selectors[name]; dup || name == "" {
			return
		}
		s := selector{name: name, narrow: narrow, named: named}
		for _, r := range rules {
			if is(r) {
				s.codes = append(s.codes, r.Code)
			}
		}
		v.selectors[name] = s
		v.names = append(v.names, name)
	}
	add("all", narrowAll, false, func(*rule.Rule) bool { return true })
	for _, m := range []rule.Maturity{rule.Stable, rule.Preview} {
		add(string(m), narrowMaturity, m == rule.Preview, func(r *rule.Rule) bool { return r.Maturity == m })
	}
	for _, f := range rule.Families() {
		add(string(f), narrowFamily, false, func(r *rule.Rule) bool { return r.Family() == f })
	}
	for _, name := range rules.Analyzers() {
		add(name, narrowAnalyzer, true, func(r *rule.Rule) bool { return r.Analyzer == name })
	}
	for _, r := range rules {
		add(r.Code, narrowRule, true, func(o *rule.Rule) bool { return o == r })
		add(r.Name, narrowRule, true, func(o *rule.Rule) bool { return o == r })
	}
	for _, r := range rules {
		for n := len("CL") + 1; n < len(r.Code); n++ {
			prefix := r.Code[:n]
			add(prefix, narrowPrefix+n, false, func(o *rule.Rule) bool { return strings.HasPrefix(o.Code, prefix) })
		}
	}
	return v
}

// typ is the type of a selector in a file, where only the exact spelling counts, so that a schema can list it.
func (v *vocabulary) typ() typ[string] { return enum("rule, analyzer, family or maturity", v.names) }

// fold returns the selector that the user of a flag means, in whatever case it is typed.
func (v *vocabulary) fold(typed string) (string, error) {
	i := slices.IndexFunc(v.names, func(name string) bool { return strings.EqualFold(name, typed) })
	if i < 0 {
		return "", fmt.Errorf("unknown rule, analyzer, family or maturity %s%s", clip(typed), cmp.Or(hint(typed, v.names), "; `cloudlint rules` lists all"))
	}
	return v.names[i], nil
}

// A decision is what a list of selectors says about a rule.
type decision struct {
	made, on bool
	at       origin
}

// decide returns what the lists say about a rule: the narrowest selector that names it speaks, and disable where both
// lists have one. preview says that rules in preview need not be named.
func (v *vocabulary) decide(enable, disable []item[string], r *rule.Rule, preview bool) decision {
	var best decision
	narrow := -1
	consider := func(list []item[string], on bool) {
		for _, it := range list {
			s, ok := v.selectors[it.value]
			if !ok || s.narrow <= narrow || !slices.Contains(s.codes, r.Code) {
				continue
			}
			if on && r.Maturity == rule.Preview && !preview && !s.named {
				continue
			}
			narrow, best = s.narrow, decision{made: true, on: on, at: it.at}
		}
	}
	consider(disable, false)
	consider(enable, true)
	return best
}

// narrowest returns the value of the narrowest selector that names the rule; of equal ones the last.
func (v *vocabulary) narrowest(list []entry[string], r *rule.Rule) (value string, at origin, ok bool) {
	narrow := -1
	for _, e := range list {
		s := v.selectors[e.key]
		if s.narrow >= narrow && slices.Contains(s.codes, r.Code) {
			narrow, value, at, ok = s.narrow, e.value, e.at, true
		}
	}
	return value, at, ok
}
