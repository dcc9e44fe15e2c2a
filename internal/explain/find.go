package explain

import (
	"cmp"
	"slices"
	"strings"
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

func closest(pages []*Page, query string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var candidates []candidate
	add := func(name, shown string) {
		d := distance(strings.ToLower(name), strings.ToLower(query))
		// A third of the letters may be wrong. A part of the name, such as "idle", is a match as well.
		if d <= max(1, len(query)/3) || len(query) >= 3 && strings.Contains(strings.ToLower(name), strings.ToLower(query)) {
			if !slices.ContainsFunc(candidates, func(c candidate) bool { return c.name == shown }) {
				candidates = append(candidates, candidate{shown, d})
			}
		}
	}
	for _, p := range pages {
		add(p.Code, p.Code+" ("+p.Name+")")
		add(p.Name, p.Code+" ("+p.Name+")")
		if p.Analyzer != "" {
			add(p.Analyzer, p.Analyzer)
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, c := range candidates[:min(len(candidates), maxClose)] {
		names = append(names, c.name)
	}
	return names
}

// distance is the number of letters to insert, remove, replace or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
