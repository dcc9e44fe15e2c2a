package gitrepo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// Untracked returns the files of the work tree that git neither tracks nor ignores, relative to Top, with slashes.
func (r *Repo) Untracked(ctx context.Context) ([]string, error) {
	top := *r
	top.Dir = r.Top // ls-files lists what is below the current folder
	out, err := top.git(ctx, nil, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range bytes.SplitSeq(out, []byte{0}) {
		if len(name) > 0 {
			names = append(names, string(name))
		}
	}
	return names, nil
}

// Blobs calls write with the contents of each object, in order. They are as git stores them: line ends are not
// converted and filters not applied.
func (r *Repo) Blobs(ctx context.Context, objects []string, write func(i int, contents io.Reader) error) error {
	if len(objects) == 0 {
		return nil
	}
	err := r.stream(ctx, strings.NewReader(strings.Join(objects, "\n")+"\n"), func(stdout io.Reader) error {
		in := bufio.NewReaderSize(stdout, 1<<16)
		for i, object := range objects {
			head, err := in.ReadString('\n')
			if err != nil {
				return fmt.Errorf("git cat-file: %w", err)
			}
			fields := strings.Fields(head) // OBJECT blob SIZE
			if len(fields) != 3 || fields[0] != object || fields[1] != "blob" {
				if len(fields) == 2 && fields[1] == "missing" {
					return errPartial
				}
				return fmt.Errorf("git cat-file printed %s, which cloudlint does not understand", strconv.Quote(head))
			}
			size, err := strconv.ParseInt(fields[2], 10, 64)
			if err != nil {
				return fmt.Errorf("git cat-file: %w", err)
			}
			contents := io.LimitReader(in, size)
			if err := write(i, contents); err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, io.MultiReader(contents, io.LimitReader(in, 1))); err != nil {
				return err
			}
		}
		return nil
	}, "cat-file", "--batch")
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed := new(gitError); errors.As(err, &failed) && lacksObjects(err) {
		return errPartial
	}
	return err
}

// File returns what a commit has in a file, which is named from the folder Dir, and whether it has such a file. Of a larger
// one it returns the first limit bytes.
func (r *Repo) File(ctx context.Context, commit, name string, limit int64) (text []byte, found bool, err error) {
	list, err := r.git(ctx, nil, "ls-tree", "-z", commit, "--", "./"+filepath.ToSlash(name))
	if err != nil || len(list) == 0 {
		return nil, false, err
	}
	// MODE SP TYPE SP OBJECT TAB NAME
	fields := strings.Fields(string(list))
	if len(fields) < 3 || fields[1] != "blob" {
		return nil, false, fmt.Errorf("%s is no file in %s", name, commit)
	}
	err = r.Blobs(ctx, []string{fields[2]}, func(_ int, contents io.Reader) error {
		text, err = io.ReadAll(io.LimitReader(contents, limit))
		return err
	})
	return text, err == nil, err
}

// Abs returns the absolute name of a file of the repository.
func (r *Repo) Abs(name string) string { return filepath.Join(r.Top, filepath.FromSlash(name)) }
