package lint

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A resolver turns the places of one outcome, which are relative to packages, into files of this machine.
type resolver struct {
	outcome  *driver.Outcome
	root     string
	function func(file string, line, column int) string
}

// pkg returns the package with the import path. An external test lies where the package lies that it tests.
func (r resolver) pkg(importPath string) driver.Package {
	p, ok := r.outcome.Packages[importPath]
	if !ok {
		p, ok = r.outcome.Packages[strings.TrimSuffix(importPath, "_test")]
	}
	if !ok {
		p.ImportPath = importPath
	}
	return p
}

// place returns where a position lies, and its file's absolute path. A package that nobody has listed has no folder:
// its files then go by its import path, as with -trimpath.
func (r resolver) place(pos wire.Pos) (at finding.Range, abs string) {
	at = finding.Range{Line: pos.Line, Column: pos.Column, EndLine: pos.EndLine, EndColumn: pos.EndColumn}
	at.File, abs = r.file(pos.Package, pos.File)
	return at, abs
}

func (r resolver) file(importPath, name string) (shown, abs string) {
	abs = filepath.Clean(filepath.FromSlash(name))
	if !filepath.IsAbs(abs) {
		dir := r.pkg(importPath).Dir
		if dir == "" {
			abs = path.Join(importPath, name)
			return abs, abs
		}
		abs = filepath.Join(dir, abs)
	}
	if rel, ok := paths.Below(r.root, abs); ok {
		return filepath.ToSlash(rel), abs
	}
	return filepath.ToSlash(abs), abs
}

// origin tells where a cause lies.
func (r resolver) origin(pos wire.Pos) *finding.Origin {
	at, abs := r.place(pos)
	o := &finding.Origin{Package: pos.Package, Range: at}
	if r.function != nil {
		o.Function = r.function(abs, pos.Line, pos.Column)
	}
	return o
}

// finding translates a finding; its severity is the caller's.
func (r resolver) finding(rec *wire.Record, pkg driver.Package, ru *rule.Rule, w *wire.Finding, at finding.Range) finding.Finding {
	f := finding.Finding{
		Code:     ru.Code,
		Rule:     w.Analyzer,
		Family:   ru.Family(),
		Message:  w.Message,
		URL:      ru.URL(),
		Maturity: ru.Maturity,
		Range:    at,
		Module:   pkg.Module.Path,
		Package:  rec.Package,
		Function: w.Function,
		Cause:    w.Cause,
	}
	parts := finding.Parts{Code: ru.Code, Package: rec.Package, Function: w.Function, Op: w.Op, Object: w.Object}
	if w.Origin != nil {
		f.Origin = r.origin(*w.Origin)
		parts.Package, parts.Function = f.Origin.Package, f.Origin.Function
	}
	f.Fingerprint = finding.Fingerprint(parts)
	f.Path, f.Schedule = r.steps(w.Steps), r.steps(w.Schedule)
	for _, s := range f.Path {
		f.Related = append(f.Related, finding.Related{Message: s.Message, Range: s.Range})
	}
	for _, other := range w.Related {
		where, _ := r.place(other.Pos)
		f.Related = append(f.Related, finding.Related{Message: other.Message, Range: where})
	}
	if w.Fix != nil {
		f.Fix = &finding.Fix{Message: w.Fix.Message, Safe: w.Fix.Safe, Edits: []finding.Edit{}}
		for _, e := range w.Fix.Edits {
			shown, _ := r.file(w.Pos.Package, e.File)
			f.Fix.Edits = append(f.Fix.Edits, finding.Edit{File: shown, Start: e.Start, End: e.End, New: e.New})
		}
	}
	return f
}

func (r resolver) steps(list []wire.Step) (steps []finding.Step) {
	for _, s := range list {
		where, _ := r.place(s.Pos)
		steps = append(steps, finding.Step{Goroutine: s.Goroutine, Op: s.Op, Object: s.Object, Nth: s.Nth, Starts: s.Starts, Waits: s.Waits, Message: s.Message, Range: where})
	}
	return steps
}
