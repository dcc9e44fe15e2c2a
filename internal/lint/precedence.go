package lint

import (
	"slices"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// told returns a function that says whether another analyzer, which precedes that of a finding, tells of the same subject.
// One that a comment silences has told, too: whoever wrote the comment has seen to it. One that is switched off has not.
func (b *builder) told() func(*hit) bool {
	type subject struct{ pkg, subject string }
	speakers := make(map[subject][]string)
	for _, h := range b.hits {
		if h.subject == "" || h.test && !h.config.Tests(h.rule) {
			continue
		}
		switch state := h.config.At(h.rule, h.abs); {
		case state == config.Off, state == config.Excluded && !h.suppressed:
		default:
			key := subject{h.finding.Package, h.subject}
			speakers[key] = append(speakers[key], h.rule.Analyzer)
		}
	}
	return func(h *hit) bool {
		return slices.ContainsFunc(speakers[subject{h.finding.Package, h.subject}], func(first string) bool { return rule.Precedes(first, h.rule.Analyzer) })
	}
}
