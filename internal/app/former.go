package app

import (
	"context"
	"io/fs"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/baseline"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/gitrepo"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// A past is a git revision in which a baseline may have had another place.
type past struct {
	repo           *gitrepo.Repo
	commit         string
	dir, root      string // of the baseline of today, and of its git work tree
	moduleDir, own string // the configuration file that the user names, or nothing
}

// former returns the baseline as a git revision has it and its path there, or nil where it has none. Whoever moves the
// file does not get a first baseline by that: what the revision's own configuration means comes before the path of today.
func (br *bookRun) former(ctx context.Context, revision string) (file *baseline.File, path string, err error) {
	p, err := br.openPast(ctx, revision)
	if err != nil {
		return nil, "", Usagef("--frozen: %v", err)
	}
	var paths []string
	if br.opts.Baseline != "" {
		paths = append(paths, br.book.path)
	}
	named, err := p.named(ctx, br.configs.known)
	if err != nil {
		return nil, "", Usagef("--frozen: %v", err)
	}
	if named != "" {
		paths = append(paths, named)
	}
	for _, path := range append(paths, filepath.Join(p.moduleDir, baseline.Name), br.book.path) {
		text, found, err := p.file(ctx, path, baseline.MaxSize+1)
		if err != nil {
			return nil, "", Usagef("--frozen: %v", err)
		}
		if !found {
			continue
		}
		file, err := baseline.Parse(text)
		if err != nil {
			return nil, "", br.app.brokenBook(revision+":"+br.app.short(path), err)
		}
		return file, path, nil
	}
	return nil, "", nil
}

func (br *bookRun) openPast(ctx context.Context, revision string) (*past, error) {
	if err := gitrepo.CheckRevision(revision); err != nil {
		return nil, err
	}
	dir := filepath.Dir(br.book.path)
	repo, err := gitrepo.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	commit, err := repo.Commit(ctx, revision)
	if err != nil {
		return nil, err
	}
	return &past{
		repo: repo, commit: commit, dir: dir, root: config.GitRoot(dir),
		moduleDir: br.book.module.Dir, own: br.app.Options.Config,
	}, nil
}

// inside returns the name of a file from the folder of the repository, and whether it lies in the work tree.
func (p *past) inside(path string) (name string, ok bool) {
	if _, ok := paths.Below(p.root, path); !ok {
		return "", false
	}
	name, err := filepath.Rel(p.dir, path)
	return name, err == nil
}

// file returns the text of a file in the revision, or its first bytes, and whether there is one.
func (p *past) file(ctx context.Context, path string, limit int64) (text []byte, found bool, err error) {
	name, ok := p.inside(path)
	if !ok {
		return nil, false, nil
	}
	return p.repo.File(ctx, p.commit, name, limit)
}

// named returns the path of the baseline that the revision's own configuration names, or nothing.
func (p *past) named(ctx context.Context, known config.Known) (string, error) {
	var failed error
	path := config.FormerBaseline(p.moduleDir, config.GitRoot(p.moduleDir), p.own, known, func(file string) ([]byte, error) {
		if _, ok := p.inside(file); !ok {
			return config.ReadFile(file) // git knows nothing of its past
		}
		text, found, err := p.file(ctx, file, config.MaxSize)
		switch {
		case err != nil:
			failed = err
			return nil, err
		case !found:
			return nil, fs.ErrNotExist
		}
		return text, nil
	})
	return path, failed
}
