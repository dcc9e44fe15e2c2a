package nearest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/nearest"
)

func TestNames(t *testing.T) {
	candidates := []string{"CL2001", "CL2002", "CL2101", "clientdeadline", "serverdeadline", "timeouts", "severity"}
	for _, test := range []struct {
		name string
		want []string
	}{
		{"CL2010", []string{"CL2001", "CL2002"}},
		{"cl2001", []string{"CL2001", "CL2002"}},
		{"serverdeadlin", []string{"serverdeadline"}},
		{"sevrity", []string{"severity"}},
		{"client", []string{"clientdeadline"}},
		{"fail-on", nil},
		{"", nil},
		{strings.Repeat("x", 1<<20), nil},
	} {
		if diff := cmp.Diff(test.want, nearest.Names(test.name, candidates, 2)); diff != "" {
			t.Errorf("Names(%.20q): (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestHint(t *testing.T) {
	if got, want := nearest.Hint("exlude", []string{"exclude", "enable"}), ": did you mean exclude?"; got != want {
		t.Errorf("Hint = %q, want %q", got, want)
	}
	if got := nearest.Hint("zzz", []string{"exclude"}); got != "" {
		t.Errorf("Hint of something else = %q, want none", got)
	}
}
