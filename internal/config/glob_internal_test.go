package config

import (
	"strings"
	"testing"
	"time"
)

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern string
		match   string // separated by blanks
		not     string
	}{
		{"vendor", "vendor vendor/x.go a/vendor/b/x.go", "vendored/x.go a/xvendor"},
		{"vendor/", "vendor/x.go a/vendor/x.go", "vendored/x.go"},
		{"/vendor", "vendor/x.go", "a/vendor/x.go"},
		{"./vendor", "vendor/x.go", "a/vendor/x.go"},
		{"*.pb.go", "x.pb.go a/b/x.pb.go", "x.go pb.go"},
		{"api/*.go", "api/x.go", "api/v1/x.go v/api/x.go"},
		{"api/**", "api/x.go api/v1/x.go", "xapi/x.go"},
		{"api/**/mock_*.go", "api/mock_a.go api/v1/x/mock_a.go", "mock_a.go api/v1/a.go"},
		{"**/gen/*.go", "gen/x.go a/b/gen/x.go", "gen/a/x.go gen"},
		{"**/*_mock.go", "a_mock.go x/a_mock.go", "a.go"},
		{"a/**/b/**/c.go", "a/b/c.go a/x/b/y/z/c.go", "a/c.go b/c.go"},
		{"v[0-9]/?.go", "v1/x.go", "v10/x.go vx/x.go v1/xy.go"},
		{"**", "x.go a/x.go", ""},
		{".", "x.go a/x.go", ""},
		{"/", "x.go a/x.go", ""},
	} {
		g, err := parseGlob(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		for _, file := range strings.Fields(test.match) {
			if !g.match(file) {
				t.Errorf("%s does not match %s", test.pattern, file)
			}
		}
		for _, file := range strings.Fields(test.not) {
			if g.match(file) {
				t.Errorf("%s matches %s", test.pattern, file)
			}
		}
	}
}

// TestGlobTime guards against exponential backtracking.
func TestGlobTime(t *testing.T) {
	g, err := parseGlob(strings.Repeat("**/a*a*/", 200) + "x")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if g.match(strings.Repeat("aaaaaaaaaaaa/", 400) + "y") {
		t.Error("matches")
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}
