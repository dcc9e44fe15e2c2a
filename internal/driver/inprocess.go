package driver

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/cloudlint/cloudlint/internal/driver/source"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// sourceJob analyses the job's packages in this process.
func (f *front) sourceJob(ctx context.Context, j *job) error {
	if err := f.source(ctx, j, f.todo(j), !f.req.NoTests); err != nil {
		return err
	}
	late := slices.DeleteFunc(f.col.missing(j.wants), func(s *state) bool {
		return f.req.NoTests || !s.hasTests() || !s.hasCode() || s.Error != nil
	})
	if len(late) == 0 {
		return nil
	}
	return f.source(ctx, j, late, false)
}

// source runs the source driver on the packages.
func (f *front) source(ctx context.Context, j *job, packages []*state, tests bool) error {
	if len(packages) == 0 {
		return nil
	}
	if f.req.Analyzers == nil {
		return errors.New("this program has no source driver")
	}
	overlay, err := f.overlayFile(nil)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(f.tmp, "go-")
	if err != nil {
		return err
	}
	cfg := source.Config{
		Dir:       j.batch.tool.dir,
		Env:       append(j.batch.tool.environ(), "GOTMPDIR="+work),
		Tags:      f.req.Tags,
		Overlay:   overlay,
		Tests:     tests,
		Jobs:      f.req.Jobs,
		Analyzers: f.req.Analyzers(),
		Flags:     j.flags,
		Inside:    j.inside,
		Record:    func(rec wire.Record) { f.col.record(rec, j.wants) },
		Error: func(e finding.Error) {
			text, dir := f.message(j.batch, e.Message)
			if e.Package == "" {
				e.Package = f.packageIn(dir)
			}
			f.col.error(e.Package, text)
		},
	}
	for _, s := range packages {
		cfg.Patterns = append(cfg.Patterns, s.ImportPath)
	}
	return source.Run(ctx, cfg)
}
