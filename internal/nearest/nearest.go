// Package nearest finds the known name that the user meant.
package nearest

import (
	"cmp"
	"slices"
	"strings"
)

// maxLength bounds the work for a name that cannot be a typing error.
const maxLength = 64

// Names returns the candidates that name may be a misspelling of, nearest first and at most n of them: those at most a
// third of the name's length (and at least one letter) of edits away, where swapping two neighbours is one edit, and
// those that it begins. Of equally near ones that of the same length comes first.
func Names(name string, candidates []string, n int) []string {
	type scored struct {
		name   string
		edits  int
		longer int
	}
	var near []scored
	folded := strings.ToLower(name)
	if name == "" || len(name) > maxLength {
		return nil
	}
	for _, c := range candidates {
		if len(c) > maxLength {
			continue
		}
		edits := distance(folded, strings.ToLower(c))
		switch limit := max(1, len(folded)/3); {
		case edits <= limit:
		case len(folded) >= 3 && strings.HasPrefix(strings.ToLower(c), folded):
			edits = limit + 1
		default:
			continue
		}
		near = append(near, scored{c, edits, max(len(c)-len(name), len(name)-len(c))})
	}
	slices.SortFunc(near, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.edits, b.edits), cmp.Compare(a.longer, b.longer), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, s := range near {
		if len(names) < n && !slices.Contains(names, s.name) {
			names = append(names, s.name)
		}
	}
	return names
}

// Name returns the nearest candidate, or nothing.
func Name(name string, candidates []string) string {
	if names := Names(name, candidates, 1); len(names) > 0 {
		return names[0]
	}
	return ""
}

// Hint returns ": did you mean X?" for the nearest candidate, or nothing: the end of an error message.
func Hint(name string, candidates []string) string {
	if c := Name(name, candidates); c != "" {
		return ": did you mean " + c + "?"
	}
	return ""
}

// distance is the number of insertions, deletions, substitutions and swaps of neighbours between a and b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
