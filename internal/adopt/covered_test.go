package adopt

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGolangciNames(t *testing.T) {
	tests := []struct {
		name, config string
		want         []string // linter and check
	}{
		{"the standard set", "version: \"2\"\n", []string{"govet lostcancel", "staticcheck SA2003"}},
		{"none but", "version: \"2\"\nlinters:\n  default: none\n  enable: [noctx]\n", []string{"noctx "}},
		{"all but", "version: \"2\"\nlinters:\n  default: all\n  disable: [staticcheck, govet, gosec]\n", []string{"contextcheck ", "noctx "}},
		{"checks of gosec", "version: \"2\"\nlinters:\n  default: none\n  enable: [gosec]\n  settings:\n    gosec:\n      includes: [G114, G401]\n", []string{"gosec G114"}},
		{"checks left out", "version: \"2\"\nlinters:\n  enable: [gosec]\n  settings:\n    gosec: {excludes: [G112]}\n    govet: {disable: [lostcancel]}\n    staticcheck: {checks: [all, -SA2003]}\n",
			[]string{"gosec G114", "gosec G118"}},
		{"version 1", "linters:\n  disable-all: true\n  enable: [govet]\nlinters-settings:\n  govet:\n    disable-all: true\n    enable: [lostcancel]\n", []string{"govet lostcancel"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := parseGolangci([]byte(test.config))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range CoveredLinters() {
				if c.runsPart(row) {
					got = append(got, row.Linter+" "+row.Part)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The table is sorted, and says of each linter why one may want to keep it.
func TestCoveredTable(t *testing.T) {
	rows := CoveredLinters()
	if !slices.IsSortedFunc(rows, func(a, b Covered) int { return strings.Compare(a.Linter+a.Part, b.Linter+b.Part) }) {
		t.Error("the table is not sorted")
	}
	for _, row := range rows {
		if row.Keeps == "" || len(row.Codes) == 0 || slices.Contains(related(), row.Linter) {
			t.Errorf("%+v", row)
		}
	}
}
