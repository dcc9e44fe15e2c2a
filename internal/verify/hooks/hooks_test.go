package hooks_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/kernels"
	"github.com/cloudlint/cloudlint/internal/verify/hooks"
)

// Positions in the dumps of tests are those of the files that people know.
func TestFilesKeepTheirLines(t *testing.T) {
	goroot := kernels.Goroot(t)
	files, err := hooks.Files(goroot)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for name, text := range files {
		if strings.Contains(name, "zz_cloudlint") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(goroot, "src", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		before, after := strings.Split(string(data), "\n"), strings.Split(text, "\n")
		if len(before) != len(after) {
			t.Errorf("%s has %d lines in the place of %d", name, len(after), len(before))
			continue
		}
		for i, line := range after {
			if line != before[i] {
				changed++
			}
		}
	}
	if changed != 11 {
		t.Errorf("%d lines differ", changed)
	}
}

func TestUnknownLibrary(t *testing.T) {
	goroot := t.TempDir()
	if _, err := hooks.Files(goroot); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v without a library", err)
	}
	for name, text := range map[string]string{"testing.go": "package testing\n\tt.runner = callerName(0)\n\tt.runner = callerName(0)\n"} {
		if err := os.MkdirAll(filepath.Join(goroot, "src", "testing"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(goroot, "src", "testing", name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := hooks.Files(goroot); !errors.Is(err, hooks.ErrUnknown) || !strings.Contains(err.Error(), "2 times") {
		t.Errorf("error %v with another library", err)
	}
}

func TestWrite(t *testing.T) {
	goroot := kernels.Goroot(t)
	dir := t.TempDir()
	first, err := hooks.Write(goroot, dir)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Sorted(maps.Values(first))[0]
	if err := os.WriteFile(damaged, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	second, err := hooks.Write(goroot, dir)
	if err != nil || !maps.Equal(first, second) {
		t.Fatalf("%v, %v", second, err)
	}
	for name, actual := range second {
		if data, err := os.ReadFile(actual); err != nil || !strings.HasPrefix(string(data), "//") {
			t.Errorf("%s: %v, begins with %.20q", name, err, data)
		}
		if !strings.HasPrefix(name, filepath.Join(goroot, "src")) {
			t.Errorf("%s is not in GOROOT", name)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(damaged), ".tmp-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
