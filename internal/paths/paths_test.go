package paths_test

import (
	"path/filepath"
	"testing"

	"github.com/cloudlint/cloudlint/internal/paths"
)

func TestBelow(t *testing.T) {
	dir := filepath.FromSlash("/a/b")
	for file, want := range map[string]string{"/a/b": ".", "/a/b/c/d": "c/d", "/a/b/../b/c": "c", "/a/b/..c": "..c", "/a/bc": "", "/a": "", "c": ""} {
		rel, ok := paths.Below(dir, filepath.FromSlash(file))
		if ok != (want != "") || ok && rel != filepath.FromSlash(want) {
			t.Errorf("Below(%s, %s) = %q, %v; want %q", dir, file, rel, ok, want)
		}
	}
}
