package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/baseline"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/render"
)

// BaselineOptions are the flags of the baseline commands, beside those of a run.
type BaselineOptions struct {
	Lint          LintOptions
	Force         bool   // create: there may be one
	All           bool   // accept: whatever is new
	Reason, Until string // create, accept
	Frozen        string // check: the git revision whose baseline must not grow
}

// A bookRun is an analysis of one module, compared with its baseline.
type bookRun struct {
	*run
	book     *book
	report   *finding.Report
	found    []baseline.Entry
	indexes  []int // of the findings, in the report
	match    *baseline.Match
	decided  func(baseline.Entry) bool
	origin   string // the folder in which the user is
	previous *baseline.File
}

// openBaseline analyses packages of the module in this folder, all of them unless patterns name some.
func (a *App) openBaseline(ctx context.Context, o BaselineOptions, patterns []string) (*bookRun, error) {
	if o.Until != "" {
		if err := baseline.CheckDate(o.Until); err != nil {
			return nil, Usagef("--until: %v", err)
		}
	}
	r := a.newRun(o.Lint, patterns)
	origin := a.Options.Dir
	if len(patterns) == 0 {
		a.Options.Dir = config.ModuleRoot(origin)
	}
	today, err := a.today()
	if err != nil {
		return nil, err
	}
	report, _, err := r.report(ctx)
	if err != nil {
		return nil, err
	}
	r.finish(report)
	books := r.books
	if len(patterns) == 0 {
		// ./... of a workspace's root module has packages of the modules below it, too.
		if own := slices.IndexFunc(books, func(b *book) bool { return b.module.Dir == a.Options.Dir }); own >= 0 {
			books = books[own : own+1]
		}
	}
	if len(books) != 1 {
		return nil, Usagef("a baseline belongs to one module, and this run covers %d: work in the folder of one (-C), or name packages of one", len(books))
	}
	b := books[0]
	if b.file == nil && !r.opts.newBaseline {
		return nil, Usagef("there is no baseline %s: `cloudlint baseline create` makes one", a.short(b.path))
	}
	br := &bookRun{run: r, book: b, report: report, origin: origin, previous: b.file, decided: r.decided(b)}
	br.found, br.indexes = b.found(report.Findings)
	br.match = b.match(br.found, today)
	a.Options.Dir = origin // in which the user reads the names of files
	return br, nil
}

// end says how the run went, and how it ends: with a partial analysis, whatever else there is to say, the file may not be
// what it should be.
func (br *bookRun) end(status int) error {
	for _, e := range br.report.Errors {
		br.app.log.Warnf("not everything was analysed: %s %s", e.Package, strings.TrimSpace(e.Message))
	}
	if len(br.report.Errors) > 0 || br.report.Stats.NotAnalysed > 0 {
		status = lint.ExitFailed
	}
	if status != lint.ExitClean {
		return statusError(status)
	}
	return nil
}

// save writes the file.
func (br *bookRun) save(file *baseline.File) error {
	text := file.Format()
	if _, err := baseline.Parse(text); err != nil {
		return fmt.Errorf("the baseline that would be written cannot be read again, and is not written: %w", err)
	}
	return render.WriteFile(br.book.path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

func (br *bookRun) printf(format string, args ...any) {
	fmt.Fprintf(br.app.stdout, format+"\n", args...)
}

func (br *bookRun) name() string { return br.app.short(br.book.path) }

// BaselineCreate writes all findings of the module into a new baseline. With Force it may take the place of one: what is
// found no more is dropped, reasons and dates stay, and so does what this run cannot judge.
func (a *App) BaselineCreate(ctx context.Context, o BaselineOptions) error {
	br, file, err := a.makeBaseline(ctx, o)
	if errors.Is(err, errBaselineExists) {
		return Usagef("there is a baseline %s: `cloudlint baseline accept` adds findings to it, `create --force` makes it anew", br.name())
	}
	if err != nil {
		return err
	}
	if err := br.save(file); err != nil {
		return err
	}
	br.printf("%s: %s", br.name(), size(file))
	if n := file.Total() - len(br.found); n > 0 {
		br.printf("  %s stay that this run could not judge", render.Plural(n, "finding"))
	}
	return br.end(lint.ExitClean)
}

var errBaselineExists = errors.New("there is a baseline")

// makeBaseline returns what BaselineCreate writes.
func (a *App) makeBaseline(ctx context.Context, o BaselineOptions) (*bookRun, *baseline.File, error) {
	o.Lint.newBaseline = true
	br, err := a.openBaseline(ctx, o, nil)
	if err != nil {
		return nil, nil, err
	}
	if br.book.file != nil {
		if !o.Force {
			return br, nil, errBaselineExists
		}
		br.rebase(br.match.Prune(br.decided))
	}
	all := make([]int, len(br.found))
	for i := range all {
		all[i] = i
	}
	return br, br.match.Accept(br.found, all, o.Reason, o.Until), nil
}

// rebase continues with another state of the file.
func (br *bookRun) rebase(file *baseline.File) {
	today, _ := br.app.today() // it was asked before
	br.book.file = file
	br.match = br.book.match(br.found, today)
}

// BaselineAccept adds findings to the baseline: those that one of the selectors means.
func (a *App) BaselineAccept(ctx context.Context, o BaselineOptions, selectors []string) error {
	if len(selectors) == 0 && !o.All {
		return Usagef("say which findings to accept: a code or rule, a package, FILE or FILE:LINE, a fingerprint; or all new ones with --all")
	}
	if len(selectors) > 0 && o.All {
		return Usagef("--all accepts whatever is new: leave out %s", strings.Join(selectors, " "))
	}
	o.Lint.newBaseline = true
	br, err := a.openBaseline(ctx, o, nil)
	if err != nil {
		return err
	}
	var chosen []int
	meant := make(map[string]bool)
	renewed := 0
	for i, at := range br.indexes {
		known := br.match.Known(i)
		take := o.All && !known
		for _, s := range selectors {
			f := br.report.Findings[at]
			if br.means(s, f) {
				meant[s] = true
				// Who names a rule or a package means what is new of it; a known finding keeps its reason, unless it is named itself.
				take = take || !known || br.meansOne(s, f)
			}
		}
		if take && known {
			renewed++
		}
		if take {
			chosen = append(chosen, i)
		}
	}
	for _, s := range selectors {
		if !meant[s] {
			return Usagef("no finding of the module is meant by %s: nothing is changed", s)
		}
	}
	before := 0
	if br.previous != nil {
		before = br.previous.Total()
	}
	file := br.match.Accept(br.found, chosen, o.Reason, o.Until)
	if err := br.save(file); err != nil {
		return err
	}
	also := ""
	if renewed > 0 {
		also = fmt.Sprintf(", %d renewed", renewed)
	}
	br.printf("%s: %d new%s, now %s", br.name(), file.Total()-before, also, size(file))
	return br.end(lint.ExitClean)
}

// meansOne reports whether a selector names a finding itself: by its fingerprint, or its line.
func (br *bookRun) meansOne(selector string, f finding.Finding) bool {
	if selector == f.Fingerprint || selector == finding.Identity(f.Fingerprint) {
		return true
	}
	line := fmt.Sprintf(":%d", f.Line)
	return br.meansPlace(selector, f.Range) && (strings.HasSuffix(selector, line) || strings.HasSuffix(selector, fmt.Sprintf("%s:%d", line, f.Column)))
}

// means reports whether a selector stands for a finding.
func (br *bookRun) means(selector string, f finding.Finding) bool {
	if r := br.rules.Lookup(f.Code); strings.EqualFold(selector, f.Code) || r != nil && selector == r.Name || selector == f.Rule {
		return true
	}
	if selector == f.Fingerprint || selector == finding.Identity(f.Fingerprint) {
		return true
	}
	packages := []string{f.Package}
	if f.Origin != nil {
		packages = append(packages, f.Origin.Package)
	}
	for _, pkg := range packages {
		for _, name := range []string{pkg, baseline.Relative(f.Module, pkg)} {
			if selector == name || strings.HasSuffix(selector, "/...") && strings.HasPrefix(name+"/", strings.TrimSuffix(selector, "...")) {
				return true
			}
		}
	}
	return br.meansPlace(selector, f.Range)
}

// meansPlace reports whether a selector is the file, the line or the folder of a finding.
func (br *bookRun) meansPlace(selector string, at finding.Range) bool {
	file := finding.Abs(br.report.Root, at.File)
	path := selector
	for _, suffix := range []string{fmt.Sprintf(":%d", at.Line), fmt.Sprintf(":%d:%d", at.Line, at.Column)} {
		if cut, ok := strings.CutSuffix(selector, suffix); ok {
			path = cut
		}
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(br.origin, filepath.FromSlash(path))
	}
	if dir, ok := strings.CutSuffix(path, string(filepath.Separator)+"..."); ok {
		_, ok := paths.Below(dir, file)
		return ok
	}
	return path == file || path == filepath.Dir(file)
}

// BaselinePrune removes from the baseline what is found no more. It never adds anything.
func (a *App) BaselinePrune(ctx context.Context, o BaselineOptions, patterns []string) error {
	br, err := a.openBaseline(ctx, o, patterns)
	if err != nil {
		return err
	}
	stale := br.match.Stale(br.decided)
	file := br.match.Prune(br.decided)
	if len(stale) > 0 || len(br.match.Moved) > 0 {
		if err := br.save(file); err != nil {
			return err
		}
	}
	for _, s := range stale {
		br.printf("%s:%d: removed: %s in %s, %d of %d", br.name(), s.Line, s.Code, s.Where(), s.Count-s.Left, s.Count)
	}
	for _, line := range br.moved() {
		br.printf("%s", line)
	}
	br.undecided()
	br.printf("%s: %d removed, now %s", br.name(), br.previous.Total()-file.Total(), size(file))
	return br.end(lint.ExitClean)
}

// moved tells which packages have other names than in the file.
func (br *bookRun) moved() []string {
	var lines []string
	for from, to := range br.match.Moved {
		lines = append(lines, fmt.Sprintf("%s: package %s is now %s", br.name(), from, to))
	}
	slices.Sort(lines)
	return lines
}

// undecided tells which entries stay only because the run cannot judge them.
func (br *bookRun) undecided() {
	for _, e := range br.match.Undecided(br.decided) {
		br.printf("%s:%d: kept: %s in %s was not found, but not all that could show it was in this run, or a function was too large; if it is mended, delete the line", br.name(), e.Line, e.Code, e.Where())
	}
}

// BaselineCheck fails where the baseline is not what it should be: entries that are stale or expired, or with Frozen more
// than a former version had.
func (a *App) BaselineCheck(ctx context.Context, o BaselineOptions, patterns []string) error {
	br, err := a.openBaseline(ctx, o, patterns)
	if err != nil {
		return err
	}
	today, _ := a.today()
	var growth []baseline.Growth
	if o.Frozen != "" {
		former, path, err := br.former(ctx, o.Frozen)
		if err != nil {
			return err
		}
		if former == nil {
			br.printf("%s: %s has no such file, so that this is its first baseline: nothing to compare with", br.name(), o.Frozen)
		} else {
			if path != br.book.path {
				br.printf("%s: in %s the baseline is %s, with which it is compared", br.name(), o.Frozen, a.short(path))
			}
			growth = br.book.file.Growth(former)
		}
	}
	type problem struct {
		line int
		text string
	}
	var problems []problem
	for _, s := range br.match.Stale(br.decided) {
		problems = append(problems, problem{s.Line, "stale: " + staleText(s) + "; run `cloudlint baseline prune`"})
	}
	for _, e := range br.book.file.Entries {
		if e.Expired(today) {
			problems = append(problems, problem{e.Line, fmt.Sprintf("expired: %s in %s was to be fixed until %s%s; fix it, or accept it again", e.Code, e.Where(), e.Until, because(e.Reason))})
		}
	}
	for _, g := range growth {
		text := fmt.Sprintf("grown: %s in %s is known %d times, and in %s %d times; counts may only shrink", g.Code, g.Where(), g.Count, o.Frozen, g.Allowed)
		if g.Allowed == g.Count {
			text = fmt.Sprintf("grown: %s in %s has until %s in %s; that may only become sooner", g.Code, g.Where(), g.Until, o.Frozen)
		}
		problems = append(problems, problem{g.Line, text})
	}
	slices.SortStableFunc(problems, func(a, b problem) int { return a.line - b.line })
	for _, p := range problems {
		br.printf("%s:%d: %s", br.name(), p.line, p.text)
	}
	for _, line := range br.moved() {
		br.printf("%s; `cloudlint baseline prune` writes that down", line)
	}
	br.undecided()
	if len(problems) > 0 {
		return br.end(lint.ExitFindings)
	}
	br.printf("%s: ok, %s", br.name(), size(br.book.file))
	return br.end(lint.ExitClean)
}

// size tells how large a baseline is.
func size(f *baseline.File) string {
	return fmt.Sprintf("%s in %s", render.Plural(f.Total(), "finding"), render.Plural(len(f.Entries), "line"))
}
