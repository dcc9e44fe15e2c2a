package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/cloudlint/cloudlint/internal/gocmd"
)

// A goEnv is what `go env` says in one folder.
type goEnv struct {
	GOVERSION, GOFLAGS, GOWORK, GOMOD, GOMODCACHE, GOCACHE, GOCACHEPROG, GOROOT, GOTMPDIR, GO111MODULE, GOOS, GOARCH string
}

// A goTool runs the go command in one folder.
type goTool struct {
	dir   string
	flags gocmd.Flags
	// off takes the folder's module out of the workspace that lies around it and does not use it.
	off bool
}

// command returns the go command with the arguments, to be run in the folder with more variables in its environment.
func (g goTool) command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = g.dir
	cmd.Env = append(g.environ(), env...)
	return cmd
}

// environ is this process's environment, as far as it is meant for the go command.
func (g goTool) environ() []string {
	// Without PWD go would show folders with symbolic links resolved.
	env := append(os.Environ(), "PWD="+g.dir, "GOFLAGS="+g.flags.String())
	if g.off {
		env = append(env, "GOWORK=off")
	}
	return env
}

// output runs go and returns what it wrote. The error holds go's own text.
func (g goTool) output(ctx context.Context, args ...string) (stdout []byte, stderr string, err error) {
	return output(ctx, g.command(nil, args...))
}

func output(ctx context.Context, cmd *exec.Cmd) (stdout []byte, stderr string, err error) {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	err = gocmd.Run(ctx, cmd, func(r io.Reader) error {
		var err error
		stdout, err = io.ReadAll(r)
		return err
	})
	stderr = errs.String()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = fmt.Errorf("go %s: %s", cmd.Args[1], goText(stderr, exit))
	}
	return stdout, stderr, err
}

// goText is what go wrote before it gave up, without news of downloads.
func goText(stderr string, exit *exec.ExitError) string {
	var lines []string
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if line != "" && !isNews(line) {
			lines = append(lines, strings.TrimPrefix(line, "go: "))
		}
	}
	if len(lines) == 0 {
		return exit.Error()
	}
	return strings.Join(lines, " ")
}

// isNews reports whether the line is one that go writes although all is well.
func isNews(line string) bool {
	for _, prefix := range []string{"go: downloading ", "go: finding ", "go: extracting ", "go: found ", "go: added ", "go: upgraded "} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// environment asks go for its environment in the folder.
func environment(ctx context.Context, dir string) (goEnv, error) {
	var env goEnv
	cmd := exec.Command("go", "env", "-json", "GOVERSION", "GOFLAGS", "GOWORK", "GOMOD", "GOMODCACHE", "GOCACHE", "GOCACHEPROG", "GOROOT",
		"GOTMPDIR", "GO111MODULE", "GOOS", "GOARCH")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	stdout, _, err := output(ctx, cmd)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return env, errors.New("cloudlint needs the go command on PATH, and there is none")
	case errors.Is(err, exec.ErrDot):
		return env, errors.New("cloudlint needs the go command on PATH, and only the current folder has one")
	case ctx.Err() != nil:
		return env, ctx.Err()
	case err != nil:
		return env, fmt.Errorf("the go command does not work: %w", err)
	}
	if err := json.Unmarshal(stdout, &env); err != nil {
		return env, fmt.Errorf("the go command on PATH does not work: go env -json: %w", err)
	}
	switch {
	case env.GO111MODULE == "off":
		return env, errors.New("cloudlint works with Go modules only, and GO111MODULE=off turns them off")
	case env.GOCACHE == "off":
		return env, errors.New("cloudlint needs Go's build cache, and GOCACHE=off turns it off")
	}
	return env, nil
}
