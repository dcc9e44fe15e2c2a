package overlayfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/overlayfile"
)

// Names are relative to the folder of the run, not to that of the process.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	given := map[string]string{"a/../b.go": "new.txt", filepath.Join(dir, "c.go"): filepath.Join(dir, "c.txt"), "gone.go": ""}
	if err := overlayfile.Write(filepath.Join(dir, "o.json"), given); err != nil {
		t.Fatal(err)
	}
	got, err := overlayfile.Read("o.json", dir)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		filepath.Join(dir, "b.go"): filepath.Join(dir, "new.txt"), filepath.Join(dir, "c.go"): filepath.Join(dir, "c.txt"), filepath.Join(dir, "gone.go"): "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "o.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"o.json", "nowhere.json"} {
		if _, err := overlayfile.Read(name, dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if got, err := overlayfile.Read("", dir); len(got) > 0 || err != nil {
		t.Errorf("no overlay: %v, %v", got, err)
	}
}
