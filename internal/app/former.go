package app

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/cloudlint/cloudlint/internal/baseline"
)

// former returns the baseline as a git revision has it, or nil where it has none.
func (br *bookRun) former(ctx context.Context, revision string) (*baseline.File, error) {
	dir := filepath.Dir(br.book.path)
	if strings.HasPrefix(revision, "-") {
		return nil, Usagef("--frozen: %s is no git revision", revision)
	}
	if _, message, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}"); err != nil {
		return nil, Usagef("--frozen: git knows no revision %s in %s (in a shallow clone it may have to be fetched)%s", revision, dir, detail(message))
	}
	object := revision + ":./" + filepath.Base(br.book.path)
	list, message, err := git(ctx, dir, "ls-tree", "--name-only", "--end-of-options", revision, "./"+filepath.Base(br.book.path))
	if err != nil {
		return nil, Usagef("--frozen: git cannot list %s%s", object, detail(message))
	}
	if len(bytes.TrimSpace(list)) == 0 {
		return nil, nil
	}
	text, message, err := git(ctx, dir, "cat-file", "blob", object)
	if err != nil {
		return nil, Usagef("--frozen: git cannot show %s%s", object, detail(message))
	}
	file, err := baseline.Parse(text)
	if err != nil {
		return nil, br.app.brokenBook(filepath.Join(dir, object), err)
	}
	return file, nil
}

func detail(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// git runs git in a folder.
func git(ctx context.Context, dir string, args ...string) (stdout []byte, message string, err error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err = cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, "git is not on PATH", err
	}
	return out.Bytes(), strings.TrimSpace(said.String()), err
}
