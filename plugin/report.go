package plugin

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A source is a package and where its files lie.
type source struct {
	pass *analysis.Pass
	at   *wire.Locator
	dir  string // of the package
	root string // of its module: what names of files in messages are relative to, so that checkouts can share a cache
}

func newSource(p *analysis.Pass) *source {
	s := &source{pass: p, at: wire.NewLocator(p.Fset, p.Files, p.Pkg)}
	for _, f := range p.Files {
		// What cmd/cgo makes of a file lies elsewhere; its package clause carries the name of the original.
		if name := p.Fset.Position(f.Package).Filename; !wire.IsCgoGlue(p.Fset, f) && filepath.IsAbs(name) {
			s.dir = filepath.Dir(name)
			break
		}
	}
	s.root = s.dir
	if p.Module != nil && p.Module.Dir != "" {
		s.root = p.Module.Dir
	}
	return s
}

// report makes of a record the report that the cloudlint command would make of it, in golangci-lint's form.
func (s *source) report(ses *session, rec *wire.Record) ([]issue, error) {
	report := lint.Report(s.input(ses, rec))
	if len(report.Errors) > 0 {
		var errs []error
		for _, e := range report.Errors {
			errs = append(errs, errors.New(e.Message))
		}
		return []issue(nil), fmt.Errorf("package %s: %w", rec.Package, errors.Join(errs...))
	}
	findings := report.Findings
	if handed, some := s.handOver(ses, rec); some {
		for _, f := range lint.Report(s.input(ses, handed)).Findings {
			if f.Family != rule.Tool && !slices.ContainsFunc(findings, func(g finding.Finding) bool { return finding.Compare(f, g) == 0 }) {
				findings = append(findings, f)
			}
		}
		slices.SortFunc(findings, finding.Compare)
	}
	var issues []issue
	for i := range findings {
		f := &findings[i]
		if f.Severity.AtLeast(cmp.Or(ses.settings.MinSeverity, rule.Note)) {
			issues = append(issues, issue{f.Family, s.diagnostic(f)})
		}
	}
	return issues, nil
}

func (s *source) input(ses *session, rec *wire.Record) lint.Input {
	packages := map[string]driver.Package{s.at.Package: {ImportPath: s.at.Package, Dir: s.dir}}
	add := func(at wire.Pos) {
		if _, known := packages[at.Package]; !known {
			packages[at.Package] = driver.Package{ImportPath: at.Package, Dir: folder(s.pass.Module, at.Package)}
		}
	}
	for _, f := range rec.Findings {
		for _, step := range f.Steps {
			add(step.Pos)
		}
		for _, other := range f.Related {
			add(other.Pos)
		}
	}
	return lint.Input{
		Outcomes: []*driver.Outcome{{Records: []wire.Record{*rec}, Packages: packages}},
		Rules:    ses.rules,
		Config:   func(driver.Module) *config.Config { return ses.config },
		Root:     s.root,
	}
}

// diagnostic is the finding in golangci-lint's form.
func (s *source) diagnostic(f *finding.Finding) analysis.Diagnostic {
	pos := s.pos(f.Range)
	d := analysis.Diagnostic{
		Pos:      pos,
		Category: f.Code,
		URL:      f.URL,
		Message:  fmt.Sprintf("%s %s: %s%s", f.Code, f.Severity, f.Message, steps(f)),
	}
	if f.Fix != nil && f.Fix.Safe {
		d.SuggestedFixes = s.fix(pos, f)
	}
	return d
}

// maxSteps is how many steps a message tells.
const maxSteps = 12

// steps tells the other places of a finding in words.
func steps(f *finding.Finding) string {
	if len(f.Related) == 0 {
		return ""
	}
	var list []string
	for i, r := range f.Related {
		if i == maxSteps {
			list = append(list, fmt.Sprintf("and %d more", len(f.Related)-i))
			break
		}
		where := fmt.Sprintf("line %d", r.Line)
		if r.File != f.File {
			where = fmt.Sprintf("%s:%d", r.File, r.Line)
		}
		list = append(list, where+": "+r.Message)
	}
	return " [" + strings.Join(list, "; ") + "]"
}

// fix returns the fix, if all of its edits lie in the file of the diagnostic: golangci-lint leaves out the others, and
// applies half a fix.
func (s *source) fix(pos token.Pos, f *finding.Finding) []analysis.SuggestedFix {
	tf := s.pass.Fset.File(pos)
	if tf == nil {
		return nil
	}
	var edits []analysis.TextEdit
	for _, e := range f.Fix.Edits {
		if finding.Abs(s.root, e.File) != tf.Name() || e.Start < 0 || e.End < e.Start || e.End > tf.Size() {
			return nil
		}
		edits = append(edits, analysis.TextEdit{Pos: tf.Pos(e.Start), End: tf.Pos(e.End), NewText: []byte(e.New)})
	}
	if len(edits) == 0 {
		return nil
	}
	return []analysis.SuggestedFix{{Message: f.Fix.Message, TextEdits: edits}}
}

// pos finds the place of a finding in the package.
func (s *source) pos(at finding.Range) token.Pos {
	fset := s.pass.Fset
	name := finding.Abs(s.root, at.File)
	for _, file := range s.pass.Files {
		tf := fset.File(file.FileStart)
		if tf.Name() != name || at.Line < 1 || at.Line > tf.LineCount() {
			continue
		}
		pos := tf.LineStart(at.Line) + token.Pos(max(at.Column, 1)-1)
		if p := fset.Position(pos); p.Filename == name && p.Line == at.Line {
			return pos
		}
	}
	// A //line directive, or cmd/cgo, has moved it: of the nodes on the line, the nearest.
	best, distance := token.NoPos, 0
	for _, file := range s.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil || !n.Pos().IsValid() {
				return true
			}
			p := s.at.Pos(n.Pos(), token.NoPos)
			if p.Line == at.Line && filepath.Join(s.dir, filepath.FromSlash(p.File)) == name {
				if d := max(p.Column-at.Column, at.Column-p.Column); !best.IsValid() || d < distance {
					best, distance = n.Pos(), d
				}
			}
			return true
		})
	}
	if !best.IsValid() && len(s.pass.Files) > 0 {
		best = s.pass.Files[0].Name.Pos()
	}
	return best
}
