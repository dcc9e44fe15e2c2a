package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// CheckRevision refuses what cannot be the name of a commit, and what git would take for an option.
func CheckRevision(rev string) error {
	switch {
	case strings.TrimSpace(rev) == "":
		return errors.New("it is empty: name a branch, a tag or a commit")
	case strings.HasPrefix(rev, "-"):
		return fmt.Errorf("%q begins with a dash, so that it is no branch, tag or commit", rev)
	case strings.ContainsAny(rev, "\x00\n"):
		return fmt.Errorf("%q is no branch, tag or commit", rev)
	}
	return nil
}

// Commit returns the object name of the commit that rev means. On a branch without commits, HEAD means a tree without
// files.
func (r *Repo) Commit(ctx context.Context, rev string) (string, error) {
	if err := CheckRevision(rev); err != nil {
		return "", err
	}
	if commit, err := r.verify(ctx, rev); commit != "" || err != nil {
		return commit, err
	}
	if rev == "HEAD" || rev == "@" {
		if _, err := r.git(ctx, nil, "symbolic-ref", "--quiet", "HEAD"); err == nil {
			return r.emptyTree(ctx)
		}
	}
	return "", r.noCommit(ctx, rev)
}

// verify returns the object name of a commit, or "" if there is none.
func (r *Repo) verify(ctx context.Context, rev string) (string, error) {
	out, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if err != nil {
		return "", ctx.Err()
	}
	return strings.TrimSpace(string(out)), nil
}

func (r *Repo) emptyTree(ctx context.Context) (string, error) {
	out, err := r.git(ctx, strings.NewReader(""), "hash-object", "-t", "tree", "--stdin")
	return strings.TrimSpace(string(out)), err
}

// noCommit says that rev is unknown, and what to do.
func (r *Repo) noCommit(ctx context.Context, rev string) error {
	if remote, err := r.verify(ctx, "refs/remotes/origin/"+rev); err != nil {
		return err
	} else if remote != "" {
		return fmt.Errorf("there is no branch, tag or commit %s in this clone; did you mean origin/%s?", rev, rev)
	}
	name := strings.TrimPrefix(rev, "origin/")
	switch {
	case strings.ContainsAny(rev, "^~") || strings.Contains(rev, "@{"):
		if r.shallow {
			return fmt.Errorf("this clone is shallow and its history does not go back to %s: fetch more of it by `git fetch --deepen=1000 origin`, or clone with the whole history (on GitHub: fetch-depth: 0)", rev)
		}
		return fmt.Errorf("there is no commit %s: the history does not go back so far", rev)
	case isHash(rev):
		return fmt.Errorf("there is no commit %s in this clone: fetch it by `git fetch origin %s`", rev, rev)
	}
	if r.shallow {
		return fmt.Errorf("this clone is shallow and has no %s: fetch it by `git fetch --depth=1000 origin %s:refs/remotes/origin/%s`, or clone with the whole history (on GitHub: fetch-depth: 0)", rev, name, name)
	}
	return fmt.Errorf("there is no branch, tag or commit %s in this clone: fetch it by `git fetch origin %s:refs/remotes/origin/%s`", rev, name, name)
}

// MergeBase returns the commit at which the current branch left the one that ref means.
func (r *Repo) MergeBase(ctx context.Context, ref string) (string, error) {
	if err := CheckRevision(ref); err != nil {
		return "", err
	}
	head, err := r.verify(ctx, "HEAD")
	if err != nil {
		return "", err
	}
	if head == "" {
		return "", fmt.Errorf("the current branch has no commit yet, so that it has none in common with %s: use --new-from-rev=HEAD, for which everything is new", ref)
	}
	other, err := r.verify(ctx, ref)
	if err != nil {
		return "", err
	}
	if other == "" {
		return "", r.noCommit(ctx, ref)
	}
	out, err := r.git(ctx, nil, "merge-base", head, other)
	if err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var failed *gitError
	switch {
	case !errors.As(err, &failed) || failed.exit.ExitCode() != 1:
		return "", err
	case r.shallow:
		return "", fmt.Errorf("this clone is shallow, and its history ends before HEAD and %s meet: fetch more by `git fetch --deepen=1000 origin`, or clone with the whole history (on GitHub: fetch-depth: 0)", ref)
	}
	return "", fmt.Errorf("HEAD and %s have no commit in common: name another branch, or use --new-from-rev=%s to compare with it directly", ref, ref)
}

// isHash reports whether a revision looks like the whole name of a commit.
func isHash(rev string) bool {
	return (len(rev) == 40 || len(rev) == 64) && strings.Trim(rev, "0123456789abcdef") == ""
}
