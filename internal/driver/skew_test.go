package driver

import (
	"strings"
	"testing"
)

func TestSkew(t *testing.T) {
	for _, test := range []struct {
		built, command string
		says           string
	}{
		{"go1.26.8", "go1.26.9", ""},
		{"go1.27.0", "go1.26.8", ""},
		{"go1.26.8", "go1.27.4", "GOTOOLCHAIN=go1.27.4 go install"},
		{"devel go1.28-abcdef", "go1.27.4", ""},
		{"go1.26.8", "", ""},
	} {
		if got := Skew(test.built, test.command); (got == "") != (test.says == "") || !strings.Contains(got, test.says) {
			t.Errorf("Skew(%q, %q) = %q", test.built, test.command, got)
		}
	}
}
