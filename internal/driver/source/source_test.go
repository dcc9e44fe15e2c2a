package source_test

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/driver/source"
	"github.com/cloudlint/cloudlint/internal/driver/unit/unittest"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// TestMain makes the test binary the vet tool, too.
func TestMain(m *testing.M) {
	if vettool.Main(os.Args[1:], unittest.Analyzers) {
		return
	}
	os.Exit(m.Run())
}

// An outcome is what the source driver called back.
type outcome struct {
	records []wire.Record
	errors  []finding.Error
}

// run runs the source driver on the checkout.
func run(t *testing.T, c *unittest.Checkout, configure func(*source.Config)) outcome {
	t.Helper()
	var out outcome
	if err := source.Run(context.Background(), config(c, &out, configure)); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out.errors, func(a, b finding.Error) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Message, b.Message))
	})
	return out
}

func config(c *unittest.Checkout, out *outcome, configure func(*source.Config)) source.Config {
	cfg := source.Config{
		Dir:       c.Dir,
		Patterns:  []string{"./..."},
		Env:       c.Environ(),
		Tests:     true,
		Analyzers: unittest.Analyzers(),
		Record:    func(r wire.Record) { out.records = append(out.records, r) },
		Error:     func(e finding.Error) { out.errors = append(out.errors, e) },
	}
	if configure != nil {
		configure(&cfg)
	}
	return cfg
}

func TestEqualToVet(t *testing.T) {
	overlay := func(t *testing.T) *unittest.Checkout {
		c := unittest.Unpack(t, unittest.Two)
		c.Write("_editor/b.go", "package b\n\nimport \"time\"\n\nfunc Wait() {\n\ttime.Sleep(1)\n}\n")
		c.Write("overlay.json", `{"Replace": {"b/b.go": "_editor/b.go"}}`)
		return c
	}
	tests := []struct {
		name      string
		checkout  func(*testing.T) *unittest.Checkout
		env       []string
		configure func(*source.Config) // the source driver, and the same for go vet:
		args      []string
	}{
		{name: "tests", checkout: archive(unittest.Shop)},
		{name: "one package", checkout: archive(unittest.Shop), configure: patterns("./cmd/..."), args: []string{"./cmd/..."}},
		{name: "one package with tests", checkout: archive(unittest.Shop), configure: patterns("./orders"), args: []string{"./orders"}},
		{name: "no tests", checkout: archive(unittest.Two)},
		{name: "only tests", checkout: archive(unittest.TestsOnly)},
		{name: "line directives", checkout: archive(unittest.Line)},
		{name: "cgo", checkout: archive(unittest.Cgo), env: []string{"CGO_ENABLED=1"}},
		{name: "no cgo", checkout: archive(unittest.Cgo), env: []string{"CGO_ENABLED=0"}, configure: patterns("./mixed"), args: []string{"./mixed"}},
		{name: "trimpath", checkout: archive(unittest.Cgo), env: []string{"CGO_ENABLED=1", "GOFLAGS=-trimpath"}},
		{name: "vendor", checkout: vendored},
		{name: "a dependency inside", checkout: vendored,
			configure: func(c *source.Config) { c.Inside = []string{"corp.example/..."} }, args: []string{"-inside=corp.example/...", "./..."}},
		{name: "a dependency that is named", checkout: vendored,
			configure: func(c *source.Config) {
				c.Inside, c.Patterns = []string{"corp.example/dep"}, []string{"corp.example/dep"}
			},
			args: []string{"-inside=corp.example/dep", "corp.example/dep"}},
		{name: "the standard library", checkout: archive(unittest.Two),
			configure: func(c *source.Config) {
				c.Inside, c.Patterns = []string{"container/ring", "sync/..."}, []string{"container/ring"}
			},
			args: []string{"-inside=container/ring,sync/...", "container/ring"}},
		{name: "options", checkout: archive(unittest.Two),
			configure: func(c *source.Config) { c.Flags = []string{"-forever=false", "-sleepy.verb=naps"} },
			args:      []string{"-forever=false", "-sleepy.verb=naps", "./..."}},
		{name: "a panic", checkout: archive(unittest.Two),
			configure: func(c *source.Config) { c.Flags = []string{"-sleepy.panic"} }, args: []string{"-sleepy.panic", "./..."}},
		{name: "tags", checkout: archive(unittest.Tagged), configure: func(c *source.Config) { c.Tags = "slow,other" }, args: []string{"-tags=slow,other", "./..."}},
		{name: "another system", checkout: archive(unittest.Tagged), env: []string{"GOOS=windows", "GOARCH=386"}},
		{name: "an overlay", checkout: overlay, configure: func(c *source.Config) { c.Overlay = "overlay.json" }, args: []string{"-overlay=overlay.json", "./..."}},
		{name: "errors", checkout: archive(unittest.Broken)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := tt.checkout(t)
			c.Env = tt.env
			args := tt.args
			if args == nil {
				args = []string{"./..."}
			}
			want, vet := c.Records(args...)
			got := run(t, c, tt.configure)
			if diff := gocmp.Diff(unittest.Distinct(want), unittest.Distinct(got.records)); diff != "" {
				t.Errorf("go vet (-) and the source driver (+) disagree: %s", diff)
			}
			if len(want) == 0 {
				t.Errorf("no records: %s", vet.Stderr)
			}
			if (vet.Status != 0) != (len(got.errors) > 0) {
				t.Errorf("go vet: status %d: %s; the source driver: %v", vet.Status, vet.Stderr, got.errors)
			}
		})
	}
}

func archive(text string) func(*testing.T) *unittest.Checkout {
	return func(t *testing.T) *unittest.Checkout { return unittest.Unpack(t, text) }
}

func vendored(t *testing.T) *unittest.Checkout {
	c := unittest.Unpack(t, unittest.App)
	c.Write("vendor/modules.txt", "# corp.example/dep v1.2.3\n## explicit\ncorp.example/dep\n")
	c.Write("vendor/corp.example/dep/dep.go", unittest.Dep)
	return c
}

func patterns(patterns ...string) func(*source.Config) {
	return func(c *source.Config) { c.Patterns = patterns }
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name     string
		files    string
		patterns []string
		records  []string
		errors   []finding.Error
	}{
		{
			name:    "of types",
			files:   unittest.Broken,
			records: []string{"corp.example/errs/tested", "corp.example/errs/user", "corp.example/errs/whole"},
			errors: []finding.Error{
				{Package: "corp.example/errs/broken", Message: "broken/broken.go:3:12: undefined: undefined"},
				{Package: "corp.example/errs/importer", Message: "not analysed, because it imports corp.example/errs/broken, which has errors"},
				{Package: "corp.example/errs/tested", Message: `tested/tested_test.go:3:13: cannot use "no number" (untyped string constant) as int value in variable declaration`},
			},
		},
		{
			name: "a missing import",
			files: unittest.Two + `
-- c/c.go --
package c

import "corp.example/missing"

var X = missing.X
-- d/d.go --
package d

import "corp.example/two/c"

var X = c.X
`,
			records: []string{"corp.example/two/a", "corp.example/two/b"},
			errors: []finding.Error{
				{Package: "corp.example/two/c", Message: "c/c.go:3:8: no required module provides package corp.example/missing; to add it:\n\tgo get corp.example/missing"},
				{Package: "corp.example/two/d", Message: "not analysed, because it imports corp.example/two/c, which has errors"},
			},
		},
		{
			name:    "of syntax",
			files:   unittest.Two + "-- c/c.go --\npackage c\n\nfunc {\n",
			records: []string{"corp.example/two/a", "corp.example/two/b"},
			errors:  []finding.Error{{Package: "corp.example/two/c", Message: "c/c.go:3:6: expected 'IDENT', found '{'"}},
		},
		{
			name:     "no files for this system",
			files:    unittest.Two + "-- c/c_plan9.go --\npackage c\n",
			patterns: []string{"./b", "./c"},
			records:  []string{"corp.example/two/b"},
			errors:   []finding.Error{{Package: "corp.example/two/c", Message: "build constraints exclude all Go files in c"}},
		},
		{
			name:    "a file for a newer Go",
			files:   unittest.Two + "-- c/c.go --\n//go:build go1.99\n\npackage c\n-- c/old.go --\npackage c\n",
			records: []string{"corp.example/two/a", "corp.example/two/b", "corp.example/two/c"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := unittest.Unpack(t, tt.files)
			got := run(t, c, func(cfg *source.Config) {
				if tt.patterns != nil {
					cfg.Patterns = tt.patterns
				}
			})
			var packages []string
			for _, r := range unittest.Distinct(got.records) {
				packages = append(packages, r.Package)
			}
			slices.Sort(packages)
			if diff := gocmp.Diff(tt.records, slices.Compact(packages)); diff != "" {
				t.Errorf("records: %s", diff)
			}
			if diff := gocmp.Diff(tt.errors, got.errors); diff != "" {
				t.Errorf("errors: %s", diff)
			}
		})
	}
}

func TestWithoutTests(t *testing.T) {
	c := unittest.Unpack(t, unittest.Shop)
	got := run(t, c, func(cfg *source.Config) { cfg.Tests = false })
	for _, r := range got.records {
		if r.Tests {
			t.Errorf("%s has its tests", r.Package)
		}
	}
	if len(got.records) != 2 {
		t.Errorf("%d records", len(got.records))
	}
}

func TestJobs(t *testing.T) {
	c := unittest.Unpack(t, unittest.Shop)
	one := run(t, c, func(cfg *source.Config) { cfg.Jobs = 1 })
	many := run(t, c, func(cfg *source.Config) { cfg.Jobs = 16 })
	if diff := gocmp.Diff(unittest.Distinct(one.records), unittest.Distinct(many.records)); diff != "" {
		t.Error(diff)
	}
}

func TestBadSettings(t *testing.T) {
	c := unittest.Unpack(t, unittest.Two)
	for want, configure := range map[string]func(*source.Config){
		"flag provided but not defined: -nope": func(cfg *source.Config) { cfg.Flags = []string{"-nope"} },
		`unexpected argument "./a"`:            func(cfg *source.Config) { cfg.Flags = []string{"./a"} },
		"reading the overlay":                  func(cfg *source.Config) { cfg.Overlay = "nowhere.json" },
		"-mod=nonsense not supported":          func(cfg *source.Config) { cfg.Env = append(cfg.Env, "GOFLAGS=-mod=nonsense") },
	} {
		err := source.Run(context.Background(), config(c, new(outcome), configure))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A run that is cancelled ends at once, and calls nobody back any more.
func TestCancel(t *testing.T) {
	c := unittest.Unpack(t, unittest.Shop)
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		start := time.Now()
		var out outcome
		if err := source.Run(ctx, config(c, &out, nil)); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if d := time.Since(start); d > time.Minute || len(out.records)+len(out.errors) > 0 {
			t.Errorf("it took %v; %v", d, out)
		}
	})
	t.Run("after the first record", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		calls := 0
		err := source.Run(ctx, config(c, new(outcome), func(cfg *source.Config) {
			cfg.Jobs = 1
			cfg.Record = func(wire.Record) { calls++; cancel() }
		}))
		if !errors.Is(err, context.Canceled) || calls != 1 {
			t.Errorf("%v after %d records", err, calls)
		}
	})
}

// TestRealModules compares the drivers on the modules in the folders that CLOUDLINT_MODULES lists.
func TestRealModules(t *testing.T) {
	dirs := filepath.SplitList(os.Getenv("CLOUDLINT_MODULES"))
	if len(dirs) == 0 {
		t.Skip("CLOUDLINT_MODULES names no folders")
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			c := unittest.Open(t, dir)
			start := time.Now()
			got := run(t, c, nil)
			t.Logf("source driver: %d records, %d findings, %.1fs", len(got.records), len(unittest.Found(got.records)), time.Since(start).Seconds())
			for _, e := range got.errors {
				t.Error(e)
			}
			if os.Getenv("CLOUDLINT_SOURCE_ONLY") != "" {
				return
			}
			start = time.Now()
			want, out := c.Records("./...")
			t.Logf("go vet: %d records, %d findings, %.1fs", len(want), len(unittest.Found(want)), time.Since(start).Seconds())
			if out.Status != 0 {
				t.Errorf("go vet: status %d: %s", out.Status, out.Stderr)
			}
			if diff := gocmp.Diff(unittest.Distinct(want), unittest.Distinct(got.records)); diff != "" {
				t.Errorf("go vet (-) and the source driver (+) disagree: %s", diff)
			}
		})
	}
}
