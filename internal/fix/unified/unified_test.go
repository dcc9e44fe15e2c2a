package unified

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	numbers := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintln(&b, i)
		}
		return b.String()
	}
	tests := []struct{ name, old, new, want string }{
		{"equal", "a\nb\n", "a\nb\n", ""},
		{"one line changed in the middle", numbers(1, 9), numbers(1, 4) + "five\n" + numbers(6, 9),
			"@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		{"into an empty file", "", "a\n", "@@ -0,0 +1 @@\n+a\n"},
		{"everything removed", "a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"},
		{"repeated lines are matched early", "{\n}\n{\n}\n", "{\n}\n{\nx\n}\n", "@@ -1,4 +1,5 @@\n {\n }\n {\n+x\n }\n"},
		{"two changes far apart are two hunks", numbers(1, 20), "0\n" + numbers(1, 19),
			"@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -17,4 +18,3 @@\n 17\n 18\n 19\n-20\n"},
		{"two changes near each other are one hunk", numbers(1, 7), "0\n" + numbers(1, 6),
			"@@ -1,7 +1,7 @@\n+0\n 1\n 2\n 3\n 4\n 5\n 6\n-7\n"},
		{"the newline at the end is new", "a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
		{"a carriage return is part of the line", "a\r\n", "a\n", "@@ -1 +1 @@\n-a\r\n+a\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want != "" {
				want = "--- a/x\n+++ b/x\n" + want
			}
			if diff := cmp.Diff(want, string(Diff("a/x", []byte(tt.old), "b/x", []byte(tt.new)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What patch makes of the old text and the difference is the new text, for texts with many repeated lines.
func TestPatchRestoresTheNewText(t *testing.T) {
	patch, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("no patch command on this machine")
	}
	file := filepath.Join(t.TempDir(), "text")
	random := rand.New(rand.NewPCG(1, 2))
	text := func(alphabet int) []byte {
		var b bytes.Buffer
		for range 1 + random.IntN(40) {
			fmt.Fprintln(&b, random.IntN(alphabet))
		}
		if random.IntN(3) == 0 {
			b.Truncate(b.Len() - 1)
		}
		return b.Bytes()
	}
	for n := range 60 {
		alphabet := 2 + n
		old, new := text(alphabet), text(alphabet)
		diff := Diff("a", old, "b", new)
		if diff == nil {
			continue
		}
		if err := os.WriteFile(file, old, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(patch, "--silent", "--no-backup-if-mismatch", "--fuzz=0", file)
		cmd.Stdin = bytes.NewReader(diff)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("patch: %v\n%s\n%s", err, out, diff)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, new) {
			t.Fatalf("old %q\nnew %q\ngot %q\n%s", old, new, got, diff)
		}
	}
}

// git reads names with blanks, quotes and control characters as they were meant.
func TestGitAppliesUnusualNames(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git command on this machine")
	}
	for _, name := range []string{"plain.go", "with blank.go", `quote".go`, "tab\t.go", "bell\x07 \x01.go", "ümlaut.go"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, name), []byte("old\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(git, "apply")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
			cmd.Stdin = bytes.NewReader(Diff("a/"+name, []byte("old\n"), "b/"+name, []byte("new\n")))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git apply: %v\n%s", err, out)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != "new\n" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// The time grows as n log n even where no line is unique, or where all are and their order is reversed.
func TestLargeTexts(t *testing.T) {
	const n = 200_000
	var same, other, up, down bytes.Buffer
	for i := range n {
		fmt.Fprintln(&same, i%2)
		fmt.Fprintln(&other, i%3)
		fmt.Fprintln(&up, i)
		fmt.Fprintln(&down, n-i)
	}
	start := time.Now()
	Diff("a", same.Bytes(), "b", other.Bytes())
	Diff("a", up.Bytes(), "b", down.Bytes())
	if d := time.Since(start); d > time.Minute { // a quadratic algorithm would take minutes
		t.Errorf("took %v", d)
	}
}
