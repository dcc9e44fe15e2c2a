package models_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
)

// Each row says what waits and what to do about it, and where it was read.
func TestWaitsAreWhole(t *testing.T) {
	seen := make(map[string]bool)
	check := func(w models.Wait) {
		t.Helper()
		if seen[w.Func] {
			t.Errorf("%s is listed twice", w.Func)
		}
		seen[w.Func] = true
		if dot := strings.LastIndexByte(w.Func, '.'); dot < 1 || w.What == "" {
			t.Errorf("row %+v is not whole", w)
		}
	}
	for _, w := range append(models.StdDials(), models.LibraryDials()...) {
		check(w)
		if w.Instead == "" {
			t.Errorf("%s: nothing to write instead", w.Func)
		}
	}
	for _, c := range append(append(models.StdDialers(), models.LibraryClients()...), models.SSHClient()) {
		if c.Source == "" || len(c.Waits) == 0 {
			t.Errorf("%s: no source or no waits", c.Type)
		}
		if c.Nested == "" && !slices.Contains(c.Bounds, c.Field) {
			t.Errorf("%s: setting %s does not bound it", c.Type, c.Field)
		}
		for _, w := range c.Waits {
			check(w)
		}
	}
}
