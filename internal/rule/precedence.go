package rule

import "slices"

// Precedence lists analyzers that may see the same defect, in rows: of those of a row, the first that has a finding about a
// subject speaks, and the others are silent about it, because it knows the most special remedy. Names of analyzers that
// there are not yet do nothing.
func Precedence() [][]string {
	return [][]string{
		{"goroutineleak", "endlessgoroutine", "lostwait"},
		{"clientdeadline", "contextdeadline", "contextdrop", "lostwait"},
	}
}

// Precedes reports whether a finding of analyzer a silences one of analyzer b about the same subject.
func Precedes(a, b string) bool {
	return slices.ContainsFunc(Precedence(), func(row []string) bool {
		i := slices.Index(row, a)
		return i >= 0 && slices.Contains(row[i+1:], b)
	})
}
