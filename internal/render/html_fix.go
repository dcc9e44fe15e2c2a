package render

import (
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/explain"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/fix"
	"github.com/cloudlint/cloudlint/internal/fix/unified"
)

// An htmlFix is a change that removes a finding.
type htmlFix struct {
	Text    []explain.Span
	Command string
	Files   []htmlDiff
}

// An htmlDiff is what a fix does to a file.
type htmlDiff struct {
	Name    string
	Problem string // why there are no lines
	Lines   []htmlDiffLine
}

// An htmlDiffLine is a line of a difference, with its sign, or a heading of some: "@@ -1,2 +1,3 @@".
type htmlDiffLine struct {
	Kind string // "add", "del", "same" or "at"
	Text string
}

// Change returns the finding's fix, or nil.
func (f *htmlFinding) Change() *htmlFix {
	if f.Fix == nil {
		return nil
	}
	h := &htmlFix{Text: explain.Spans(clean(f.Fix.Message)), Command: fixCommand(f.Fix)}
	var names []string
	for _, e := range f.Fix.Edits {
		if !slices.Contains(names, e.File) {
			names = append(names, e.File)
		}
	}
	for _, name := range names {
		h.Files = append(h.Files, f.diff(name))
	}
	return h
}

// diff returns what the finding's fix does to one file.
func (f *htmlFinding) diff(name string) htmlDiff {
	d := htmlDiff{Name: clean(name)}
	src := f.in.sources.file(name)
	if src.err != nil {
		d.Problem = clean(brief(src.err).Error())
		return d
	}
	edits := slices.DeleteFunc(slices.Clone(f.Fix.Edits), func(e finding.Edit) bool { return e.File != name })
	text, err := fix.Preview(src.text, edits)
	if err != nil {
		d.Problem = clean(err.Error())
		return d
	}
	// The names, which stand on the first two lines, are said once.
	lines := slices.Collect(strings.Lines(string(unified.Diff("a", src.text, "b", text))))
	for _, line := range lines[min(2, len(lines)):] {
		line = strings.TrimRight(line, "\r\n")
		kind := map[byte]string{'+': "add", '-': "del", '@': "at"}[line[0]]
		if kind == "" {
			kind = "same"
		}
		d.Lines = append(d.Lines, htmlDiffLine{kind, line[:1] + excerpt(line[1:], false, false, false)})
	}
	return d
}
