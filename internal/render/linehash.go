package render

import (
	"strconv"
	"unicode/utf16"
)

// lineHash returns the fingerprint of a line that GitHub calls primaryLocationLineHash, or "" if there is no such line.
//
// GitHub matches the alerts of two commits by it. Its upload action computes it where a log has none and warns where a
// log has another value, so this must be the same function: a polynomial hash, base 37 modulo 2^64, of the next 100
// UTF-16 code units from the start of the line, tabs and blanks left out, with all line ends (CR LF, CR, LF) as LF; the
// end of the file counts as 0xFFFF followed by zeros. Equal hashes are numbered in the order of their lines.
func (s *source) lineHash(line int) string {
	if s.err != nil {
		return ""
	}
	if s.hashes == nil {
		s.hashes = lineHashes(string(s.text))
	}
	return s.hashes[line]
}

func lineHashes(text string) map[int]string {
	const window, base = 100, 37
	var units []uint64 // of the whole text, as they are hashed
	var lines []int    // where lines start in units
	lineStart, afterCR := true, false
	add := func(u uint64) {
		if lineStart {
			lines = append(lines, len(units))
		}
		lineStart = u == '\n'
		units = append(units, u)
	}
	for _, u := range utf16.Encode([]rune(text)) {
		switch {
		case u == ' ', u == '\t', u == '\n' && afterCR:
			afterCR = false
		case u == '\r':
			add('\n')
			afterCR = true
		default:
			add(uint64(u))
			afterCR = false
		}
	}
	add(0xFFFF)
	units = append(units, make([]uint64, window)...)

	hashes := make(map[int]string, len(lines))
	seen := make(map[uint64]int)
	for i, start := range lines {
		var h uint64
		for _, u := range units[start : start+window] {
			h = h*base + u
		}
		seen[h]++
		hashes[i+1] = strconv.FormatUint(h, 16) + ":" + strconv.Itoa(seen[h])
	}
	return hashes
}
