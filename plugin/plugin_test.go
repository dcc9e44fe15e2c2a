package plugin_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/cloudlint/cloudlint/plugin"
)

// shop is a copy of the module testdata/shop, which is outside of git.
var shop string

func TestMain(m *testing.M) { os.Exit(inShop(m)) }

func inShop(m *testing.M) int {
	dir, err := os.MkdirTemp("", "shop")
	if err == nil {
		defer os.RemoveAll(dir)
		shop, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		err = os.CopyFS(shop, os.DirFS("testdata/shop"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// open asks for linters as golangci-lint does.
func open(t *testing.T, settings any, names ...string) map[string][]*analysis.Analyzer {
	t.Helper()
	t.Chdir(shop)
	linters := make(map[string][]*analysis.Analyzer)
	for _, name := range names {
		list, err := build(name, settings)
		if err != nil {
			t.Fatal(err)
		}
		linters[name] = list
	}
	return linters
}

func build(name string, settings any) ([]*analysis.Analyzer, error) {
	newPlugin, err := register.GetPlugin(name)
	if err != nil {
		return nil, err
	}
	p, err := newPlugin(settings)
	if err != nil {
		return nil, err
	}
	if mode := p.GetLoadMode(); mode != register.LoadModeTypesInfo {
		return nil, fmt.Errorf("load mode %s", mode)
	}
	return p.BuildAnalyzers()
}

// load loads all packages of shop once. As golangci-lint does, it leaves out a package that has a variant with tests.
var load = sync.OnceValues(func() ([]*packages.Package, error) {
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadSyntax | packages.NeedModule | packages.NeedImports | packages.NeedDeps, Tests: true,
		Dir: shop,
		Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"),
	}, "./...")
	return slices.DeleteFunc(pkgs, func(p *packages.Package) bool {
		return slices.ContainsFunc(pkgs, func(q *packages.Package) bool { return p.ID == p.PkgPath && q.ID != p.ID && q.PkgPath == p.PkgPath })
	}), err
})

// run runs analyzers on all packages of shop, and returns the diagnostics as "file:line CODE severity".
func run(t *testing.T, list []*analysis.Analyzer) (lines []string, diagnostics []analysis.Diagnostic) {
	t.Helper()
	pkgs, err := load()
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze(list, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Fatal(act.Package, act.Err)
		}
		for _, d := range act.Diagnostics {
			at := act.Package.Fset.Position(d.Pos)
			file, err := filepath.Rel(shop, at.Filename)
			if err != nil {
				t.Fatal(err)
			}
			what, _, _ := strings.Cut(d.Message, ":")
			lines = append(lines, fmt.Sprintf("%s:%d %s", filepath.ToSlash(file), at.Line, what))
			diagnostics = append(diagnostics, d)
			checkDiagnostic(t, act, d)
		}
	}
	slices.Sort(lines)
	return lines, diagnostics
}

// checkDiagnostic checks what golangci-lint cannot deal with.
func checkDiagnostic(t *testing.T, act *checker.Action, d analysis.Diagnostic) {
	t.Helper()
	if len(d.Related) > 0 {
		t.Errorf("%s: related information becomes issues of its own", d.Message)
	}
	if len(d.SuggestedFixes) > 1 {
		t.Errorf("%s: golangci-lint applies all of %d fixes", d.Message, len(d.SuggestedFixes))
	}
	file := act.Package.Fset.File(d.Pos)
	for _, fix := range d.SuggestedFixes {
		for _, e := range fix.TextEdits {
			if act.Package.Fset.File(e.Pos) != file || act.Package.Fset.File(e.End) != file {
				t.Errorf("%s: golangci-lint leaves out edits of other files", d.Message)
			}
		}
	}
	if strings.Contains(d.Message, "\n") || !strings.HasPrefix(d.Message, d.Category+" ") {
		t.Errorf("message %q", d.Message)
	}
}

// The findings of testdata/shop, as the command reports them; integrations/golangci compares the two.
var (
	goroutines = []string{
		"api/api.go:62 CL1010 error",
		"quotes/quotes.go:14 CL1001 warning",
		"quotes/quotes.go:29 CL1001 warning",
	}
	timeouts = []string{
		"api/api.go:33 CL2021 warning",
		"api/api.go:38 CL2021 warning",
		"api/api.go:43 CL2021 warning",
		"cmd/tool/main.go:22 CL2002 note",
		"nolint/nolint.go:46 CL2012 error",
		"nolint/nolint.go:52 CL2012 error",
		"nolint/nolint.go:8 CL2012 error",
		"quotes/quotes.go:41 CL2012 error",
	}
	comments = []string{
		"nolint/nolint.go:46 CL0001 note",
		"nolint/nolint.go:51 CL0002 warning",
		"nolint/nolint.go:57 CL0001 note",
		"nolint/nolint.go:63 CL0003 warning",
	}
	// golangci-lint suppresses these, and nolintlint wants to know.
	handedOver = []string{
		"nolint/nolint.go:13 CL2012 error",
		"nolint/nolint.go:25 CL2012 error",
		"nolint/nolint.go:30 CL2012 error",
	}
)

func sorted(lists ...[]string) []string { return slices.Sorted(slices.Values(slices.Concat(lists...))) }

func TestNames(t *testing.T) {
	if diff := cmp.Diff([]string{"cloudlint", "cloudlint_goroutines", "cloudlint_timeouts"}, plugin.Names()); diff != "" {
		t.Error(diff)
	}
}

func TestFindings(t *testing.T) {
	tests := []struct {
		name     string
		settings map[string]any
		linters  []string
		want     []string
	}{
		{"all", nil, []string{"cloudlint"}, sorted(goroutines, timeouts, comments, handedOver)},
		// A comment that names only what is not asked for is neither of use nor useless.
		{"one family", nil, []string{"cloudlint_goroutines"}, []string{
			"api/api.go:62 CL1010 error", "nolint/nolint.go:46 CL0001 note", "nolint/nolint.go:51 CL0002 warning",
			"nolint/nolint.go:63 CL0003 warning", "quotes/quotes.go:14 CL1001 warning", "quotes/quotes.go:29 CL1001 warning",
		}},
		// Only a comment that names both linters is certain to match, whichever of them golangci-lint has enabled.
		{"all and a family", nil, []string{"cloudlint", "cloudlint_timeouts"}, sorted(goroutines, timeouts, comments, handedOver[1:])},
		{"a severity", map[string]any{"min-severity": "error"}, []string{"cloudlint"}, []string{
			"api/api.go:62 CL1010 error", "nolint/nolint.go:13 CL2012 error", "nolint/nolint.go:25 CL2012 error",
			"nolint/nolint.go:30 CL2012 error", "nolint/nolint.go:46 CL2012 error", "nolint/nolint.go:52 CL2012 error",
			"nolint/nolint.go:8 CL2012 error", "quotes/quotes.go:41 CL2012 error",
		}},
		{"selectors", map[string]any{"only": []any{"goroutineleak"}, "disable": []any{"CL1010"}}, []string{"cloudlint"}, []string{
			"quotes/quotes.go:14 CL1001 warning", "quotes/quotes.go:29 CL1001 warning",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var settings any
			if tt.settings != nil {
				settings = tt.settings
			}
			var list []*analysis.Analyzer
			for _, linter := range open(t, settings, tt.linters...) {
				if err := analysis.Validate(linter); err != nil {
					t.Error(err)
				}
				for _, a := range linter {
					if !slices.Contains(list, a) { // golangci-lint runs a shared analyzer once
						list = append(list, a)
					}
				}
			}
			got, _ := run(t, list)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A fix that is safe is offered, and the steps that other programs show beside a finding are in its text.
func TestDiagnostic(t *testing.T) {
	_, diagnostics := run(t, open(t, nil, "cloudlint")["cloudlint"])
	fixes := 0
	for _, d := range diagnostics {
		fixes += len(d.SuggestedFixes)
		if d.Category == "CL2021" && strings.Contains(d.Message, "store.Balance") &&
			!strings.HasSuffix(d.Message, "store/store.go:11: db.QueryRowContext waits for the database]") {
			t.Errorf("no steps in %q", d.Message)
		}
	}
	if fixes != 2 { // of CL1001
		t.Errorf("%d fixes", fixes)
	}
}

func TestAnalyzersAreFresh(t *testing.T) {
	first := open(t, nil, plugin.Names()...)
	for name, list := range open(t, nil, plugin.Names()...) {
		for _, a := range list {
			if slices.Contains(first[name], a) {
				t.Errorf("%s: a run has an analyzer of the one before", name)
			}
		}
	}
}

// The name of an analyzer is all that golangci-lint's cache knows of other files.
func TestInputsAreInAName(t *testing.T) {
	names := func() string {
		list, err := build("cloudlint", nil)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, a := range list {
			all = append(all, a.Name)
		}
		return strings.Join(all, " ")
	}
	t.Chdir(t.TempDir())
	before := names()
	if again := names(); again != before {
		t.Errorf("%s, then %s", before, again)
	}
	if err := os.WriteFile(".cloudlint.yml", []byte("version: 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if after := names(); after == before {
		t.Errorf("%s whatever the configuration says", after)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name     string
		settings any
		want     string
	}{
		{"misspelt", map[string]any{"prevew": true}, "settings: there is no setting prevew: did you mean preview?"},
		{"unknown", map[string]any{"depth": 3}, "settings: there is no setting depth: want one of config, preview, only, enable, disable, min-severity"},
		{"type", map[string]any{"preview": "yes"}, "settings: preview: want true or false, not a string"},
		{"list", map[string]any{"disable": "CL2012"}, "settings: disable: want a list, not a string"},
		{"no mapping", []any{"preview"}, "settings: want a mapping with the keys config, preview, only, enable, disable, min-severity"},
		{"severity", map[string]any{"min-severity": "info"}, `settings: min-severity: want error, warning or note, not "info"`},
		{"rule", map[string]any{"disable": []any{"CL2o12"}}, "disable: unknown rule, analyzer, family or maturity CL2o12: did you mean CL2012?"},
		{"file", map[string]any{"config": "lint/cloudlint.yml"}, "settings: config: there is no file lint/cloudlint.yml in DIR or above it in its repository"},
		{"configuration", map[string]any{"config": "broken.yml"}, "DIR/broken.yml:2:1: unknown key enabled: did you mean enable?"},
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("broken.yml", []byte("version: 1\nenabled: [preview]\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := build("cloudlint", tt.settings)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(err.Error(), dir, "DIR")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNamesShareSettings(t *testing.T) {
	open(t, map[string]any{"preview": true}, "cloudlint_timeouts")
	_, err := build("cloudlint", nil)
	const want = "the settings of cloudlint and cloudlint_timeouts differ"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	// An empty mapping says what no mapping says.
	open(t, map[string]any{"preview": false, "only": []any{}}, "cloudlint_timeouts")
	if _, err := build("cloudlint", map[string]any{}); err != nil {
		t.Error(err)
	}
}

// The plugin is linked into golangci-lint: it brings little that is not there already, above all no server, no command
// line and none of the formats.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		for _, prefix := range []string{
			"net/http", "html/template", "github.com/spf13/", "github.com/google/go-cmp", "k8s.io/", "github.com/golangci/golangci-lint",
			"github.com/cloudlint/cloudlint/cmd/", "github.com/cloudlint/cloudlint/internal/app", "github.com/cloudlint/cloudlint/internal/render",
			"github.com/cloudlint/cloudlint/internal/fix", "github.com/cloudlint/cloudlint/internal/driver/vettool",
		} {
			if strings.HasPrefix(pkg, prefix) {
				t.Errorf("the plugin depends on %s", pkg)
			}
		}
	}
}
