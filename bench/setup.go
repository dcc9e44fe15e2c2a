package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A setup is what a benchmark needs before it starts: the tools, built.
type setup struct {
	work        string // modules and tools, kept
	tmp         string // caches of this benchmark, removed at the end
	list        string
	cloudlint   string // executables
	staticcheck string
	nonce       string // different in each benchmark: what makes a cache key new
}

func newSetup(ctx context.Context, o options) (*setup, error) {
	gomod, err := output(ctx, "", nil, "go", "env", "GOMOD")
	if err != nil {
		return nil, err
	}
	root := filepath.Dir(gomod)
	path, err := output(ctx, root, nil, "go", "list", "-m")
	if err != nil {
		return nil, err
	}
	if path != "github.com/cloudlint/cloudlint" {
		return nil, fmt.Errorf("run this in the repository of cloudlint, not in %s", path)
	}
	s := &setup{work: o.work, list: o.list, cloudlint: o.cloudlint, nonce: fmt.Sprintf("N%x", time.Now().UnixNano())}
	if s.list == "" {
		s.list = filepath.Join(root, "bench", "modules.txt")
	}
	bin := filepath.Join(s.work, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, err
	}
	if s.cloudlint == "" {
		s.cloudlint = filepath.Join(bin, "cloudlint")
		if _, err := output(ctx, root, nil, "go", "build", "-o", s.cloudlint, "./cmd/cloudlint"); err != nil {
			return nil, err
		}
	} else if s.cloudlint, err = filepath.Abs(s.cloudlint); err != nil {
		return nil, err
	}

	// The same release as the library that cloudlint is built on.
	version, err := output(ctx, root, nil, "go", "list", "-m", "-f", "{{.Version}}", "honnef.co/go/tools")
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(bin, version)
	s.staticcheck = filepath.Join(dir, "staticcheck")
	if _, err := os.Stat(s.staticcheck); err != nil {
		env := []string{"GOBIN=" + dir, "GOFLAGS="}
		if _, err := output(ctx, s.work, env, "go", "install", "honnef.co/go/tools/cmd/staticcheck@"+version); err != nil {
			return nil, err
		}
	}
	if s.tmp, err = os.MkdirTemp(s.work, "run-"); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *setup) close() { os.RemoveAll(s.tmp) }

// output runs a command and returns what it prints, without the newline at the end.
func output(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go then ends what it started
	cmd.WaitDelay = 10 * time.Second
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimRight(string(out), "\r\n"), nil
}
