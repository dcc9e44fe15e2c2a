package modules

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Prepare returns the folder of the module, below work. It fetches the module where it is not there yet: a folder
// NAME@VERSION that somebody put there is used as it is.
func (m Module) Prepare(ctx context.Context, work string) (string, error) {
	if m.Version == "" {
		return m.Source, nil
	}
	top := filepath.Join(work, "modules", m.Name+"@"+m.Version)
	dir, ready := filepath.Join(top, m.Subdir), top+".ready"
	if _, err := os.Stat(ready); err == nil {
		return dir, nil
	}
	if _, err := os.Stat(top); errors.Is(err, fs.ErrNotExist) {
		if err := m.fetch(ctx, top); err != nil {
			return "", fmt.Errorf("%s: %w", m, err)
		}
	}
	if err := complete(ctx, dir); err != nil {
		return "", fmt.Errorf("%s: %w", m, err)
	}
	return dir, os.WriteFile(ready, nil, 0o644)
}

func (m Module) fetch(ctx context.Context, dir string) error {
	tmp := dir + ".tmp"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	if m.Repository() {
		for _, args := range [][]string{
			{"init", "-q"}, {"fetch", "-q", "--depth=1", m.Source, m.Version}, {"checkout", "-q", "FETCH_HEAD"},
		} {
			if _, err := run(ctx, tmp, "git", args...); err != nil {
				return err
			}
		}
	} else {
		out, err := run(ctx, tmp, "go", "mod", "download", "-json", m.String())
		if err != nil {
			return err
		}
		var info struct{ Dir string }
		if err := json.Unmarshal(out, &info); err != nil {
			return err
		}
		if err := os.CopyFS(tmp, os.DirFS(info.Dir)); err != nil { // writable, unlike the module cache
			return err
		}
	}
	return os.Rename(tmp, dir)
}

// complete makes the module buildable outside its repository: a workspace of modules that are not there is taken away,
// replacements by folders that are not in the module are dropped, missing sums are added, and files to embed that a build
// of the user interface would make get a stand-in.
func complete(ctx context.Context, dir string) error {
	for _, name := range []string{"go.work", "go.work.sum"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	out, err := run(ctx, dir, "go", "mod", "edit", "-json")
	if err != nil {
		return err
	}
	var mod struct {
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		return err
	}
	for _, r := range mod.Replace {
		if r.New.Version != "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, r.New.Path, "go.mod")); err == nil {
			continue
		}
		if _, err := run(ctx, dir, "go", "mod", "edit", "-dropreplace="+r.Old.Path); err != nil {
			return err
		}
	}
	for range 10 { // a package may embed several things, each found after the one before
		missing, err := missingEmbeds(ctx, dir)
		if err != nil || len(missing) == 0 {
			return err
		}
		for _, name := range missing {
			if err := standIn(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// missingEmbeds returns the patterns of go:embed directives that match nothing, as paths. It also downloads all
// dependencies, those of tests included.
func missingEmbeds(ctx context.Context, dir string) ([]string, error) {
	args := []string{"list", "-e", "-deps", "-test", "-json=Dir,Error"}
	if _, err := os.Stat(filepath.Join(dir, "vendor")); err != nil {
		args = append(args, "-mod=mod") // which adds missing sums
	}
	out, err := run(ctx, dir, "go", append(args, "./...")...)
	if err != nil {
		return nil, err
	}
	var missing []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir   string
			Error *struct{ Err string }
		}
		if err := dec.Decode(&p); err == io.EOF {
			return missing, nil
		} else if err != nil {
			return nil, err
		}
		if p.Error == nil {
			continue
		}
		if name, found := strings.CutSuffix(p.Error.Err, ": no matching files found"); found {
			_, pattern, _ := strings.Cut(name, "pattern ")
			missing = append(missing, filepath.Join(p.Dir, strings.TrimPrefix(pattern, "all:")))
		}
	}
}

func standIn(pattern string) error {
	name := strings.ReplaceAll(pattern, "*", "x")
	if filepath.Ext(name) == "" { // a folder, as it seems
		name = filepath.Join(name, "index.html")
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte("stand-in\n"), 0o644)
}

func run(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}
