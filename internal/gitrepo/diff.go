package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Side is what is compared with a commit.
type Side int

// The sides. Files that git does not track are in neither.
const (
	WorkTree Side = iota
	Index
)

// The kinds of a Change, in git's letters.
const (
	Added       = 'A'
	Deleted     = 'D'
	Modified    = 'M'
	Renamed     = 'R'
	TypeChanged = 'T' // a file has become a symbolic link, or the reverse
	unmerged    = 'U'
)

// A Change is a file that differs. Names are relative to Repo.Top, with slashes.
type Change struct {
	Kind             byte
	Old, New         string // Old is empty where a file is added, New where one is deleted
	OldMode, NewMode string // "100644"
	OldBlob          string // the object with the old contents
	Binary           bool   // there are changes that Hunks does not show
	Hunks            []Hunk // of files that are not binary, added or deleted
}

// Modes of what is no ordinary file.
const (
	modeLink      = "120000"
	modeSubmodule = "160000"
)

// Submodule reports whether the change is about a submodule.
func (c Change) Submodule() bool { return c.OldMode == modeSubmodule || c.NewMode == modeSubmodule }

// WasLink reports whether the file was a symbolic link before.
func (c Change) WasLink() bool { return c.OldMode == modeLink }

// A Hunk is a stretch of lines that have changed: Count new lines from Line on. If Count is 0, lines after Line are
// gone.
type Hunk struct{ Line, Count int }

// diffOptions are given always: whatever a configuration can change about a diff is said here.
func diffOptions() []string {
	return []string{
		"--raw", "--no-abbrev", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "-O/dev/null",
		"--ita-invisible-in-index", "--ignore-submodules=dirty", "--submodule=short", "--diff-algorithm=myers",
		"--src-prefix=a/", "--dst-prefix=b/",
	}
}

// Changes returns what has changed since the commit, with the lines. It recognises files that were renamed.
func (r *Repo) Changes(ctx context.Context, commit string, side Side) ([]Change, error) {
	args := append([]string{"diff"}, diffOptions()...)
	args = append(args, "--patch", "--unified=0", "--inter-hunk-context=0", "--irreversible-delete", "--find-renames=50%", "-l2000")
	if side == Index {
		args = append(args, "--cached")
	}
	return r.diff(ctx, append(args, commit, "--"))
}

// Differing returns the files of a commit, or of the index if commit is empty, that are different in the work tree,
// without their lines. A renamed file is a deleted and an added one.
func (r *Repo) Differing(ctx context.Context, commit string) ([]Change, error) {
	args := append([]string{"diff"}, diffOptions()...)
	args = append(args, "--no-renames")
	if commit != "" {
		args = append(args, commit)
	}
	return r.diff(ctx, append(args, "--"))
}

func (r *Repo) diff(ctx context.Context, args []string) ([]Change, error) {
	var changes []Change
	err := r.stream(ctx, nil, func(stdout io.Reader) error {
		var err error
		changes, err = parseDiff(stdout)
		return err
	}, args...)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && lacksObjects(err):
		return nil, errPartial
	case err != nil:
		return nil, err
	}
	for _, c := range changes {
		if c.Kind == unmerged {
			return nil, fmt.Errorf("%s has merge conflicts: resolve them first", strconv.Quote(c.New))
		}
	}
	return changes, nil
}

// errPartial is about a clone by `git clone --filter`, which fetches what it lacks when it is asked for it. That would
// run programs that the configuration names.
var errPartial = errors.New("this is a partial clone, and it lacks contents that have to be compared: fetch them all by `git fetch --refetch --no-filter`, or clone without --filter")

func lacksObjects(err error) bool {
	text := err.Error()
	return strings.Contains(text, "promisor") || strings.Contains(text, "lazy fetching disabled") || strings.Contains(text, "transport '")
}
