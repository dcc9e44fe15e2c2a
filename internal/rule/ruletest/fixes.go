package ruletest

import (
	"cmp"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// CheckFixes applies the fixes of the findings in package fixes of an analyzer's folder in testdata, none of which is safe.
// The result is package fixed: where that is analysed as well, it compiles, and what can be fixed is gone. With UPDATE in
// the environment package fixed is written.
func CheckFixes(t *testing.T, analyzer string, findings []wire.Finding) {
	t.Helper()
	edits := make(map[string][]wire.Edit) // by file
	for _, f := range findings {
		if f.Fix == nil {
			continue
		}
		if f.Fix.Safe {
			t.Errorf("%s: the fix is not safe", f.Message)
		}
		for _, e := range f.Fix.Edits {
			edits[e.File] = append(edits[e.File], e)
		}
	}
	dir := filepath.Join(Testdata(t), "src", analyzer)
	files, err := filepath.Glob(filepath.Join(dir, "fixes", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range files {
		base := filepath.Base(name)
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got := fixed(t, Apply(source, edits[base]))
		golden := filepath.Join(dir, "fixed", base)
		want, err := os.ReadFile(golden)
		if err != nil && os.Getenv("UPDATE") == "" {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(string(want), got); diff != "" {
			t.Errorf("testdata/src/%s/fixed/%s differs from the fixes of package fixes (-want +got):\n%s", analyzer, base, diff)
			if os.Getenv("UPDATE") != "" {
				Write(t, golden, got)
			}
		}
	}
}

// fixed returns the text of a file with fixes as one of package fixed, without the expectations of what is fixed.
func fixed(t *testing.T, source []byte) string {
	t.Helper()
	source = regexp.MustCompile(`[ \t]*// want .*`).ReplaceAll(source, nil)
	source = regexp.MustCompile(`\bpackage fixes\b`).ReplaceAll(source, []byte("package fixed"))
	text, err := format.Source(source)
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return string(text)
}

// Apply returns a file's text with the edits. Edits that are alike, as that of two fixes which need the same import, are
// made once.
func Apply(source []byte, edits []wire.Edit) []byte {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b wire.Edit) int {
		return cmp.Or(cmp.Compare(b.Start, a.Start), cmp.Compare(b.End, a.End), cmp.Compare(b.New, a.New))
	})
	for _, e := range slices.Compact(edits) {
		source = slices.Concat(source[:e.Start], []byte(e.New), source[e.End:])
	}
	return source
}
