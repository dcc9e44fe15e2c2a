package gitrepo

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever a repository's configuration names is not run, and none of its settings changes an answer.
func TestConfigurationHasNoInfluence(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	c := newCheckout(t)
	for _, name := range []string{"a.go", "b.go", "c.go", "sub/d.go"} {
		c.write(name, strings.ReplaceAll(lines(20), "line", name))
	}
	c.commit()
	// The contents of the changed files are as long as before: git has to read them.
	c.write("a.go", strings.Replace(strings.ReplaceAll(lines(20), "line", "a.go"), "a.go a", "a.go A", 1))
	c.write("sub/d.go", "added\n"+strings.ReplaceAll(lines(20), "line", "sub/d.go"))
	c.git("mv", "b.go", "e.go")
	c.write("untracked.go", "package u\n")
	look := func() []string {
		r := c.open()
		head, err := r.Commit(t.Context(), "HEAD")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.MergeBase(t.Context(), "main"); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, side := range []Side{WorkTree, Index} {
			changes, err := r.Changes(t.Context(), head, side)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, told(changes)...)
		}
		for _, commit := range []string{"", head} {
			changes, err := r.Differing(t.Context(), commit)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, told(changes)...)
		}
		untracked, err := r.Untracked(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return append(all, untracked...)
	}
	want := look()

	ran := filepath.Join(t.TempDir(), "ran")
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$0 $*\" >>"+ran+"\ncat\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	hooks := filepath.Join(c.dir, ".git", "hooks")
	for _, hook := range []string{"post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman", "query-watchman"} {
		if err := os.Symlink(program, filepath.Join(hooks, hook)); err != nil {
			t.Fatal(err)
		}
	}
	settings := "[core]\n\tfsmonitor = %[1]s\n\tpager = %[1]s\n\tsshCommand = %[1]s\n\tquotePath = false\n\talternateRefsCommand = %[1]s\n" +
		"[diff]\n\texternal = %[1]s\n\tnoprefix = true\n\tmnemonicPrefix = true\n\trenames = false\n\trelative = true\n\torderFile = %[1]s\n\tcontext = 9\n" +
		"\tinterHunkContext = 9\n\tsubmodule = log\n\tignoreSubmodules = none\n\talgorithm = patience\n\tsuppressBlankEmpty = true\n\twsErrorHighlight = all\n\tcolorMoved = zebra\n" +
		"[diff \"d\"]\n\tcommand = %[1]s\n\ttextconv = %[1]s\n\tcachetextconv = true\n\tbinary = true\n" +
		"[filter \"f.with=odd\"]\n\tclean = %[1]s\n\tsmudge = %[1]s\n\tprocess = %[1]s\n\trequired = true\n" +
		"[color]\n\tui = always\n\tdiff = always\n[pager]\n\tdiff = %[1]s\n[alias]\n\tdiff = !%[1]s\n[interactive]\n\tdiffFilter = %[1]s\n" +
		"[gc]\n\tauto = 1\n[maintenance]\n\tauto = true\n"
	f, err := os.OpenFile(filepath.Join(c.dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, settings, program)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(c.dir, ".git", "info"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.dir, ".git", "info", "attributes"), []byte("*.go filter=f.with=odd\nsub/* diff=none\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_EXTERNAL_DIFF", program)
	t.Setenv("GIT_DIFF_OPTS", "-u9")
	t.Setenv("GIT_PAGER", program)
	t.Setenv("GIT_DIR", "/nowhere")
	t.Setenv("GIT_WORK_TREE", "/nowhere")
	t.Setenv("GIT_CONFIG_PARAMETERS", "'core.fsmonitor="+program+"'")
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
	t.Setenv("GIT_CONFIG_VALUE_0", program)
	t.Setenv("GIT_TRACE", ran)

	before := hash(t, c.dir)
	if diff := cmp.Diff(want, look()); diff != "" {
		t.Error(diff)
	}
	if text, err := os.ReadFile(ran); err == nil {
		t.Errorf("git ran programs:\n%s", text)
	}
	if diff := cmp.Diff(before, hash(t, c.dir)); diff != "" {
		t.Errorf("git wrote: %s", diff)
	}

	// The programs are real: git itself runs them.
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_TRACE", "GIT_CONFIG_PARAMETERS"} {
		os.Unsetenv(name)
	}
	_ = c.tryGit("status", "--short")
	if _, err := os.Stat(ran); err != nil {
		t.Errorf("git status has not run any of them: %v", err)
	}
}

// hash returns the contents of all files below a folder.
func hash(t *testing.T, dir string) map[string]string {
	t.Helper()
	sums := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// A hook of git commit -a or git commit FILE has an index of its own.
func TestIndexOfTheCommit(t *testing.T) {
	c := newCheckout(t)
	c.write("a.go", "package a\n")
	c.commit()
	c.write("a.go", "package a // changed\n")
	index := filepath.Join(c.dir, ".git", "next-index-1.lock")
	data, err := os.ReadFile(filepath.Join(c.dir, ".git", "index"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(index, data, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_INDEX_FILE", index)
	c.git("add", "a.go")
	if got := c.changes("HEAD", Index); len(got) != 1 {
		t.Errorf("changes: %q", got)
	}
	// Another repository's does not count.
	other := newCheckout(t)
	other.write("b.go", "package b\n")
	other.commit()
	t.Setenv("GIT_INDEX_FILE", index)
	if got := other.changes("HEAD", Index); len(got) != 0 {
		t.Errorf("changes: %q", got)
	}
}
