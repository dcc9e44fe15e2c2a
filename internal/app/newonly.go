package app

import (
	"context"
	"io/fs"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/newonly"
	"github.com/cloudlint/cloudlint/internal/render"
)

// NewOptions are the flags of a run that does not want all findings of the work tree.
type NewOptions struct {
	FromRev       string // only what is new since this commit, or
	FromMergeBase string // since the branch left this one
	Mode          string // a newonly.Mode
	Staged        bool   // analyse the index
	Changed       bool   // only packages of files that differ
}

// any reports whether git has to be asked.
func (o NewOptions) any() bool { return o.FromRev != "" || o.FromMergeBase != "" || o.Staged }

// checkNew checks the flags that contradict each other.
func (o *LintOptions) checkNew() error {
	n := o.New
	switch {
	case n.FromRev != "" && n.FromMergeBase != "":
		return Usagef("--new-from-rev and --new-from-merge-base both say what to compare with: give one of them")
	case n.Mode != "" && n.FromRev == "" && n.FromMergeBase == "":
		return Usagef("--new-mode goes with --new-from-rev or --new-from-merge-base")
	case n.Changed && n.FromRev == "" && n.FromMergeBase == "":
		return Usagef("--changed goes with --new-from-rev or --new-from-merge-base: since when?")
	case n.Staged && o.Fix:
		return Usagef("--fix changes the work tree, and --staged does not look at it: give one of them")
	case n.Staged && o.Diff:
		return Usagef("--diff is about the work tree, and --staged does not look at it: give one of them")
	case n.any() && o.Overlay != "":
		return Usagef("--overlay does not go with --staged or --new-from-*, which make an overlay of their own")
	}
	return nil
}

// openNew prepares the comparison that the flags ask for. close removes what it has written.
func (r *run) openNew(ctx context.Context) (close func(), err error) {
	n := r.opts.New
	if !n.any() {
		return func() {}, nil
	}
	mode := newonly.Compare
	if n.Mode != "" {
		mode = newonly.Mode(n.Mode)
	}
	r.comparison, err = newonly.Open(ctx, newonly.Options{
		Dir: r.app.Options.Dir, Rev: n.FromRev, MergeBase: n.FromMergeBase, Mode: mode, Staged: n.Staged,
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, Usagef("%v", err)
	}
	for _, w := range r.comparison.Warnings() {
		r.app.log.Warn(w)
	}
	r.app.Options.Dir = r.comparison.Dir()
	r.opts.Overlay = r.comparison.Overlay()
	if n.Changed {
		if err := r.chooseChanged(ctx); err != nil {
			r.comparison.Close()
			return nil, err
		}
	}
	return r.comparison.Close, nil
}

// chooseChanged makes the files of the change the arguments.
func (r *run) chooseChanged(ctx context.Context) error {
	files, err := r.comparison.ChangedFiles(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return Usagef("%v", err)
	}
	r.patterns, r.unchanged = nil, len(files) == 0
	for _, file := range files {
		rel, err := filepath.Rel(r.app.Options.Dir, file)
		if err != nil {
			return err
		}
		r.patterns = append(r.patterns, "./"+filepath.ToSlash(rel))
	}
	return nil
}

// filterNew leaves out of the report what is not new.
func (r *run) filterNew(ctx context.Context, report *finding.Report, outcome *driver.Outcome) error {
	if r.comparison == nil {
		return nil
	}
	under := "" // which overlay the other side is analysed
	err := r.comparison.Filter(ctx, newonly.Run{
		Report:  report,
		Outcome: outcome,
		Analyse: func(ctx context.Context, folders []string, overlay string) (*driver.Outcome, error) {
			req := r.request()
			req.Patterns, req.Overlay, req.Mode = folders, overlay, outcome.Driver
			under = overlay
			return driver.Run(ctx, req)
		},
		Findings: func(o *driver.Outcome) []finding.Finding { return lint.Report(r.input(o, under)).Findings },
		Warn:     r.app.log.Warnf,
	})
	if err != nil && ctx.Err() == nil {
		return Usagef("%v", err)
	}
	return err
}

// readFile returns the contents of a report's file on the side that was analysed; nil stands for the disk.
func (r *run) readFile(report *finding.Report) func(string) ([]byte, error) {
	if !r.opts.New.Staged || r.comparison == nil {
		return nil
	}
	disk := render.DiskReader(report.Root)
	return func(file string) ([]byte, error) {
		actual := r.comparison.Actual(finding.Abs(report.Root, file))
		if actual == "" {
			return nil, fs.ErrNotExist
		}
		return disk(actual)
	}
}
