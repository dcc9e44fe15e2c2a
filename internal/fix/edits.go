package fix

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"slices"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// A candidate is a fix that is applied unless something turns up that speaks against it.
type candidate struct {
	outcome *Outcome
	edits   []edit
}

// An edit replaces text[start:end] of a file.
type edit struct {
	src        *source
	start, end int
	text       string
}

// changed is why an edit does not fit its file.
const changed = "the file has changed since it was analysed"

// newCandidate returns nil where the fix must not be applied, which it notes in the outcome.
func newCandidate(o *Outcome, t *tree, unsafe bool) *candidate {
	c := &candidate{outcome: o}
	if !o.Finding.Fix.Safe && !unsafe {
		return c.drop(Skipped, "it can change what the program does: apply it with --unsafe-fixes")
	}
	for _, e := range o.Finding.Fix.Edits {
		src, reason := t.source(e.File)
		if reason != "" {
			return c.drop(Skipped, "%s", reason)
		}
		if e.Start < 0 || e.End < e.Start || e.End > len(src.text) {
			return c.drop(Skipped, changed)
		}
		c.edits = append(c.edits, edit{src: src, start: e.Start, end: e.End, text: e.New})
	}
	return c
}

// drop notes why the fix is not applied. It returns nil.
func (c *candidate) drop(s Status, reason string, args ...any) *candidate {
	c.outcome.Status, c.outcome.Reason = s, fmt.Sprintf(reason, args...)
	return nil
}

// withoutConflicts drops each fix that overlaps an earlier one, or itself.
func withoutConflicts(fixes []*candidate) []*candidate {
	type placed struct {
		edit
		by *finding.Finding
	}
	taken := make(map[*source][]placed)
	var kept []*candidate
next:
	for _, c := range fixes {
		for i, e := range c.edits {
			for _, other := range c.edits[:i] {
				if e.src == other.src && e.overlaps(other) && e != other {
					c.drop(Conflict, "its own edits overlap")
					continue next
				}
			}
			for _, other := range taken[e.src] {
				if e.overlaps(other.edit) && e != other.edit {
					c.drop(Conflict, "it overlaps the fix of %s at %s", other.by.Code, position(other.by))
					continue next
				}
			}
		}
		for _, e := range c.edits {
			taken[e.src] = append(taken[e.src], placed{e, c.outcome.Finding})
		}
		kept = append(kept, c)
	}
	return kept
}

// overlaps reports whether both edits change the same bytes, or one inserts inside what the other replaces. Two
// insertions at one place do not overlap.
func (e edit) overlaps(other edit) bool {
	return e.start < other.end && other.start < e.end
}

// withoutSyntaxErrors drops each fix with which, after all earlier ones, a file is not a Go file any more.
func withoutSyntaxErrors(fixes []*candidate) []*candidate {
	broken := make(map[*source]bool)
	for _, src := range sources(fixes) {
		if _, err := src.apply(fixes); err != nil {
			broken[src] = true
		}
	}
	var kept []*candidate
next:
	for _, c := range fixes {
		for _, e := range c.edits {
			if !broken[e.src] {
				continue
			}
			if _, err := e.src.apply(append(kept, c)); err != nil {
				c.drop(Withdrawn, "the result would not be a Go file: %v", err)
				continue next
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// apply returns the text of the file with the fixes, formatted. It fails if that is no Go file.
func (s *source) apply(fixes []*candidate) ([]byte, error) {
	var list []edit
	for _, c := range fixes {
		for _, e := range c.edits {
			if e.src == s && !slices.Contains(list, e) {
				list = append(list, e)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})

	var out bytes.Buffer
	at := 0
	for _, e := range list {
		out.Write(s.text[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(s.text[at:])

	text, err := tidyImports(s.text, out.Bytes())
	if err != nil {
		return nil, err
	}
	if text, err = format.Source(text); err != nil {
		return nil, err
	}
	if hasCRLF(s.text) {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text, nil
}
