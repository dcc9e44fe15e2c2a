package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExplain(t *testing.T) {
	dir := t.TempDir()
	for _, query := range []string{"CL2012", "cl2012", "http-default-client"} {
		r := cloudlint(t, dir, "explain", query)
		if r.status != 0 || !strings.HasPrefix(r.stdout, "CL2012 ") || !strings.Contains(r.stdout, "\nWrong\n") || r.stderr != "" {
			t.Errorf("explain %s: %+v", query, r)
		}
	}
	if r := cloudlint(t, dir, "explain", "clientdeadline", "--format", "md"); r.status != 0 || strings.Count(r.stdout, "\n# CL")+1 < 3 {
		t.Errorf("explain clientdeadline: %+v", r)
	}
	var page struct{ Code, Wrong, Right string }
	r := cloudlint(t, dir, "explain", "CL2012", "--format=json")
	if err := json.Unmarshal([]byte(r.stdout), &page); err != nil || page.Code != "CL2012" || page.Wrong == "" || page.Right == "" {
		t.Errorf("%v: %+v", err, page)
	}
	cloudlint(t, dir, "explain", "CL2102").wantError(t, 2, "CL2012 (http-default-client)")
	cloudlint(t, dir, "explain", "kubernetes").wantError(t, 2, "`cloudlint rules` lists all")
}

// rules.md is what the rules say of themselves.
func TestRulesMDIsUpToDate(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("..", "..", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	got := cloudlint(t, t.TempDir(), "rules", "--format", "md").stdout
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("run go generate ./... (-rules.md +rules):\n%s", diff)
	}
}

func TestRules(t *testing.T) {
	table := cloudlint(t, t.TempDir(), "rules")
	var pages []struct{ Code string }
	if err := json.Unmarshal([]byte(cloudlint(t, t.TempDir(), "rules", "--format", "json").stdout), &pages); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(table.stdout), "\n")
	if len(pages) == 0 || len(lines) != len(pages)+1 {
		t.Fatalf("%d lines for %d rules", len(lines), len(pages))
	}
	for i, p := range pages {
		if !strings.HasPrefix(lines[i+1], p.Code+" ") {
			t.Errorf("line %d is %q, want %s", i+1, lines[i+1], p.Code)
		}
	}
}

func TestHelp(t *testing.T) {
	r := cloudlint(t, t.TempDir(), "--help")
	for _, want := range []string{"cloudlint ./...", "Exit status:", "--format", "explain", "completion", "doctor"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("--help does not mention %s", want)
		}
	}
	if r.status != 0 || r.stderr != "" {
		t.Errorf("exit status %d, standard error %q", r.status, r.stderr)
	}
}

func TestVersion(t *testing.T) {
	r := cloudlint(t, t.TempDir(), "--version")
	if r.status != 0 || !strings.HasPrefix(r.stdout, "cloudlint ") || !strings.Contains(r.stdout, "built with go1.") {
		t.Errorf("%+v", r)
	}
}

func TestDoctor(t *testing.T) {
	dir := module(t, price, "-- .cloudlint.yml --\nversion: 1\n")
	r := cloudlint(t, dir, "doctor")
	for _, want := range []string{"corp.example/shop, go 1.26", ".cloudlint.yml", "GOCACHE", "built with go1.", "--driver=auto  vet"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %s in\n%s", want, r.stdout)
		}
	}
	if r.status != 0 {
		t.Errorf("exit status %d", r.status)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := cloudlint(t, t.TempDir(), "completion", shell); r.status != 0 || !strings.Contains(r.stdout, "cloudlint") {
			t.Errorf("completion %s: %+v", shell, r)
		}
	}
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"explain", "CL20"}, "CL2012\t"},
		{[]string{"--enable", "CL2011,http-d"}, "CL2011,http-default-client\n"},
		{[]string{"--driver", ""}, "source\n"},
		{[]string{"--format", "s"}, "sarif\tSARIF 2.1.0"},
	}
	for _, test := range tests {
		r := cloudlint(t, t.TempDir(), append([]string{"__complete"}, test.args...)...)
		if !strings.Contains(r.stdout, test.want) {
			t.Errorf("completing %q: no %q in\n%s", test.args, test.want, r.stdout)
		}
	}
}

func TestFindingsSchema(t *testing.T) {
	r := cloudlint(t, t.TempDir(), "schema", "findings")
	var schema map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &schema); err != nil || schema["$schema"] == nil {
		t.Errorf("%v: %s", err, r.stdout)
	}
}

// Links between the pages lead somewhere.
func TestLinksOfPages(t *testing.T) {
	root := filepath.Join("..", "..")
	pages := []string{filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, d os.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)\s]*)?\)`)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
	}
}
