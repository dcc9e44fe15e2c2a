package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The expressions that docs/versions.md gives to Renovate find the versions in the files that they are for.
func TestRenovateExpressions(t *testing.T) {
	page, err := os.ReadFile("../../docs/versions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```json\n")
	block, _, found := strings.Cut(block, "```")
	if !found {
		t.Fatal("docs/versions.md has no block of JSON")
	}
	var config struct {
		CustomManagers []struct{ ManagerFilePatterns, MatchStrings []string }
	}
	if err := json.Unmarshal([]byte(block), &config); err != nil {
		t.Fatal(err)
	}
	if len(config.CustomManagers) != 1 {
		t.Fatalf("%d custom managers, want one", len(config.CustomManagers))
	}
	manager := config.CustomManagers[0]
	for _, test := range []struct{ file, text, want string }{
		{".custom-gcl.yml", "version: v2.15.0\nplugins:\n  - module: github.com/cloudlint/cloudlint\n    import: github.com/cloudlint/cloudlint/plugin\n    version: v0.1.0\n", "v0.1.0"},
		{"tools/.custom-gcl.yaml", "plugins:\n  - module: 'github.com/other/linter'\n    version: v1.0.0\n  - module: github.com/cloudlint/cloudlint\n    version: v0.2.0-rc.1\n", "v0.2.0-rc.1"},
		{".gitlab-ci.yml", "    - go install github.com/cloudlint/cloudlint/cmd/cloudlint@v0.1.0\n", "v0.1.0"},
		{"build/Dockerfile", "RUN go install 'github.com/cloudlint/cloudlint/cmd/cloudlint@v0.1.0' && cloudlint --version\n", "v0.1.0"},
		{"Makefile", "	go run github.com/cloudlint/cloudlint/cmd/cloudlint@latest ./...\n", ""},
		{"main.go", "", ""},
	} {
		got := ""
		for _, pattern := range manager.ManagerFilePatterns {
			if !regexp.MustCompile(strings.Trim(pattern, "/")).MatchString(test.file) {
				continue
			}
			for _, expression := range manager.MatchStrings {
				re := regexp.MustCompile(expression)
				if m := re.FindStringSubmatch(test.text); m != nil {
					got = m[re.SubexpIndex("currentValue")]
				}
			}
		}
		if got != test.want {
			t.Errorf("%s: %q: found %q, want %q", test.file, test.text, got, test.want)
		}
	}
}
