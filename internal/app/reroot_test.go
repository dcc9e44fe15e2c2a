package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

func TestReroot(t *testing.T) {
	at := func(file string) finding.Range { return finding.Range{File: file, Line: 1} }
	r := &finding.Report{Root: "/src/shop", Findings: []finding.Finding{
		{Range: at("api/handler/h.go"), Path: []finding.Step{{Range: at("store/s.go")}}, Related: []finding.Related{{Range: at("/usr/local/go/src/net/http/server.go")}}},
		{}, // about no file
	}}
	got := reroot(r, "/src/shop/api")
	files := []string{got.Root, got.Findings[0].File, got.Findings[0].Path[0].File, got.Findings[0].Related[0].File, got.Findings[1].File}
	want := []string{"/src/shop/api", "handler/h.go", "../store/s.go", "/usr/local/go/src/net/http/server.go", ""}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.Findings[0].File != "api/handler/h.go" || r.Findings[0].Path[0].File != "store/s.go" {
		t.Errorf("the report itself is changed: %+v", r.Findings[0])
	}
}
