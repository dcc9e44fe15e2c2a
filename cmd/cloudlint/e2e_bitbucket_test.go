package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// insights is what Bitbucket shows of a commit. It refuses what its API refuses.
type insights struct {
	requests    []string
	result      string
	details     string
	annotations []annotation
}

type annotation struct {
	ExternalID string `json:"external_id"`
	Type       string `json:"annotation_type"`
	Severity, Summary, Details,
	Link, Path string
	Line int
}

// ServeHTTP is the proxy of Pipelines, with the API behind it.
func (in *insights) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.requests = append(in.requests, r.Method+" "+r.RequestURI)
	body, err := io.ReadAll(r.Body)
	refuse := func(why any) { http.Error(w, fmt.Sprint(why), http.StatusBadRequest) }
	switch {
	case err != nil:
		refuse(err)
	case r.Method == http.MethodDelete:
		*in = insights{requests: in.requests}
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPut:
		var report struct {
			Title, Result, Details string
			Type                   string `json:"report_type"`
		}
		if err := json.Unmarshal(body, &report); err != nil || report.Title == "" || report.Type != "BUG" || len([]rune(report.Details)) > 2000 {
			refuse(err)
		}
		in.result, in.details = report.Result, report.Details
	case r.Method == http.MethodPost:
		var list []annotation
		if err := json.Unmarshal(body, &list); err != nil || len(list) == 0 || len(list) > 100 || len(in.annotations)+len(list) > 1000 {
			refuse(err)
		}
		for _, a := range list {
			if a.ExternalID == "" || a.Summary == "" || len([]rune(a.Summary)) > 450 || len([]rune(a.Details)) > 2000 || a.Severity == "" {
				refuse(a)
			}
		}
		in.annotations = append(in.annotations, list...)
	}
}

// tell runs the script on a report.
func (in *insights) tell(t *testing.T, report, status string) result {
	t.Helper()
	for _, name := range []string{"sh", "jq", "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip("no " + name)
		}
	}
	proxy := httptest.NewServer(in)
	defer proxy.Close()
	cmd := command(filepath.Dir(report), "sh", filepath.Join(repository(t), "integrations", "bitbucket", "insights.sh"), report, status)
	cmd.Env = append(cmd.Env, "BITBUCKET_PROXY="+proxy.URL, "BITBUCKET_REPO_FULL_NAME=corp/shop", "BITBUCKET_COMMIT=c0ffee", "no_proxy=", "NO_PROXY=")
	return execute(t, cmd)
}

func TestBitbucketInsights(t *testing.T) {
	dir := module(t, price, clean)
	file := filepath.Join(dir, "cloudlint.json")
	cloudlint(t, dir, "--format=json="+file).wantError(t, 1, "1 warning")
	in := new(insights)
	for range 2 { // the second run replaces what the first has told
		if r := in.tell(t, file, "1"); r.status != 0 || r.stderr != "" {
			t.Fatalf("%+v", r)
		}
	}
	if in.result != "FAILED" || in.details != "1 findings." || len(in.annotations) != 1 {
		t.Fatalf("%+v", in)
	}
	a := in.annotations[0]
	if !strings.HasPrefix(a.Summary, "CL1002: ") || !strings.HasSuffix(a.Link, "#cl1002") {
		t.Errorf("%+v", a)
	}
	a.ExternalID, a.Summary, a.Details, a.Link = "", "", "", ""
	if diff := cmp.Diff(annotation{Type: "BUG", Severity: "MEDIUM", Path: "store/store.go", Line: 6}, a); diff != "" {
		t.Error(diff)
	}
	const url = "http://api.bitbucket.org/2.0/repositories/corp/shop/commit/c0ffee/reports/cloudlint"
	if diff := cmp.Diff([]string{"DELETE " + url, "PUT " + url, "POST " + url + "/annotations"}, in.requests[:3]); diff != "" {
		t.Error(diff)
	}
}

func TestBitbucketInsightsLimits(t *testing.T) {
	var findings []map[string]any
	for i := range 1234 {
		severity := "note"
		if i == 1200 {
			severity = "error"
		}
		findings = append(findings, map[string]any{
			"code": "CL2012", "severity": severity, "message": strings.Repeat("ä\"$(touch run)\\n", 200),
			"file": "a b/'\".go", "line": i + 1, "fingerprint": "f", "url": "https://x.example/",
		})
	}
	findings = append(findings, map[string]any{"code": "CL1001", "severity": "error", "message": "known", "fingerprint": "g", "baselineState": "unchanged"})
	text, err := json.Marshal(map[string]any{"findings": findings, "errors": []any{map[string]any{"package": "corp.example/p", "message": "undefined: q"}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "it's $(touch run).json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	in := new(insights)
	if r := in.tell(t, file, "3"); r.status != 0 || r.stderr != "" {
		t.Fatalf("%+v", r)
	}
	if len(in.annotations) != 1000 || in.annotations[0].Severity != "HIGH" || in.annotations[0].Line != 1201 || in.annotations[0].Path != "a b/'\".go" {
		t.Errorf("%d, %+v", len(in.annotations), in.annotations[0])
	}
	ids := make(map[string]bool)
	for _, a := range in.annotations {
		ids[a.ExternalID] = true
	}
	if len(ids) != 1000 || in.result != "FAILED" || !strings.Contains(in.details, "The first 1000 are shown.\nNot analysed: corp.example/p undefined: q") {
		t.Errorf("%d ids, %s, %s", len(ids), in.result, in.details)
	}

	clean := filepath.Join(t.TempDir(), "clean.json")
	if err := os.WriteFile(clean, []byte(`{"findings": [], "errors": []}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := in.tell(t, clean, "0"); r.status != 0 || in.result != "PASSED" || len(in.annotations) != 0 {
		t.Errorf("%+v, %+v", r, in)
	}
	// What Bitbucket refuses is told in its words.
	if err := os.WriteFile(clean, []byte(`{"findings": [{"code": "", "severity": "odd", "message": ""}], "errors": []}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := in.tell(t, clean, "0"); r.status == 0 || !strings.Contains(r.stderr, "Bitbucket refused POST") {
		t.Errorf("%+v", r)
	}
}
