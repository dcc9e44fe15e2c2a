package gitrepo

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told is what tests compare of changes: kind, names, whether binary, hunks.
func told(changes []Change) []string {
	var all []string
	for _, c := range changes {
		s := string(c.Kind) + " " + c.Old
		if c.New != c.Old {
			s += " > " + c.New
		}
		if c.Binary {
			s += " binary"
		}
		for _, h := range c.Hunks {
			s += fmt.Sprintf(" %d+%d", h.Line, h.Count)
		}
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

func (c *checkout) changes(commit string, side Side) []string {
	c.t.Helper()
	r := c.open()
	id, err := r.Commit(c.t.Context(), commit)
	if err != nil {
		c.t.Fatal(err)
	}
	changes, err := r.Changes(c.t.Context(), id, side)
	if err != nil {
		c.t.Fatal(err)
	}
	return told(changes)
}

func TestChanges(t *testing.T) {
	c := newCheckout(t)
	text := lines(20)
	for _, name := range []string{"edit.go", "gone.go", "old/name.go", "mode.go", "same.go", "cut.go", "link.go", "noend.go"} {
		c.write(name, strings.ReplaceAll(text, "line ", name+" "))
	}
	c.write("pic.bin", "\x00\x01")
	c.commit()

	all := strings.Split(strings.ReplaceAll(text, "line ", "edit.go "), "\n")
	all[4] = "@@ -1,1 +1,1 @@ no hunk"
	all = slices.Insert(all, 10, "diff --git a/no b/file", "+++ b/none")
	c.write("edit.go", strings.Join(all, "\n"))
	all = strings.Split(strings.ReplaceAll(text, "line ", "cut.go "), "\n")
	c.write("cut.go", strings.Join(slices.Delete(all, 6, 9), "\n"))
	c.write("noend.go", strings.TrimSuffix(strings.ReplaceAll(text, "line ", "noend.go "), "\n"))
	c.remove("gone.go")
	c.git("mv", "old/name.go", "new.go")
	c.write("new.go", strings.ReplaceAll(text, "line ", "old/name.go ")+"more\n")
	c.write("pic.bin", "\x00\x02")
	c.write("fresh.go", "package fresh\n")
	want := []string{"A  > fresh.go 1+1", "D gone.go > ", "M cut.go 6+0", "M edit.go 5+1 11+2", "M noend.go 20+1", "M pic.bin binary", "R old/name.go > new.go 21+1"}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(filepath.Join(c.dir, "mode.go"), 0o755); err != nil {
			t.Fatal(err)
		}
		c.remove("link.go")
		if err := os.Symlink("same.go", filepath.Join(c.dir, "link.go")); err != nil {
			t.Fatal(err)
		}
		want = append(want, "M mode.go", "T link.go 1+1")
	}
	slices.Sort(want)
	c.git("add", "-A")
	for _, side := range []Side{WorkTree, Index} {
		got := c.changes("HEAD", side)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("side %d: %s", side, diff)
		}
	}
}

// Names are never taken for something else, whatever is in them.
func TestHostileNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such names")
	}
	c := newCheckout(t)
	names := []string{
		"-O.go", "--output=x.go", "a b.go", "tab\t.go", "line\nend.go", "\n+++ b/edit.go\n@@ -1 +1,99 @@\n.go", `quo"te.go`, `back\slash.go`,
		"ü\u202e.go", "b/b/b.go", "\"q\".go", ":(glob)*.go", "\x7f\x01.go", "bad\xff.go", "a -> b.go", "trailing ",
	}
	for i, name := range names {
		c.write("./"+name, lines(10)+fmt.Sprint(i, "\n"))
	}
	c.commit()
	var want []string
	for i, name := range names {
		c.write("./"+name, lines(5)+"changed\n"+lines(10)[len(lines(5)):]+fmt.Sprint(i, "\n"))
		want = append(want, "M "+name+" 6+1")
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, c.changes("HEAD", WorkTree)); diff != "" {
		t.Error(diff)
	}

	r := c.open()
	changes, err := r.Differing(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var got, objects []string
	for _, change := range changes {
		got = append(got, "M "+change.Old+" 6+1")
		objects = append(objects, change.OldBlob)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	err = r.Blobs(t.Context(), objects, func(i int, contents io.Reader) error {
		data, err := io.ReadAll(contents)
		if err == nil && !bytes.HasPrefix(data, []byte(lines(10))) {
			t.Errorf("%q is %q", changes[i].Old, data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A file that git add -N has announced is not in the index yet; one that is tracked nowhere is in neither side.
func TestIntentToAddAndUntracked(t *testing.T) {
	c := newCheckout(t)
	c.write("a.go", "package a\n")
	c.write(".gitignore", "ignored.go\n")
	c.commit()
	c.write("announced.go", "package a\n")
	c.write("sub/other.go", "package sub\n")
	c.write("ignored.go", "package a\n")
	c.git("add", "-N", "announced.go")
	if diff := cmp.Diff([]string(nil), c.changes("HEAD", Index)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"A  > announced.go 1+1"}, c.changes("HEAD", WorkTree)); diff != "" {
		t.Error(diff)
	}
	r := c.open()
	changes, err := r.Differing(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A  > announced.go"}, told(changes)); diff != "" {
		t.Error(diff)
	}
	r.Dir = filepath.Join(c.dir, "sub")
	untracked, err := r.Untracked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"sub/other.go"}, untracked); diff != "" {
		t.Error(diff)
	}
}

func TestSubmodule(t *testing.T) {
	lib := newCheckout(t)
	lib.write("lib.go", "package lib\n")
	lib.commit()
	c := newCheckout(t)
	c.git("submodule", "add", "-q", lib.dir, "lib")
	c.commit()
	c.write("lib/lib.go", "package lib // dirty\n")
	if got := c.changes("HEAD", WorkTree); len(got) > 0 {
		t.Errorf("a dirty submodule: %q", got)
	}
	inner := &checkout{t: t, dir: filepath.Join(c.dir, "lib")}
	inner.commit()
	r := c.open()
	changes, err := r.Differing(t.Context(), "")
	if err != nil || len(changes) != 1 || !changes[0].Submodule() {
		t.Errorf("changes %+v, error %v", changes, err)
	}
}

// Output that is cut off, or is not git's, is an error.
func TestUnexpectedOutput(t *testing.T) {
	const raw = ":100644 100644 aaaa bbbb M\ta.go\n"
	for _, text := range []string{
		"a.go\n",
		":100644 100644 M\ta.go\n",
		":100644 100644 aaaa bbbb M a.go\n",
		":100644 100644 aaaa bbbb M\t\"a.go\n",
		raw + "\ndiff --git a/a.go b/a.go\n+++ b/b.go\n",
		raw + "\ndiff --git a/a.go b/a.go\n@@ -1 +1 @@\n-x\n",
		raw + "\ndiff --git a/a.go b/a.go\n@@ -1 @@\n",
		raw + "\ndiff --git a/a.go b/a.go\n@@ -1 +x @@\n",
		raw + "\ndiff --git a/a.go b/a.go\ndiff --git a/b.go b/b.go\n",
		raw + ":100644 100644 aaaa bbbb M\tb.go\n\ndiff --git a/a.go b/a.go\n",
	} {
		if changes, err := parseDiff(strings.NewReader(text)); err == nil {
			t.Errorf("%q: %+v", text, changes)
		}
	}
}

func FuzzParseDiff(f *testing.F) {
	f.Add(":100644 100644 aaaa bbbb M\ta.go\n\ndiff --git a/a.go b/a.go\n--- a/a.go\n+++ b/a.go\n@@ -1 +1,2 @@ f\n-x\n+y\n+z\n")
	f.Add(":100644 000000 aaaa 0000 D\t\"a\\t.go\"\n\ndiff --git \"a/a\\t.go\" \"b/a\\t.go\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		changes, err := parseDiff(strings.NewReader(text))
		for _, c := range changes {
			for _, h := range c.Hunks {
				if err == nil && (h.Line < 0 || h.Count < 0) {
					t.Errorf("%+v", c)
				}
			}
		}
	})
}
