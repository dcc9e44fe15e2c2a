// Package newonly tells findings that a change brings from those that were there before, and analyses what git has in
// its index instead of the work tree.
//
// Both need contents that are not in the work tree: of the index, or of the commit that everything is compared with.
// They reach the go command as an overlay (go build -overlay) of the files that differ. So nothing is checked out, the
// work tree and the index are only read, packages that are alike come from Go's build cache, and what git does not hold
// (ignored generated code, modules beside the repository) is where it always is.
package newonly

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/gitrepo"
	"github.com/cloudlint/cloudlint/internal/gocmd"
)

// A Mode says which findings are new.
type Mode string

const (
	// Compare analyses both sides: a finding is new if the other side has fewer of its fingerprint.
	Compare Mode = "compare"
	// Lines looks at the diff: a finding is new if the change touches a line that it names, or the function it lies in.
	Lines Mode = "lines"
)

// Options are what the user asks for.
type Options struct {
	Dir       string // absolute
	Rev       string // compare with this commit, or
	MergeBase string // with the one where the branch left this one; or neither
	Mode      Mode
	Staged    bool // the index is analysed
}

// A Comparison is the two sides of a run.
type Comparison struct {
	opts Options
	repo *gitrepo.Repo
	base string // the commit that is compared with, or ""
	tmp  string
	head *view // nil: the work tree

	diff      []gitrepo.Change // between the base and the analysed side; nil: not asked for yet
	untracked []string         // what git does not track; nil: not asked for yet
}

// Refresh forgets what git said of the work tree, which has changed since: lines have moved.
func (c *Comparison) Refresh() { c.diff, c.untracked = nil, nil }

// Open finds the repository and the commit, and with Staged reads the index. Its errors are the user's to mend. Close
// removes what it has written.
func Open(ctx context.Context, opts Options) (*Comparison, error) {
	repo, err := gitrepo.Open(ctx, opts.Dir)
	if err != nil {
		return nil, err
	}
	c := &Comparison{opts: opts, repo: repo}
	switch {
	case opts.Rev != "":
		c.base, err = repo.Commit(ctx, opts.Rev)
	case opts.MergeBase != "":
		c.base, err = repo.MergeBase(ctx, opts.MergeBase)
	}
	if err != nil {
		return nil, err
	}
	removeStale(os.TempDir(), time.Now())
	if c.tmp, err = gocmd.MkdirTemp(ctx, "", tmpPrefix); err != nil {
		return nil, fmt.Errorf("no folder for temporary files: %w", err)
	}
	if opts.Staged {
		if c.head, err = c.viewOf(ctx, "", "index"); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close removes the temporary files.
func (c *Comparison) Close() {
	if c.tmp != "" {
		_ = os.RemoveAll(c.tmp)
	}
}

// Dir is the folder to work in. It is Options.Dir, or the folder that a symbolic link there means.
func (c *Comparison) Dir() string { return c.repo.Dir }

// Overlay is the file for go build -overlay with what is to be analysed; empty for the work tree.
func (c *Comparison) Overlay() string {
	if c.head == nil {
		return ""
	}
	return c.head.file
}

// Actual returns the file with the contents, on the analysed side, of a file with an absolute name. It is empty where
// there is no such file.
func (c *Comparison) Actual(name string) string {
	if c.head != nil {
		if other, ok := c.head.replace[name]; ok {
			return other
		}
	}
	return name
}

// Warnings say what of the index is analysed as it is in the work tree.
func (c *Comparison) Warnings() []string {
	if c.head == nil {
		return nil
	}
	return c.head.warnings
}

const tmpPrefix = "cloudlint-git-"

// removeStale removes the folders of runs that were killed. None takes a day.
func removeStale(dir string, now time.Time) {
	old, _ := filepath.Glob(filepath.Join(dir, tmpPrefix+"*"))
	for _, name := range old {
		if info, err := os.Lstat(name); err == nil && info.IsDir() && now.Sub(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(name)
		}
	}
}

func isGo(name string) bool { return strings.HasSuffix(name, ".go") }
