package directive_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cloudlint/cloudlint/internal/directive"
)

func TestParseComment(t *testing.T) {
	type d = directive.Directive
	for _, test := range []struct {
		text string
		want []d
	}{
		{"//cloudlint:ignore CL2001 the reason", []d{{Kind: "cloudlint:ignore", Names: []string{"CL2001"}, Reason: "the reason"}}},
		{"//cloudlint:ignore CL2001,timeouts the reason", []d{{Kind: "cloudlint:ignore", Names: []string{"CL2001", "timeouts"}, Reason: "the reason"}}},
		{"//cloudlint:ignore CL2001, CL2003  the reason", []d{{Kind: "cloudlint:ignore", Names: []string{"CL2001", "CL2003"}, Reason: "the reason"}}},
		{"//cloudlint:ignore\tCL2001\tthe\treason\t", []d{{Kind: "cloudlint:ignore", Names: []string{"CL2001"}, Reason: "the\treason"}}},
		{"//cloudlint:ignore CL2001", []d{{Kind: "cloudlint:ignore", Names: []string{"CL2001"}}}},
		{"//cloudlint:ignore", []d{{Kind: "cloudlint:ignore"}}},
		{"//cloudlint:ignored CL2001 x", nil},
		{"// cloudlint:ignore CL2001 x", nil},
		{"//	//cloudlint:ignore CL2001 an example in a doc comment", nil},
		{"// write //cloudlint:ignore CL2001 and why", nil},
		{"/*cloudlint:ignore CL2001 x*/", nil},
		{"//lint:ignore SA1000,CL2001 the reason", []d{{Kind: "lint:ignore", Names: []string{"SA1000", "CL2001"}, Reason: "the reason"}}},
		{"//lint:file-ignore CL2001 the reason", nil},

		{"//nolint", []d{{Kind: "nolint"}}},
		{"// nolint // why", []d{{Kind: "nolint", Reason: "why"}}},
		{"//nolint why", []d{{Kind: "nolint", Reason: "why"}}},
		{"//nolint:cloudlint", []d{{Kind: "nolint", Names: []string{"cloudlint"}}}},
		{"//nolint:cloudlint // the reason", []d{{Kind: "nolint", Names: []string{"cloudlint"}, Reason: "the reason"}}},
		{"//nolint:cloudlint//the reason", []d{{Kind: "nolint", Names: []string{"cloudlint"}, Reason: "the reason"}}},
		{"//nolint: serverdeadline , gosec // the reason", []d{{Kind: "nolint", Names: []string{"serverdeadline"}, Reason: ", gosec the reason"}}},
		{"//nolint:serverdeadline, gosec the reason", []d{{Kind: "nolint", Names: []string{"serverdeadline", "gosec"}, Reason: "the reason"}}},
		{"//nolintlint", nil},
		{"//nolint:", nil},
		{"//	nolint:cloudlint", nil},
		{"// see nolint", nil},

		{"//nolint:gosec //cloudlint:ignore CL2001 the reason", []d{
			{Kind: "nolint", Names: []string{"gosec"}},
			{Kind: "cloudlint:ignore", Names: []string{"CL2001"}, Reason: "the reason"},
		}},
		{"//cloudlint:ignore CL2001 one //lint:ignore SA1000 two //nolint:gosec // three", []d{
			{Kind: "cloudlint:ignore", Names: []string{"CL2001"}, Reason: "one"},
			{Kind: "lint:ignore", Names: []string{"SA1000"}, Reason: "two"},
			{Kind: "nolint", Names: []string{"gosec"}, Reason: "three"},
		}},
		{"//cloudlint:ignore CL2001 see http://nolint.example", []d{{Kind: "cloudlint:ignore", Names: []string{"CL2001"}, Reason: "see http://nolint.example"}}},
	} {
		got, offsets := directive.ParseComment(test.text)
		if diff := cmp.Diff(test.want, got, cmpopts.IgnoreUnexported(d{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
		for i, offset := range offsets {
			if !strings.HasPrefix(test.text[offset:], "//") {
				t.Errorf("%s: directive %d is at %q", test.text, i, test.text[offset:])
			}
		}
	}
}

func TestSuppresses(t *testing.T) {
	for _, test := range []struct {
		text string
		want bool
	}{
		{"//cloudlint:ignore CL2001 x", true},
		{"//cloudlint:ignore cl2001 x", true},
		{"//cloudlint:ignore CL2 x", true},
		{"//cloudlint:ignore server-read-header x", true},
		{"//cloudlint:ignore serverdeadline x", true},
		{"//cloudlint:ignore timeouts x", true},
		{"//cloudlint:ignore CL1001,CL2001 x", true},
		{"//cloudlint:ignore CL2002 x", false},
		{"//cloudlint:ignore CL x", false},
		{"//cloudlint:ignore cloudlint x", false},
		{"//cloudlint:ignore CL2001", false}, // no reason
		{"//lint:ignore CL2001 x", true},
		{"//lint:ignore CL2001", false},
		{"//nolint", true},
		{"//nolint:all", true},
		{"//nolint:cloudlint", true},
		{"//nolint:CloudLint", true},
		{"//nolint:serverdeadline", true},
		{"//nolint:ServerDeadline", true},
		{"//nolint:CL2001", true},
		{"//nolint:gosec", false},
	} {
		ds, _ := directive.ParseComment(test.text)
		if len(ds) != 1 {
			t.Fatalf("%s: %d directives", test.text, len(ds))
		}
		if got := ds[0].Suppresses("CL2001", "server-read-header", "serverdeadline", "timeouts"); got != test.want {
			t.Errorf("%s silences CL2001: %v, want %v", test.text, got, test.want)
		}
	}
}

// FuzzParseComment: every text gives directives that lie in it, in order, with names that are names.
func FuzzParseComment(f *testing.F) {
	for _, seed := range []string{
		"//cloudlint:ignore CL2001,CL2002 why", "//nolint:a, b // c", "// nolint", "//lint:ignore x\ty //nolint //nolint:",
		"//cloudlint:ignore ,, a,,b , c", "//nolint //nolint //nolint //nolint //nolint //nolint //nolint //nolint //nolint",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ds, offsets := directive.ParseComment(text)
		if len(ds) != len(offsets) {
			t.Fatalf("%q: %d directives, %d offsets", text, len(ds), len(offsets))
		}
		for i, d := range ds {
			if i == 0 && offsets[0] != 0 || i > 0 && offsets[i] <= offsets[i-1] || offsets[i] >= len(text) {
				t.Errorf("%q: offsets %v", text, offsets)
			}
			rest := strings.TrimLeft(strings.TrimPrefix(text[offsets[i]:], "//"), " ")
			if !strings.HasPrefix(rest, d.Kind) {
				t.Errorf("%q: %s is not at %d", text, d.Kind, offsets[i])
			}
			for _, name := range d.Names {
				if name == "" || strings.ContainsAny(name, ", \t") || !strings.Contains(text, name) {
					t.Errorf("%q: name %q", text, name)
				}
			}
			if d.Reason != strings.TrimSpace(d.Reason) {
				t.Errorf("%q: reason %q", text, d.Reason)
			}
			if d.Kind != directive.NoLint && d.Reason == "" && d.Suppresses("CL2001", "n", "a", "timeouts") {
				t.Errorf("%q silences without a reason", text)
			}
		}
	})
}
