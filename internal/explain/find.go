package explain

import (
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/nearest"
)

// Find returns the pages that a user means by a code, a rule's name, or the name of an analyzer, which stands for all
// its rules. Where there is none, it returns the closest codes and names instead, best first.
func Find(pages []*Page, query string) (found []*Page, close []string) {
	for _, p := range pages {
		if strings.EqualFold(p.Code, query) || strings.EqualFold(p.Name, query) {
			return []*Page{p}, nil
		}
	}
	for _, p := range pages {
		if p.Analyzer != "" && strings.EqualFold(p.Analyzer, query) {
			found = append(found, p)
		}
	}
	if found != nil {
		return found, nil
	}
	return nil, closest(pages, query)
}

// maxClose is how many suggestions are worth reading.
const maxClose = 5

// closest returns names that are spelt nearly as the query, then those that contain it.
func closest(pages []*Page, query string) []string {
	var candidates []string
	shown := make(map[string]string)
	for _, p := range pages {
		both := p.Code + " (" + p.Name + ")"
		shown[p.Code], shown[p.Name] = both, both
		candidates = append(candidates, p.Code, p.Name)
		if p.Analyzer != "" {
			shown[p.Analyzer] = p.Analyzer
			candidates = append(candidates, p.Analyzer)
		}
	}
	near := nearest.Names(query, candidates, maxClose)
	for _, c := range candidates {
		if len(query) >= 3 && strings.Contains(c, strings.ToLower(query)) {
			near = append(near, c)
		}
	}
	var names []string
	for _, n := range near {
		if len(names) < maxClose && !slices.Contains(names, shown[n]) {
			names = append(names, shown[n])
		}
	}
	return names
}
