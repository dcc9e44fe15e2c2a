package adopt

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// golangciConfig is what matters of .golangci.yml, in the form of version 2; the other keys are those of version 1.
type golangciConfig struct {
	Version string
	Linters struct {
		Default         string
		Enable, Disable []string
		EnableAll       bool `yaml:"enable-all"`
		DisableAll      bool `yaml:"disable-all"`
		Settings        struct {
			Gosec       selection
			Govet       selection
			Staticcheck selection
		}
	}
	LintersSettings struct {
		Gosec       selection
		Govet       selection
		Staticcheck selection
	} `yaml:"linters-settings"`
}

// A selection chooses checks of one linter; each of the three has its own keys for that.
type selection struct {
	Includes, Excludes []string // gosec
	Enable, Disable    []string // govet
	EnableAll          bool     `yaml:"enable-all"`
	DisableAll         bool     `yaml:"disable-all"`
	Checks             []string // staticcheck
}

// has reports whether a check runs, by the settings of its linter.
func (s selection) has(check string) bool {
	switch {
	case slices.Contains(s.Excludes, check) || slices.Contains(s.Disable, check) || slices.Contains(s.Checks, "-"+check):
		return false
	case len(s.Includes) > 0:
		return slices.Contains(s.Includes, check)
	case s.DisableAll:
		return slices.Contains(s.Enable, check)
	}
	return true
}

// runs reports whether golangci-lint runs a linter.
func (c golangciConfig) runs(linter string) bool {
	l := c.Linters
	standard := []string{"errcheck", "govet", "ineffassign", "staticcheck", "unused"}
	all := l.Default == "all" || l.EnableAll
	none := l.Default == "none" || l.Default == "fast" || l.DisableAll
	switch {
	case slices.Contains(l.Disable, linter):
		return false
	case slices.Contains(l.Enable, linter):
		return true
	}
	return all || !none && slices.Contains(standard, linter)
}

// runsPart reports whether it runs a row of the table.
func (c golangciConfig) runsPart(row Covered) bool {
	s := c.Linters.Settings
	if c.Version != "2" {
		s = c.LintersSettings
	}
	of := map[string]selection{"gosec": s.Gosec, "govet": s.Govet, "staticcheck": s.Staticcheck}
	return c.runs(row.Linter) && of[row.Linter].has(row.Part)
}

func parseGolangci(text []byte) (c golangciConfig, err error) {
	err = yaml.Unmarshal(text, &c)
	return c, err
}

// golangci names the linters in use whose findings cloudlint has too.
func (p *proposer) golangci() {
	file := p.first(".golangci.yml", ".golangci.yaml")
	if file == "" {
		if other := p.first(".golangci.toml", ".golangci.json"); other != "" {
			p.Notes = append(p.Notes, other+": init reads golangci-lint's configuration in YAML only; https://github.com/cloudlint/cloudlint/blob/main/docs/golangci-lint.md says how the two go together")
		}
		return
	}
	text, err := os.ReadFile(filepath.Join(p.Project.Root, file))
	var c golangciConfig
	if err == nil {
		c, err = parseGolangci(text)
	}
	if err != nil {
		p.Notes = append(p.Notes, fmt.Sprintf("%s cannot be read: %v", file, err))
		return
	}
	var b strings.Builder
	for _, row := range CoveredLinters() {
		if !c.runsPart(row) {
			continue
		}
		name := row.Linter
		if row.Part != "" {
			name += " " + row.Part
		}
		fmt.Fprintf(&b, "%-20s %s; it alone has: %s\n", name, strings.Join(row.Codes, ", "), row.Keeps)
	}
	if b.Len() > 0 {
		p.Notes = append(p.Notes, file+": cloudlint finds what these linters find as well, by these rules. None of them has to go:\n"+quoted(b.String()))
	}
	var others []string
	for _, name := range related() {
		if c.runs(name) {
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s: cloudlint finds nothing of what %s find; keep them", file, strings.Join(others, ", ")))
	}
	way := "cloudlint can run in golangci-lint as well, as a module plugin"
	if custom := p.first(".custom-gcl.yml", ".custom-gcl.yaml", ".custom-gcl.json"); custom != "" {
		way = custom + ": this golangci-lint has plugins, and cloudlint can be one of them"
	}
	if !mentions(text) {
		p.Notes = append(p.Notes, way+": https://github.com/cloudlint/cloudlint/blob/main/docs/golangci-lint.md")
	}
}
