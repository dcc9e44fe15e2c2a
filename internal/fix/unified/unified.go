// Package unified prints the difference of two texts in the unified format that patch and git apply read.
//
// The lines that both texts have in common are found by anchors (lines that occur exactly once in each text, in the
// longest sequence that keeps their order) and from there outwards. This takes O(n log n) time whatever the texts are,
// and the result reads well; it is not always the shortest possible.
package unified

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// context is how many unchanged lines surround a change.
const context = 3

// Diff returns the difference of two texts under the names that the header gives them, or nil if they are equal.
func Diff(oldName string, old []byte, newName string, new []byte) []byte {
	if bytes.Equal(old, new) {
		return nil
	}
	x, y := lines(old), lines(new)
	var out bytes.Buffer
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", quote(oldName), quote(newName))
	for _, group := range groups(changes(x, y)) {
		writeHunk(&out, x, y, group)
	}
	return out.Bytes()
}

// quote encodes a file's name as git does: a name with a blank ends with a tab, so that what follows is not read as a
// time stamp, and one with control characters, quotes or backslashes is quoted.
func quote(name string) string {
	special := func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }
	if strings.ContainsFunc(name, special) {
		var b strings.Builder
		for _, r := range name {
			if special(r) {
				fmt.Fprintf(&b, `\%03o`, r)
			} else {
				b.WriteRune(r)
			}
		}
		return `"` + b.String() + `"`
	}
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

// lines splits a text after each newline. Only the last line may be without one.
func lines(text []byte) []string {
	return slices.Collect(strings.Lines(string(text)))
}

// A change replaces the lines x[oldStart:oldEnd] by y[newStart:newEnd].
type change struct{ oldStart, oldEnd, newStart, newEnd int }

// changes returns what turns x into y, in order; there are equal lines between any two changes.
func changes(x, y []string) []change {
	var list []change
	var i, j int // x[:i] and y[:j] are done
	step := func(oldEnd, newEnd int) {
		if oldEnd > i || newEnd > j {
			list = append(list, change{i, oldEnd, j, newEnd})
		}
	}
	for _, anchor := range append(anchors(x, y), [2]int{len(x), len(y)}) {
		if anchor[0] < i { // inside a run of equal lines that was grown from an earlier anchor
			continue
		}
		// Grow the run of equal lines from the anchor, backwards and then forwards. Forwards from the start of the gap
		// first, so that lines which are repeated are matched as early as possible.
		for i < anchor[0] && j < anchor[1] && x[i] == y[j] {
			i, j = i+1, j+1
		}
		oldEnd, newEnd := anchor[0], anchor[1]
		for oldEnd > i && newEnd > j && x[oldEnd-1] == y[newEnd-1] {
			oldEnd, newEnd = oldEnd-1, newEnd-1
		}
		step(oldEnd, newEnd)
		i, j = anchor[0], anchor[1]
		for i < len(x) && j < len(y) && x[i] == y[j] {
			i, j = i+1, j+1
		}
	}
	return list
}

// anchors returns pairs of indexes of lines that are unique in both texts, ascending in both: the longest such list.
func anchors(x, y []string) [][2]int {
	type count struct{ inX, inY, at int }
	seen := make(map[string]*count, len(x)+len(y))
	for _, s := range x {
		if seen[s] == nil {
			seen[s] = new(count)
		}
		seen[s].inX++
	}
	for j, s := range y {
		if c := seen[s]; c != nil {
			c.inY++
			c.at = j
		}
	}
	var pairs [][2]int // ascending in x
	for i, s := range x {
		if c := seen[s]; c.inX == 1 && c.inY == 1 {
			pairs = append(pairs, [2]int{i, c.at})
		}
	}

	// The longest subsequence ascending in y: tails[n] is the pair that ends the best list of n+1 pairs so far, and
	// before[p] the pair that precedes p in its list.
	var tails []int
	before := make([]int, len(pairs))
	for p := range pairs {
		n, _ := slices.BinarySearchFunc(tails, pairs[p][1], func(tail, at int) int { return pairs[tail][1] - at })
		before[p] = -1
		if n > 0 {
			before[p] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, p)
		} else {
			tails[n] = p
		}
	}
	if len(tails) == 0 {
		return nil
	}
	list := make([][2]int, 0, len(tails))
	for p := tails[len(tails)-1]; p >= 0; p = before[p] {
		list = append(list, pairs[p])
	}
	slices.Reverse(list)
	return list
}

// groups joins changes whose context touches.
func groups(list []change) [][]change {
	var out [][]change
	for k, c := range list {
		if k > 0 && c.oldStart-list[k-1].oldEnd <= 2*context {
			out[len(out)-1] = append(out[len(out)-1], c)
			continue
		}
		out = append(out, []change{c})
	}
	return out
}

func writeHunk(out *bytes.Buffer, x, y []string, group []change) {
	first, last := group[0], group[len(group)-1]
	lead := min(context, first.oldStart)
	trail := min(context, len(x)-last.oldEnd)
	fmt.Fprintf(out, "@@ -%s +%s @@\n",
		span(first.oldStart-lead, last.oldEnd+trail), span(first.newStart-lead, last.newEnd+trail))

	at := first.oldStart - lead
	for _, c := range group {
		writeLines(out, ' ', x[at:c.oldStart])
		writeLines(out, '-', x[c.oldStart:c.oldEnd])
		writeLines(out, '+', y[c.newStart:c.newEnd])
		at = c.oldEnd
	}
	writeLines(out, ' ', x[at:last.oldEnd+trail])
}

// span is how a hunk's header names lines: the first, starting at 1, and how many, left out where it is 1. Of no lines,
// the first is the one before.
func span(start, end int) string {
	switch end - start {
	case 0:
		return fmt.Sprintf("%d,0", start)
	case 1:
		return strconv.Itoa(start + 1)
	}
	return fmt.Sprintf("%d,%d", start+1, end-start)
}

func writeLines(out *bytes.Buffer, kind byte, list []string) {
	for _, s := range list {
		out.WriteByte(kind)
		out.WriteString(s)
		if !strings.HasSuffix(s, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
