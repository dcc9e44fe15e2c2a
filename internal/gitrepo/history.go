package gitrepo

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
)

// errEnough ends a walk that has found everything.
var errEnough = errors.New("found")

// Known returns those of the files, named relative to Top with slashes, that a commit of HEAD's history adds, changes or
// deletes. It walks the history once, and only as far as it must.
func (r *Repo) Known(ctx context.Context, names []string) (map[string]bool, error) {
	known := make(map[string]bool)
	if len(names) == 0 {
		return known, nil
	}
	if head, err := r.verify(ctx, "HEAD"); head == "" || err != nil {
		return known, err
	}
	missing := make(map[string]bool, len(names))
	for _, name := range names {
		missing[name] = true
	}
	top := *r
	top.Dir = r.Top // pathspecs are relative to the current folder
	// Without --full-history git leaves out a branch on which some of the files came and went.
	args := append([]string{
		"log", "--format=", "--name-only", "-z", "--full-history", "--root", "--no-renames", "--no-follow", "--no-relative",
		"--no-show-signature", "--no-decorate", "--no-ext-diff", "--no-color", "HEAD", "--",
	}, names...)
	err := top.stream(ctx, nil, func(stdout io.Reader) error {
		for in := bufio.NewReader(stdout); ; {
			name, err := in.ReadString(0)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if name = strings.TrimSuffix(name, "\x00"); missing[name] {
				known[name] = true
				delete(missing, name)
			}
			if len(missing) == 0 {
				return errEnough
			}
		}
	}, args...)
	switch {
	case errors.Is(err, errEnough):
		return known, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && lacksObjects(err):
		return known, errPartial
	}
	return known, err
}
