package fix

import (
	"errors"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// Preview returns the text of a Go file with the edits of one fix, all of them of this file, formatted as Prepare would.
// Whether Prepare would apply the fix is not asked.
func Preview(text []byte, edits []finding.Edit) ([]byte, error) {
	src := &source{text: text}
	c := &candidate{outcome: new(Outcome)}
	for _, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(text) {
			return nil, errors.New(changed)
		}
		c.edits = append(c.edits, edit{src: src, start: e.Start, end: e.End, text: e.New})
	}
	kept := withoutConflicts([]*candidate{c})
	if len(kept) == 0 {
		return nil, errors.New(c.outcome.Reason)
	}
	return src.apply(kept)
}
