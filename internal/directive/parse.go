package directive

import "strings"

// ParseComment reads one comment, with its leading slashes. A comment that begins with a directive may hold more of
// them, each after slashes of its own, because a line of Go has room for one comment only:
//
//	//nolint:gosec //cloudlint:ignore CL2001 only the health check is served here
//
// The offset of each directive in the text is returned beside it.
func ParseComment(text string) (ds []Directive, offsets []int) {
	for offset := 0; ; {
		rest := text[offset:]
		end := len(rest)
		if next := nextDirective(rest); next > 0 && len(ds) < maxPerComment {
			end = next
		}
		d, ok := parseOne(rest[:end])
		if !ok {
			return ds, offsets
		}
		ds, offsets = append(ds, d), append(offsets, offset)
		if end == len(rest) {
			return ds, offsets
		}
		offset += end
	}
}

// maxPerComment bounds the work for a comment that is made of nothing else.
const maxPerComment = 8

// nextDirective returns where the next directive after the first one begins, or 0.
func nextDirective(text string) int {
	next := 0
	for _, kind := range []string{Ignore, LintIgnore, NoLint} {
		for from := len("//"); ; {
			i := strings.Index(text[min(from, len(text)):], "//"+kind)
			if i < 0 {
				break
			}
			from += i
			if _, ok := parseOne(text[from:]); ok && (next == 0 || from < next) {
				next = from
				break
			}
			from += len("//")
		}
	}
	return next
}

// parseOne reads a comment that holds at most one directive, at its beginning.
func parseOne(text string) (d Directive, ok bool) {
	text, ok = strings.CutPrefix(text, "//")
	if !ok {
		return d, false
	}
	// "// nolint" with a blank is still honoured by golangci-lint.
	if rest, found := strings.CutPrefix(strings.TrimLeft(text, " "), NoLint); found {
		return parseNoLint(rest)
	}
	for _, kind := range []string{Ignore, LintIgnore} {
		rest, found := strings.CutPrefix(text, kind)
		if !found || rest != "" && !strings.ContainsRune(" \t", rune(rest[0])) {
			continue
		}
		names, reason := cutNames(rest)
		return Directive{Kind: kind, Names: names, Reason: reason}, true
	}
	return d, false
}

// cutNames splits a list of names from the prose behind it. The list may have blanks after its commas, not before.
func cutNames(text string) (names []string, prose string) {
	for {
		text = strings.TrimSpace(text)
		end := strings.IndexAny(text, ", \t")
		if end < 0 {
			end = len(text)
		}
		if name := text[:end]; name != "" {
			names = append(names, name)
		}
		if text = text[end:]; text == "" || text[0] != ',' {
			return names, strings.TrimSpace(text)
		}
		text = text[1:]
	}
}

// parseNoLint reads what follows "nolint", as golangci-lint does: a list of linters after a colon, else everything.
func parseNoLint(rest string) (d Directive, ok bool) {
	d.Kind = NoLint
	list, reason, _ := strings.Cut(rest, "//")
	d.Reason = strings.TrimSpace(reason)
	if list == "" {
		return d, true
	}
	prose := list
	switch list[0] {
	case ' ', '\t', '\r':
	case ':':
		d.Names, prose = cutNames(list[1:])
		if len(d.Names) == 0 {
			return d, false
		}
	default:
		return d, false // "nolintlint" ...
	}
	d.Reason = strings.TrimSpace(strings.TrimSpace(prose) + " " + d.Reason)
	return d, true
}
