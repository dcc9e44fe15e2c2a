// Package gitrepo reads a git repository through the git command: revisions, what has changed between one of them and the
// work tree or the index, and the contents of files. It changes nothing, and nothing that the repository's
// configuration names is run: no hook, filter, file system monitor, diff driver or transport. See environment.
//
// Errors are sentences for the user that say what to do.
package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A Repo is a git work tree.
type Repo struct {
	// Dir is the folder that Open was given. Where a symbolic link leads from outside into the work tree, it is the
	// folder that the link means, so that Dir lies below Top.
	Dir string
	// Top is the root of the work tree, named as Dir is.
	Top string

	shallow bool
	env     []string
}

// Open returns the repository of the work tree that the absolute folder lies in.
func Open(ctx context.Context, dir string) (*Repo, error) {
	if _, err := exec.LookPath("git"); err != nil {
		reason := "there is none"
		if errors.Is(err, exec.ErrDot) {
			reason = "only the current folder has one"
		}
		return nil, fmt.Errorf("cloudlint asks git what has changed, and needs the git command on PATH: %s", reason)
	}
	r := &Repo{Dir: dir, env: environment(os.Environ())}
	out, err := r.git(ctx, nil, "rev-parse", "--is-shallow-repository", "--show-cdup", "--show-toplevel")
	if err != nil {
		return nil, r.openError(ctx, err)
	}
	parts := strings.SplitN(strings.TrimSuffix(string(out), "\n"), "\n", 3) // a folder's name may have line ends
	if len(parts) != 3 {
		return nil, fmt.Errorf("git rev-parse printed %q, which cloudlint does not understand", out)
	}
	r.shallow = parts[0] == "true"
	r.Top = filepath.Join(dir, filepath.FromSlash(parts[1]))
	if real := filepath.FromSlash(parts[2]); !sameFile(r.Top, real) {
		if r.Dir, err = filepath.EvalSymlinks(dir); err != nil {
			return nil, err
		}
		r.Top = filepath.Join(r.Dir, filepath.FromSlash(parts[1]))
		if !sameFile(r.Top, real) {
			return nil, fmt.Errorf("git says that %s is in the work tree %s, which is elsewhere: core.worktree and such settings are not supported", dir, real)
		}
	}
	if err := r.isolate(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// openError says why git does not work in the folder.
func (r *Repo) openError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "dubious ownership") || strings.Contains(text, "unsafe repository"):
		owned := r.Dir
		if _, rest, ok := strings.Cut(text, "--add safe.directory "); ok {
			owned = strings.TrimSpace(rest)
		}
		return fmt.Errorf("git refuses the repository of %s, because its files belong to somebody else: if you trust it, run `git config --global --add safe.directory %s`", r.Dir, owned)
	case strings.Contains(text, "must be run in a work tree"):
		return fmt.Errorf("%s is a repository without a work tree, or lies inside .git: run cloudlint in a clone or in a folder that `git worktree add` made", r.Dir)
	case strings.Contains(text, "not a git repository"):
		return fmt.Errorf("%s is not in a git repository, so that nobody knows what is new there: leave out --staged and --new-from-*, or run `git init`", r.Dir)
	}
	return err
}

// A gitError is what git wrote before it failed.
type gitError struct {
	command string
	stderr  string
	exit    *exec.ExitError
}

func (e *gitError) Error() string {
	text := strings.Join(strings.Fields(e.stderr), " ")
	if text == "" {
		text = e.exit.Error()
	}
	return "git " + e.command + ": " + text
}

// git runs a subcommand in the repository's folder and returns what it prints.
func (r *Repo) git(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	var out []byte
	err := r.stream(ctx, stdin, func(stdout io.Reader) error {
		var err error
		out, err = io.ReadAll(stdout)
		return err
	}, args...)
	return out, err
}

// stream runs a subcommand and gives its output to read.
func (r *Repo) stream(ctx context.Context, stdin io.Reader, read func(io.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", append([]string{"--no-pager"}, args...)...)
	cmd.Dir = r.Dir
	cmd.Env = slices.Concat(r.env, []string{"PWD=" + r.Dir})
	cmd.Stdin = stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	readErr := read(stdout)
	if readErr != nil {
		cancel()
	}
	err = cmd.Wait()
	if readErr != nil {
		return readErr
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return &gitError{command: args[0], stderr: stderr.String(), exit: exit}
	}
	return err
}
