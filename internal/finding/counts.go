package finding

import (
	"cmp"
	"maps"
	"slices"
)

// Counts says how many findings there are of each kind, the most frequent kind first. What the baseline knows is left
// out, as all else that Stats counts.
type Counts struct {
	Rules    []Tally `json:"rules"`    // by code
	Families []Tally `json:"families"` // by family
	Packages []Tally `json:"packages"` // by import path
}

// A Tally is how many findings share a name.
type Tally struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Tallies counts the findings of a report.
func (r *Report) Tallies() *Counts {
	rules, families, packages := make(map[string]int), make(map[string]int), make(map[string]int)
	for _, f := range r.Fresh().Findings {
		rules[f.Code]++
		families[string(f.Family)]++
		packages[f.Package]++
	}
	return &Counts{Rules: tallies(rules), Families: tallies(families), Packages: tallies(packages)}
}

func tallies(counts map[string]int) []Tally {
	list := []Tally{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, Tally{name, counts[name]})
	}
	slices.SortStableFunc(list, func(a, b Tally) int { return cmp.Compare(b.Count, a.Count) })
	return list
}
