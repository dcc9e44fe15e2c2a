package app

import (
	"context"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/baseline"
	"github.com/cloudlint/cloudlint/internal/gitrepo"
)

// former returns the baseline as a git revision has it, or nil where it has none.
func (br *bookRun) former(ctx context.Context, revision string) (*baseline.File, error) {
	if err := gitrepo.CheckRevision(revision); err != nil {
		return nil, Usagef("--frozen: %v", err)
	}
	repo, err := gitrepo.Open(ctx, filepath.Dir(br.book.path))
	if err != nil {
		return nil, Usagef("--frozen: %v", err)
	}
	commit, err := repo.Commit(ctx, revision)
	if err != nil {
		return nil, Usagef("--frozen: %v", err)
	}
	text, found, err := repo.File(ctx, commit, br.book.path)
	switch {
	case err != nil:
		return nil, Usagef("--frozen: %v", err)
	case !found:
		return nil, nil
	}
	file, err := baseline.Parse(text)
	if err != nil {
		return nil, br.app.brokenBook(revision+":"+br.name(), err)
	}
	return file, nil
}
