package baseline_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cloudlint/cloudlint/internal/baseline"
)

// Two branches that each fix something and accept something else are merged by git as it is, and the result is what both
// of them say.
func TestGitMerge(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git here")
	}
	const merges = 40
	conflicts := 0
	for seed := range uint64(merges) {
		random := rand.New(rand.NewPCG(seed, 0))
		known := make(map[string]bool)
		for i := range 12 {
			known[fmt.Sprintf("store.F%d:get", i)] = true // neighbours in the source
		}
		fix := []string{fmt.Sprintf("store.F%d:get", random.IntN(6)), fmt.Sprintf("store.F%d:get", 6+random.IntN(6))}
		accept := []string{fmt.Sprintf("store.G%d:get", random.Uint32()), fmt.Sprintf("store.H%d:get", random.Uint32())}
		file := func(change ...int) []byte {
			now := make(map[string]bool)
			for w := range known {
				now[w] = true
			}
			for _, c := range change {
				delete(now, fix[c])
				now[accept[c]] = true
			}
			var words []string
			for w := range now {
				words = append(words, w)
			}
			return book(words...).Format()
		}
		merged, conflict := merge(t, git, file(), file(0), file(1))
		if conflict {
			conflicts++
			if _, err := baseline.Parse(merged); err == nil {
				t.Errorf("a file with a conflict is read:\n%s", merged)
			}
		} else if !bytes.Equal(merged, file(0, 1)) {
			t.Errorf("the merge is not what both sides say:\n%s", merged)
		}
	}
	// Without the headings a third of them have conflicts.
	if conflicts > merges/10 {
		t.Errorf("%d of %d merges have conflicts", conflicts, merges)
	}
}

// merge does what git does with a file that two branches have changed.
func merge(t *testing.T, git string, base, ours, theirs []byte) (merged []byte, conflict bool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string][]byte{"base": base, "ours": ours, "theirs": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(git, "merge-file", "-p", "ours", "base", "theirs")
	cmd.Dir = dir
	merged, err := cmd.Output()
	if err != nil && len(merged) == 0 {
		t.Fatal(err)
	}
	return merged, err != nil
}
