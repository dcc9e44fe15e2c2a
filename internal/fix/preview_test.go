package fix

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

func TestPreview(t *testing.T) {
	const text = "package m\n\nvar s = server{\n\ta: 1,\n}\n"
	at := strings.Index(text, "\ta: 1")
	got, err := Preview([]byte(text), []finding.Edit{{Start: at, End: at, New: "timeout: 2,\n"}})
	if err != nil {
		t.Fatal(err)
	}
	want := "package m\n\nvar s = server{\n\ttimeout: 2,\n\ta:       1,\n}\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	for name, edits := range map[string][]finding.Edit{
		"beyond the end":      {{Start: 3, End: len(text) + 1}},
		"before the start":    {{Start: -1, End: 2}},
		"backwards":           {{Start: 5, End: 2}},
		"overlapping":         {{Start: 11, End: 20, New: "x"}, {Start: 15, End: 30, New: "y"}},
		"no Go file any more": {{Start: 0, End: 7}},
	} {
		if got, err := Preview([]byte(text), edits); err == nil {
			t.Errorf("%s: no error, but %q", name, got)
		}
	}
}
