package models_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
)

// function is a full name as types.Func.FullName writes it: of a function, or of a method of a type or pointer.
var function = regexp.MustCompile(`^([a-z0-9.\-]+(/[A-Za-z0-9._\-]+)*\.|\(\*?[a-z0-9.\-]+(/[A-Za-z0-9._\-]+)*\.[A-Z]\w*\)\.)[A-Z]\w*$`)

// Each row names one function, says what it waits for and where that was read.
func TestOutboundsAreWhole(t *testing.T) {
	seen := make(map[string]bool)
	for _, row := range models.Outbounds() {
		switch {
		case seen[row.Func]:
			t.Errorf("%s is listed twice", row.Func)
		case !function.MatchString(row.Func):
			t.Errorf("%s is no full name of a function", row.Func)
		case row.Source == "":
			t.Errorf("%s has no source", row.Func)
		case !strings.HasPrefix(row.What, "wait"):
			t.Errorf("%s: %q does not say what it waits for", row.Func, row.What)
		case row.Carrier && row.Context == 0:
			t.Errorf("%s: no argument carries the context", row.Func)
		case row.Stream && row.Bounded != "":
			t.Errorf("%s: a stream that ends by itself", row.Func)
		case models.OutboundFunction(row.Func) == nil:
			t.Errorf("%s is not found", row.Func)
		}
		seen[row.Func] = true
	}
}
