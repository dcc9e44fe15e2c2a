package newonly

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/cloudlint/cloudlint/internal/gitrepo"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// changes returns what has changed between the base and the analysed side.
func (c *Comparison) changes(ctx context.Context) ([]gitrepo.Change, error) {
	if c.diff != nil {
		return c.diff, nil
	}
	side := gitrepo.WorkTree
	if c.opts.Staged {
		side = gitrepo.Index
	}
	var err error
	c.diff, err = c.repo.Changes(ctx, c.base, side)
	return c.diff, err
}

// untrackedFiles returns the files that git neither tracks nor ignores. Finding them costs a walk over the work tree.
func (c *Comparison) untrackedFiles(ctx context.Context) ([]string, error) {
	if c.untracked != nil {
		return c.untracked, nil
	}
	names, err := c.repo.Untracked(ctx)
	if err != nil {
		return nil, err
	}
	c.untracked = append([]string{}, names...)
	return c.untracked, nil
}

// ChangedFiles returns the absolute names of Go files below Dir that stand for the packages with changes: files that
// the change adds, edits or moves, and for a package that only loses files, one of these. A package that is gone has
// none. There must be a commit to compare with.
func (c *Comparison) ChangedFiles(ctx context.Context) ([]string, error) {
	changes, err := c.changes(ctx)
	if err != nil {
		return nil, err
	}
	var there, gone []string
	for _, change := range changes {
		there = c.appendGo(there, change.New)
		if change.Old != change.New {
			gone = c.appendGo(gone, change.Old)
		}
	}
	if !c.opts.Staged {
		untracked, err := c.untrackedFiles(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range untracked {
			there = c.appendGo(there, name)
		}
	}
	left := c.head
	if left == nil {
		left = new(view)
	}
	seen := make(map[string]bool) // folders
	for _, name := range there {
		seen[filepath.Dir(name)] = true
	}
	for _, name := range gone {
		if dir := filepath.Dir(name); !seen[dir] {
			seen[dir] = true
			if left.hasPackage(dir) {
				there = append(there, name)
			}
		}
	}
	slices.Sort(there)
	return slices.Compact(there), nil
}

// Deleted returns the absolute names of the files that the base has and the analysed side has not.
func (c *Comparison) Deleted(ctx context.Context) ([]string, error) {
	if c.base == "" {
		return nil, nil
	}
	changes, err := c.changes(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, change := range changes {
		if change.Old != "" && change.Old != change.New {
			names = append(names, c.repo.Abs(change.Old))
		}
	}
	return names, nil
}

// appendGo appends the absolute name of a Go file of the repository, if it lies below the folder to work in and, in the
// work tree, is a file: not what else a name that ends in .go may have.
func (c *Comparison) appendGo(list []string, name string) []string {
	if !isGo(name) {
		return list
	}
	abs := c.repo.Abs(name)
	if _, ok := paths.Below(c.Dir(), abs); !ok {
		return list
	}
	if info, err := os.Stat(c.Actual(abs)); err == nil && !info.Mode().IsRegular() {
		return list // a submodule, or a link to a folder
	}
	return append(list, abs)
}
