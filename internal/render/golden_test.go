package render

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// Each format prints each of the reports as the golden file says. Look at the differences after -update.
func TestGolden(t *testing.T) {
	variants := []struct {
		name, format string
		terminal     Terminal
	}{
		{"txt", "text", Terminal{}},
		{"frames.txt", "text", Terminal{Frames: true, Width: 100}},
		{"color.txt", "text", Terminal{Frames: true, Width: 100, Color: true}},
		{"json", "json", Terminal{}},
		{"jsonl", "jsonl", Terminal{}},
		{"sarif", "sarif", Terminal{}},
		{"github.txt", "github", Terminal{}},
		{"gitlab", "gitlab", Terminal{}},
		{"rdjson", "rdjson", Terminal{}},
		{"rdjsonl", "rdjsonl", Terminal{}},
		{"checkstyle.xml", "checkstyle", Terminal{}},
		{"junit.xml", "junit", Terminal{}},
		{"teamcity.txt", "teamcity", Terminal{}},
		{"azure.txt", "azure", Terminal{}},
		{"md", "markdown", Terminal{}},
	}
	fx := newFixture(t)
	for name, report := range fx.reports() {
		for _, v := range variants {
			t.Run(name+"."+v.name, func(t *testing.T) {
				format, ok := Lookup(v.format)
				if !ok {
					t.Fatalf("no format %s", v.format)
				}
				var out, summary bytes.Buffer
				in := fx.input(report, Options{Terminal: v.terminal, StepSummary: &summary, SourceURL: "https://github.com/example/shop/blob/0123abc/"})
				if err := format.Render(&out, in); err != nil {
					t.Fatal(err)
				}
				// The rules' pages are package explain's.
				got := regexp.MustCompile(`"markdown": ".+"`).ReplaceAll(out.Bytes(), []byte(`"markdown": "(page)"`))
				golden(t, name+"."+v.name, got)
				if v.format == "github" {
					golden(t, name+".summary.md", summary.Bytes())
				}
			})
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
