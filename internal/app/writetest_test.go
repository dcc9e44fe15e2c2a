package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloudlint/cloudlint/internal/verify/regress"
)

// A file is written whole, with nothing beside it, and one that is there stays as it is.
func TestPlace(t *testing.T) {
	dir := t.TempDir()
	f := regress.File{Path: filepath.Join(dir, "cloudlint_leak_test.go"), Text: []byte("package a\n")}
	if err := place(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	f.Text = []byte("package b\n")
	if err := place(context.Background(), f); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	if data, err := os.ReadFile(f.Path); string(data) != "package a\n" {
		t.Errorf("the file is %q, %v", data, err)
	}
	if list, err := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("there is %v, %v", list, err)
	}
}
