package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// environment returns the environment for git: env, without what would make git look elsewhere or answer differently.
//
// The user's own configuration is kept, because safe.directory has an effect only there; and so is what says where it
// is. Whatever of it matters to the commands of this package is set again by overrides, or by their options.
func environment(env []string) []string {
	kept := slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		name = strings.ToUpper(name) // Windows
		if name == "LANGUAGE" || name == "LC_ALL" {
			return true
		}
		return strings.HasPrefix(name, "GIT_") && !isKept(name)
	})
	kept = append(kept,
		"LC_ALL=C",                // messages that this package understands
		"GIT_OPTIONAL_LOCKS=0",    // git diff would otherwise write the index
		"GIT_TERMINAL_PROMPT=0",   // nobody answers
		"GIT_NO_LAZY_FETCH=1",     // a partial clone fetches what it lacks, by programs that its configuration names
		"GIT_ALLOW_PROTOCOL=none", // the same, for git before 2.44
		"GIT_LITERAL_PATHSPECS=1",
	)
	return override(kept, overrides()...)
}

func isKept(name string) bool {
	switch name {
	case "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_TEST_ASSUME_DIFFERENT_OWNER",
		"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT":
		return true
	}
	return strings.HasPrefix(name, "GIT_CONFIG_KEY_") || strings.HasPrefix(name, "GIT_CONFIG_VALUE_")
}

// marker is a setting of no meaning. git before 2.31 does not see it, and would not see the overrides either.
const marker = "cloudlint.isolated"

// overrides are settings, by key and value, that keep git from running programs and make its output the same everywhere.
func overrides() []string {
	return []string{
		marker, "true",
		"core.fsmonitor", "false",
		"core.hooksPath", os.DevNull,
		"core.quotePath", "true",
		"core.safecrlf", "false",
		"core.alternateRefsCommand", "",
		"diff.external", "",
	}
}

// override appends settings, by key and value, to an environment. They come after all others.
func override(env []string, settings ...string) []string {
	const count = "GIT_CONFIG_COUNT="
	n := 0
	env = slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		value, ok := strings.CutPrefix(v, count)
		if ok {
			if i, err := strconv.Atoi(value); err == nil && i > 0 {
				n = i
			}
		}
		return ok
	})
	for ; len(settings) > 1; settings = settings[2:] {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n, settings[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n, settings[1]))
		n++
	}
	return append(env, count+strconv.Itoa(n))
}

// isolate switches off the filters that the configuration names, which git would run on files that have changed, and
// takes over the index of the commit that is being made.
func (r *Repo) isolate(ctx context.Context) error {
	out, err := r.git(ctx, nil, "config", "--null", "--name-only", "--get-regexp",
		`^(filter\..*\.(clean|smudge|process|required)|`+strings.ReplaceAll(marker, ".", `\.`)+`)$`)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var failed *gitError
	if err != nil && (!errors.As(err, &failed) || failed.exit.ExitCode() != 1) {
		return err
	}
	var settings []string
	isolated := false
	for key := range bytes.SplitSeq(out, []byte{0}) {
		switch key := string(key); {
		case key == marker:
			isolated = true
		case strings.HasSuffix(key, ".required"):
			settings = append(settings, key, "false")
		case key != "":
			settings = append(settings, key, "")
		}
	}
	if !isolated {
		return errors.New("the git command on PATH is too old: cloudlint needs git 2.31 or newer for --staged and --new-from-*")
	}
	r.env = override(r.env, settings...)
	return r.takeIndex(ctx)
}

// takeIndex makes git use the index that GIT_INDEX_FILE names, if it belongs to this repository. In a hook of `git
// commit -a` or `git commit FILE`, that is not the usual one.
func (r *Repo) takeIndex(ctx context.Context) error {
	file := os.Getenv("GIT_INDEX_FILE")
	if file == "" {
		return nil
	}
	out, err := r.git(ctx, nil, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return err
	}
	if file, err = filepath.Abs(file); err != nil {
		return err
	}
	dir := filepath.FromSlash(strings.TrimSuffix(string(out), "\n"))
	if _, err := os.Stat(file); err == nil && sameFile(filepath.Dir(file), dir) {
		r.env = append(r.env, "GIT_INDEX_FILE="+file)
	}
	return nil
}
