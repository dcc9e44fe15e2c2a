package plugin

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// handOver returns the record with those findings no longer suppressed that golangci-lint is going to suppress by the same
// kind of comment: it has to see them, or its nolintlint takes the comment for unused. What it does not suppress, because
// the comment says //cloudlint:ignore or names a rule, or stands for less in golangci-lint, stays suppressed here.
func (s *source) handOver(ses *session, rec *wire.Record) (handed *wire.Record, some bool) {
	c := *rec
	c.Findings = slices.Clone(rec.Findings)
	for i := range c.Findings {
		f := &c.Findings[i]
		if f.SuppressedBy == nil {
			continue
		}
		r := ses.rules.Lookup(f.Code)
		if r != nil && s.golangciSilences(ses.carriers(r.Family()), f.Pos) {
			f.SuppressedBy, some = nil, true
		}
	}
	return &c, some
}

// golangciSilences reports whether golangci-lint drops an issue of any of the linters at a place. It is
// golangci-lint's own rule (pkg/result/processors/nolint_filter.go, v2.15): a comment stands for the lines of its group, and
// for the nodes that begin in the line below, in the same column.
func (s *source) golangciSilences(linters []string, at wire.Pos) bool {
	fset := s.pass.Fset
	name := filepath.Join(s.dir, filepath.FromSlash(at.File))
	i := slices.IndexFunc(s.pass.Files, func(f *ast.File) bool { return fset.File(f.FileStart).Name() == name })
	if i < 0 || len(linters) == 0 {
		return false
	}
	file := s.pass.Files[i]
	for _, group := range file.Comments {
		if !slices.ContainsFunc(group.List, func(c *ast.Comment) bool { return silences(c.Text, linters) }) {
			continue
		}
		from, to := fset.Position(group.Pos()), fset.Position(group.End())
		if from.Line <= at.Line && at.Line <= to.Line {
			return true
		}
		below := false
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil || below {
				return false
			}
			start, end := fset.Position(n.Pos()), fset.Position(n.End())
			below = start.Line == to.Line+1 && start.Column == from.Column && start.Line <= at.Line && at.Line <= end.Line
			return !below
		})
		if below {
			return true
		}
	}
	return false
}

// silences reports whether golangci-lint takes the comment as one that silences all of the linters.
func silences(comment string, linters []string) bool {
	text, ok := strings.CutPrefix(strings.TrimLeft(comment, "/ "), "nolint")
	switch {
	case !ok || text != "" && text[0] != ' ' && text[0] != ':':
		return false
	case !strings.HasPrefix(text, ":") || strings.HasPrefix(text, ":all"):
		return true
	}
	text, _, _ = strings.Cut(text[1:], "//")
	var names []string
	for name := range strings.SplitSeq(text, ",") {
		names = append(names, strings.ToLower(strings.TrimSpace(name)))
	}
	return slices.Contains(names, "all") || !slices.ContainsFunc(linters, func(l string) bool { return !slices.Contains(names, l) })
}
