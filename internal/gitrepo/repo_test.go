package gitrepo

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What git cannot answer is an error that says what to do.
func TestMistakes(t *testing.T) {
	type test struct {
		name, want string
		err        func(t *testing.T) error
	}
	commit := func(c *checkout, rev string) error {
		_, err := c.open().Commit(c.t.Context(), rev)
		return err
	}
	mergeBase := func(c *checkout, ref string) error {
		_, err := c.open().MergeBase(c.t.Context(), ref)
		return err
	}
	open := func(t *testing.T, dir string) error {
		_, err := Open(t.Context(), dir)
		return err
	}
	one := func(t *testing.T) *checkout {
		c := newCheckout(t)
		c.write("a.go", "package a\n")
		c.commit()
		return c
	}
	// clone has the last commit of three only, of one branch.
	clone := func(t *testing.T) *checkout {
		c := one(t)
		c.git("branch", "release")
		c.commit()
		c.git("checkout", "-q", "-b", "topic")
		c.commit()
		shallow := &checkout{t: t, dir: filepath.Join(t.TempDir(), "clone")}
		c.git("clone", "-q", "--depth=1", "--branch=topic", "file://"+filepath.ToSlash(c.dir), shallow.dir)
		return shallow
	}
	tests := []test{
		{"no repository", "run `git init`", func(t *testing.T) error { newCheckout(t); return open(t, t.TempDir()) }},
		{"no git", "needs the git command on PATH", func(t *testing.T) error {
			c := newCheckout(t)
			t.Setenv("PATH", t.TempDir())
			return open(t, c.dir)
		}},
		{"bare", "without a work tree", func(t *testing.T) error {
			c := newCheckout(t)
			c.git("init", "-q", "--bare", "bare")
			return open(t, filepath.Join(c.dir, "bare"))
		}},
		{"in .git", "without a work tree", func(t *testing.T) error {
			return open(t, filepath.Join(newCheckout(t).dir, ".git"))
		}},
		{"somebody else's", "git config --global --add safe.directory ", func(t *testing.T) error {
			c := newCheckout(t)
			t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
			return open(t, c.dir)
		}},
		{"missing commit", "git fetch origin nowhere:", func(t *testing.T) error { return commit(one(t), "nowhere") }},
		{"missing branch", "git fetch origin topic:", func(t *testing.T) error { return mergeBase(one(t), "origin/topic") }},
		{"an option", "begins with a dash", func(t *testing.T) error { return commit(one(t), "--output=x") }},
		{"an option as a branch", "begins with a dash", func(t *testing.T) error { return mergeBase(one(t), "-a") }},
		{"empty", "it is empty", func(t *testing.T) error { return commit(one(t), " ") }},
		{"a tree", "no branch, tag or commit HEAD:", func(t *testing.T) error { return commit(one(t), "HEAD:") }},
		{"a range", "no branch, tag or commit HEAD..main", func(t *testing.T) error { return commit(one(t), "HEAD..main") }},
		{"no commit yet", "has no commit yet", func(t *testing.T) error { return mergeBase(newCheckout(t), "main") }},
		{"no common history", "have no commit in common", func(t *testing.T) error {
			c := one(t)
			c.git("checkout", "-q", "--orphan", "other")
			c.git("commit", "-q", "-m", "another root")
			return mergeBase(c, "main")
		}},
		{"shallow, no branch", "git fetch --depth=1000 origin release:refs/remotes/origin/release", func(t *testing.T) error {
			return mergeBase(clone(t), "origin/release")
		}},
		{"no parent", "does not go back so far", func(t *testing.T) error { return commit(one(t), "HEAD~9") }},
		{"missing hash", "git fetch origin 0123456789012345678901234567890123456789`", func(t *testing.T) error {
			return commit(one(t), "0123456789012345678901234567890123456789")
		}},
		{"shallow, no parent", "git fetch --deepen=1000 origin`", func(t *testing.T) error { return commit(clone(t), "HEAD~1") }},
		{"shallow, no merge base", "git fetch --deepen=1000 origin", func(t *testing.T) error {
			c := clone(t)
			c.git("fetch", "-q", "--depth=1", "origin", "release:refs/remotes/origin/release")
			return mergeBase(c, "origin/release")
		}},
		{"only on the remote", "did you mean origin/topic?", func(t *testing.T) error {
			c := clone(t)
			c.git("checkout", "-q", "-b", "mine")
			c.git("branch", "-q", "-D", "topic")
			return mergeBase(c, "topic")
		}},
		{"merge conflicts", `"a.go" has merge conflicts`, func(t *testing.T) error {
			c := one(t)
			c.git("checkout", "-q", "-b", "topic")
			c.write("a.go", "package a // topic\n")
			c.commit()
			c.git("checkout", "-q", "main")
			c.write("a.go", "package a // main\n")
			c.commit()
			if err := c.tryGit("merge", "topic"); err == nil {
				t.Fatal("there is no conflict")
			}
			_, err := c.open().Differing(t.Context(), "")
			return err
		}},
		{"a partial clone", "partial clone", func(t *testing.T) error {
			c := one(t)
			c.write("a.go", "package a // two\n")
			c.commit()
			c.git("config", "uploadpack.allowFilter", "true")
			part := &checkout{t: t, dir: filepath.Join(t.TempDir(), "clone")}
			c.git("clone", "-q", "--filter=blob:none", "file://"+filepath.ToSlash(c.dir), part.dir)
			r := part.open()
			base, err := r.Commit(t.Context(), "HEAD~1")
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Changes(t.Context(), base, WorkTree)
			return err
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.err(t)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
		})
	}
}

// On a branch without commits everything is new since HEAD.
func TestUnbornBranch(t *testing.T) {
	c := newCheckout(t)
	c.write("a.go", "package a\n")
	c.git("add", ".")
	for _, rev := range []string{"HEAD", "@"} {
		if got := c.changes(rev, Index); len(got) != 1 || got[0] != "A  > a.go 1+1" {
			t.Errorf("%s: %q", rev, got)
		}
	}
}

func TestDetachedHead(t *testing.T) {
	c := newCheckout(t)
	c.commit()
	c.git("checkout", "-q", "--detach")
	c.write("a.go", "package a\n")
	c.commit()
	r := c.open()
	base, err := r.MergeBase(t.Context(), "main")
	if want := c.git("rev-parse", "main"); err != nil || base != want {
		t.Errorf("got %s and error %v, want %s", base, err, want)
	}
}

// A linked work tree, a folder in it, and a symbolic link to one are as good as the root.
func TestTop(t *testing.T) {
	c := newCheckout(t)
	c.write("sub/a.go", "package a\n")
	c.commit()
	linked := filepath.Join(filepath.Dir(c.dir), "linked")
	c.git("worktree", "add", "-q", linked)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(c.dir, "sub"), link); err != nil && runtime.GOOS == "windows" {
		t.Skip("no symbolic links")
	} else if err != nil {
		t.Fatal(err)
	}
	outer := filepath.Join(t.TempDir(), "outer")
	if err := os.Symlink(c.dir, outer); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ open, dir, top string }{
		{c.dir, c.dir, c.dir},
		{filepath.Join(c.dir, "sub"), filepath.Join(c.dir, "sub"), c.dir},
		{filepath.Join(linked, "sub"), filepath.Join(linked, "sub"), linked},
		{link, filepath.Join(c.dir, "sub"), c.dir},
		{filepath.Join(outer, "sub"), filepath.Join(outer, "sub"), outer},
	}
	for _, test := range tests {
		r, err := Open(t.Context(), test.open)
		if err != nil {
			t.Fatal(err)
		}
		if r.Dir != test.dir || r.Top != test.top {
			t.Errorf("%s: folder %s, root %s; want %s, %s", test.open, r.Dir, r.Top, test.dir, test.top)
		}
	}
}

// A file of a commit is named from the folder, wherever in the repository it lies, and is not read beyond the limit.
func TestFile(t *testing.T) {
	c := newCheckout(t)
	c.write("a/b/known", "within")
	c.write("known", "above all")
	c.commit()
	c.write("a/b/known", "later")
	c.dir = filepath.Join(c.dir, "a", "b")
	r := c.open()
	for _, test := range []struct {
		name  string
		limit int64
		want  string
		found bool
	}{
		{"known", 100, "within", true},
		{"../../known", 100, "above all", true},
		{"../../known", 5, "above", true},
		{"../known", 100, "", false},
	} {
		text, found, err := r.File(t.Context(), "HEAD", test.name, test.limit)
		if err != nil || string(text) != test.want || found != test.found {
			t.Errorf("%s up to %d: %q, %v, %v", test.name, test.limit, text, found, err)
		}
	}
	if _, _, err := r.File(t.Context(), "HEAD", "..", 1); err == nil {
		t.Error("a folder is taken for a file")
	}
}
