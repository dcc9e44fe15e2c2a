package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/baseline"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A book is the baseline of one module.
type book struct {
	module driver.Module
	path   string
	file   *baseline.File // nil: there is none
	config *config.Config
}

// openBook reads the baseline of a module before anything is analysed, so that a broken one costs no time.
func (r *run) openBook(m driver.Module) error {
	if !m.Main || m.Dir == "" || r.opts.NoBaseline || slices.ContainsFunc(r.books, func(b *book) bool { return b.module == m }) {
		return nil
	}
	if r.opts.Baseline != "" && len(r.books) > 0 {
		return Usagef("--baseline names one file, and this run covers the modules %s and %s, each of which has a baseline of its own: lint one at a time",
			r.books[0].module.Path, m.Path)
	}
	b := &book{module: m, config: r.configs.of(m)}
	named, where := b.config.Baseline()
	switch {
	case r.opts.Baseline != "":
		b.path, where = r.opts.Baseline, "--baseline"
	case named != "":
		b.path = named
	default:
		b.path = filepath.Join(m.Dir, baseline.Name)
	}
	actual := b.path
	if r.comparison != nil {
		actual = r.comparison.Actual(b.path) // of the index
	}
	file, err := baseline.Read(actual)
	switch {
	case errors.Is(err, fs.ErrNotExist) && (where == "" || r.opts.newBaseline):
	case errors.Is(err, fs.ErrNotExist):
		return Usagef("%s names the baseline %s, which does not exist: `cloudlint baseline create` makes one", where, r.app.short(b.path))
	case err != nil:
		return r.app.brokenBook(b.path, err)
	}
	b.file = file
	r.books = append(r.books, b)
	return nil
}

// brokenBook says what is wrong with the file of a baseline.
func (a *App) brokenBook(path string, err error) error {
	var mistakes baseline.Errors
	if !errors.As(err, &mistakes) {
		return Usagef("the baseline cannot be read: %v", err)
	}
	var lines []string
	for _, m := range mistakes {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", a.short(path), max(m.Line, 1), m.Message))
	}
	return Usagef("%s", strings.Join(lines, "\n"))
}

// short is the name of a file for a message.
func (a *App) short(path string) string {
	if rel, err := filepath.Rel(a.Options.Dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

// today is the day by which entries expire. CLOUDLINT_TODAY sets it, for whoever wants to know what a later day brings.
func (a *App) today() (string, error) {
	if day := a.getenv("CLOUDLINT_TODAY"); day != "" {
		if err := baseline.CheckDate(day); err != nil {
			return "", Usagef("CLOUDLINT_TODAY: %v", err)
		}
		return day, nil
	}
	return time.Now().UTC().Format(time.DateOnly), nil
}

// found returns those of the findings that are of the book's module, with their indexes.
func (b *book) found(findings []finding.Finding) (entries []baseline.Entry, indexes []int) {
	for i, f := range findings {
		if f.Module == b.module.Path && f.Code != lint.CodeStale {
			entries, indexes = append(entries, baseline.Of(f)), append(indexes, i)
		}
	}
	return entries, indexes
}

// match compares a report with the book. A book without a file knows nothing.
func (b *book) match(found []baseline.Entry, today string) *baseline.Match {
	file := b.file
	if file == nil {
		file = new(baseline.File)
	}
	return file.Match(found, today, b.gone)
}

// applyBooks marks what the baselines know, and adds what is to be said about them. all are the findings of the run, of
// which the report may have left out those that are not new: of several alike these are the ones that a baseline knows.
func (r *run) applyBooks(report *finding.Report, all []finding.Finding) error {
	left := slices.DeleteFunc(slices.Clone(all), func(f finding.Finding) bool {
		_, reported := slices.BinarySearchFunc(report.Findings, f, finding.Compare)
		return reported
	})
	all = slices.Concat(left, report.Findings)
	today, err := r.app.today()
	if err != nil {
		return err
	}
	for _, b := range r.books {
		if b.file == nil {
			continue
		}
		found, indexes := b.found(all)
		m := b.match(found, today)
		for i, at := range indexes {
			if at < len(left) {
				continue
			}
			f := &report.Findings[at-len(left)]
			f.BaselineState = finding.New
			if m.Known(i) {
				f.BaselineState = finding.Unchanged
				report.Stats.Known++
			} else if e, ok := m.Entry(i); ok {
				f.Message += fmt.Sprintf(" (the baseline knew this until %s%s)", e.Until, because(e.Reason))
			} else if n, over := m.Over(found[i]); over {
				f.Message += fmt.Sprintf(" (the baseline knows %d such here, and this is one more)", n)
			}
		}
		if r.opts.New.FromRev != "" || r.opts.New.FromMergeBase != "" {
			continue // what is stale is not new
		}
		for _, s := range m.Stale(r.decided(b)) {
			r.stale(report, b, s)
		}
	}
	report.Sort()
	return nil
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// stale reports an entry that stands for findings which are gone, if the rule about that is on.
func (r *run) stale(report *finding.Report, b *book, s baseline.Stale) {
	ru := r.rules.Lookup(lint.CodeStale)
	if ru == nil {
		return
	}
	file := filepath.ToSlash(b.path)
	if rel, ok := paths.Below(r.app.root(), b.path); ok {
		file = filepath.ToSlash(rel)
	}
	lint.Tell(report, ru, b.config, b.path, "", finding.Finding{
		Message: staleText(s) + ": run `cloudlint baseline prune`",
		Range:   finding.Range{File: file, Line: s.Line, Column: 1},

		BaselineState: finding.New,
		Module:        b.module.Path,
		Package:       b.module.Path,
		Fingerprint:   finding.Fingerprint(finding.Parts{Code: ru.Code, Package: b.module.Path, Op: s.Package, Object: s.ID}),
	})
}

func staleText(s baseline.Stale) string {
	if s.Left == 0 {
		return fmt.Sprintf("the baseline knows %s in %s, which is not found any more", s.Code, s.Where())
	}
	return fmt.Sprintf("the baseline knows %s in %s %d times, and it is found %d times", s.Code, s.Where(), s.Count, s.Left)
}

// gone reports whether a package of the module is not there any more.
func (b *book) gone(pkg string) bool {
	files, err := os.ReadDir(b.dir(pkg))
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".go") {
			return false
		}
	}
	return true
}

// dir returns the folder of a package, which an external test shares with what it tests.
func (b *book) dir(pkg string) string {
	dir := filepath.Join(b.module.Dir, filepath.FromSlash(pkg))
	if _, err := os.Stat(dir); err != nil {
		if tested, ok := strings.CutSuffix(dir, "_test"); ok {
			return filepath.Clean(tested) // of ._test, too
		}
	}
	return dir
}

// decided returns whether the run would have found what an entry stands for. It looks at folders: each entry is asked
// about once.
func (r *run) decided(b *book) func(baseline.Entry) bool {
	whole := r.wholeModule(b.module)
	elsewhere := newOtherBuilds(r.packages)
	return func(e baseline.Entry) bool {
		ru := r.rules.Lookup(e.Code)
		dir := b.dir(e.Package)
		file := filepath.Join(dir, "x.go") // as good as any: what the configuration says about single files is not asked
		switch {
		case ru == nil || ru.Maturity == rule.Retired:
			return false
		case e.Wide && !b.gone(e.Package):
			return whole && r.coverage.DecidedEverywhere(b.module, e.Code, filepath.Join(b.module.Dir, "x.go")) && !elsewhere.has(dir, e.Function)
		case b.gone(e.Package):
			// It may have moved to a package that is not in the run.
			return whole && r.coverage.DecidedEverywhere(b.module, e.Code, file)
		}
		return r.coverage.Decided(b.module, e.Code, dir, file) && !elsewhere.has(dir, e.Function)
	}
}

// wholeModule reports whether the arguments name all packages of a module.
func (r *run) wholeModule(m driver.Module) bool {
	patterns := r.patterns
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	above, inside := false, false
	for _, p := range patterns {
		if p == m.Path+"/..." {
			return true
		}
		base, all := strings.CutSuffix(filepath.ToSlash(p), "...")
		base = r.app.path(filepath.FromSlash(strings.TrimSuffix(base, "/")))
		rel, err := filepath.Rel(base, m.Dir)
		switch {
		case all && err == nil && rel == ".":
			return true
		case all && err == nil && filepath.IsLocal(rel):
			above = true // as of a workspace
		default:
			inside = true // or so it may be
		}
	}
	return above && !inside
}
