package app

import (
	"path/filepath"
	"testing"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// The folder of a package of the file is named as the driver names it, or what was found there once is never stale.
func TestFolderOfEntry(t *testing.T) {
	root := t.TempDir()
	ruletest.Write(t, filepath.Join(root, "shop_test", "shop.go"), "package shop_test\n")
	b := &book{module: driver.Module{Dir: root}}
	for pkg, want := range map[string]string{
		".":         "",
		"._test":    "",
		"a/b":       "a/b",
		"a/b_test":  "a/b",
		"shop_test": "shop_test", // there is such a folder
	} {
		if got := b.dir(pkg); got != filepath.Join(root, filepath.FromSlash(want)) {
			t.Errorf("%s: %s", pkg, got)
		}
	}
}
