package newonly

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

func TestSubtract(t *testing.T) {
	list := func(fingerprints ...string) []finding.Finding {
		var all []finding.Finding
		for i, fp := range fingerprints {
			all = append(all, finding.Finding{Fingerprint: fp, Range: finding.Range{Line: i + 1}})
		}
		return all
	}
	tests := []struct {
		name     string
		findings []finding.Finding
		counts   map[string]int
		touched  []int // lines
		byLines  []int // lines
		want     []int // lines
	}{
		{name: "as before", findings: list("a", "b"), counts: map[string]int{"a": 1, "b": 1}},
		{name: "fewer than before", findings: list("a"), counts: map[string]int{"a": 3}},
		{name: "another", findings: list("a", "b"), counts: map[string]int{"a": 1}, want: []int{2}},
		{name: "one more: the last", findings: list("a", "a", "a"), counts: map[string]int{"a": 2}, want: []int{3}},
		{name: "one more: the touched one", findings: list("a", "a", "a"), counts: map[string]int{"a": 2}, touched: []int{2}, want: []int{2}},
		{name: "two more, one touched", findings: list("a", "a", "a"), counts: map[string]int{"a": 1}, touched: []int{1}, want: []int{1, 3}},
		{name: "by lines", findings: list("a", "a", "b"), counts: map[string]int{"a": 1}, touched: []int{1}, byLines: []int{1, 3}, want: []int{1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			has := func(lines []int) func(f *finding.Finding) bool {
				return func(f *finding.Finding) bool {
					for _, line := range lines {
						if line == f.Line {
							return true
						}
					}
					return false
				}
			}
			decide := func(f *finding.Finding) verdict {
				if has(test.byLines)(f) {
					return byLines
				}
				return byCount
			}
			var got []int
			for _, f := range subtract(test.findings, decide, test.counts, has(test.touched)) {
				got = append(got, f.Line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRelocate(t *testing.T) {
	o := &driver.Outcome{
		Packages: map[string]driver.Package{
			"m/old": {ImportPath: "m/old", Dir: "/m/old"}, "m/old_test": {ImportPath: "m/old", Dir: "/m/old"},
			"m/same": {ImportPath: "m/same", Dir: "/m/same"},
		},
		Records:     []wire.Record{{Package: "m/old"}, {Package: "m/old_test"}, {Package: "m/same"}},
		Errors:      []finding.Error{{Package: "m/old", Message: "broken"}, {Message: "all"}},
		NotAnalysed: []string{"m/old"},
	}
	got := relocate(o, map[string][]string{"/m/old": {"m/new", "m/newer"}, "/m/same": {"m/same"}})
	var records []string
	for _, rec := range got.Records {
		records = append(records, rec.Package)
	}
	if diff := cmp.Diff([]string{"m/new", "m/newer", "m/new_test", "m/newer_test", "m/same"}, records); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]finding.Error{{Package: "m/new", Message: "broken"}, {Package: "m/newer", Message: "broken"}, {Message: "all"}}, got.Errors); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"m/new", "m/newer"}, got.NotAnalysed); diff != "" {
		t.Error(diff)
	}
	if p := packageOf(got, "m/newer_test"); p.ImportPath != "m/newer" || p.Dir != "/m/old" {
		t.Errorf("m/newer_test is %+v", p)
	}
	if len(o.Records) != 3 || o.Records[0].Package != "m/old" {
		t.Errorf("the outcome was changed: %+v", o.Records)
	}
}

// What a killed run has left behind goes with the next one; what a running one has written, and others' files, stay.
func TestStaleFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{tmpPrefix + "old", tmpPrefix + "new", "cloudlint-other"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "index"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-48 * time.Hour)
	for _, name := range []string{tmpPrefix + "old", "cloudlint-other"} {
		if err := os.Chtimes(filepath.Join(dir, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	removeStale(dir, time.Now())
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 2 || filepath.Base(left[0]) != tmpPrefix+"new" {
		t.Errorf("left: %q, error %v", left, err)
	}
}
