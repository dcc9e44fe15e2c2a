package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	honnef "honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

func catalogue(t testing.TB) rule.Catalogue {
	t.Helper()
	r := func(code, name, analyzer string, m rule.Maturity, s honnef.Severity) *rule.Rule {
		return &rule.Rule{Code: code, Name: name, Analyzer: analyzer, Maturity: m, Doc: honnef.RawDocumentation{Severity: s}}
	}
	rules, err := rule.NewCatalogue(append(lint.Rules(),
		r("CL1001", "stuck", "goroutineleak", rule.Preview, honnef.SeverityError),
		r("CL1022", "endless", "endlessgoroutine", rule.Stable, honnef.SeverityWarning),
		r("CL2001", "server-read-header", "serverdeadline", rule.Stable, honnef.SeverityWarning),
		r("CL2002", "server-idle", "serverdeadline", rule.Stable, honnef.SeverityWarning),
		r("CL2011", "client-timeout", "clientdeadline", rule.Stable, honnef.SeverityWarning),
	)...)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// A world is a repository with modules in it, as the driver sees it.
type world struct {
	t       testing.TB
	root    string
	configs map[string]*config.Config // by the module's folder
	in      lint.Input
}

// newWorld makes a repository with the modules example.com/shop in its root and example.com/tools in tools, and their
// configuration files.
func newWorld(t testing.TB, shop, tools string) *world {
	t.Helper()
	w := &world{t: t, root: t.TempDir(), configs: make(map[string]*config.Config)}
	rules := catalogue(t)
	for dir, text := range map[string]string{w.root: shop, filepath.Join(w.root, "tools"): tools} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, ".cloudlint.yml")
		if err := os.WriteFile(file, []byte("version: 1\n"+text), 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(dir, w.root, file, config.Known{Rules: rules}, config.Flags{})
		if err != nil {
			t.Fatal(err)
		}
		w.configs[dir] = c
	}
	module := func(path, dir string) driver.Module {
		return driver.Module{Path: path, Dir: filepath.Join(w.root, dir), Main: true}
	}
	cache := driver.Module{Path: "example.com/dep", Dir: filepath.Join(w.root, "..", "cache", "dep@v1")}
	packages := make(map[string]driver.Package)
	add := func(path, dir string, m driver.Module) {
		packages[path] = driver.Package{ImportPath: path, Dir: filepath.Join(m.Dir, filepath.FromSlash(dir)), Module: m, Named: true}
	}
	add("example.com/shop/api", "api", module("example.com/shop", ""))
	add("example.com/shop/db", "db", module("example.com/shop", ""))
	add("example.com/tools/cli", "cli", module("example.com/tools", "tools"))
	add("example.com/dep", "", cache)
	w.in = lint.Input{
		Outcomes: []*driver.Outcome{{Packages: packages, Driver: driver.Vet, GoVersion: "go1.26.8"}},
		Rules:    rules,
		Config: func(m driver.Module) *config.Config {
			if c := w.configs[m.Dir]; c != nil {
				return c
			}
			return w.configs[w.root]
		},
		Root: w.root,
		Tool: finding.Tool{Name: "cloudlint", Version: "test"},
	}
	return w
}

// outcome is the only one.
func (w *world) outcome() *driver.Outcome { return w.in.Outcomes[0] }

// add adds records.
func (w *world) add(records ...wire.Record) {
	w.outcome().Records = append(w.outcome().Records, records...)
}

func analyzers() []string {
	return []string{"clientdeadline", "endlessgoroutine", "goroutineleak", "serverdeadline"}
}

// unit is a record of a package in which all analyzers ran.
func unit(path string, findings ...wire.Finding) wire.Record {
	return wire.Record{Package: path, Ran: analyzers(), Findings: findings}
}

// with adds directives to a record.
func with(r wire.Record, ds ...wire.Directive) wire.Record {
	r.Directives = append(r.Directives, ds...)
	return r
}

// tests makes the record that of a test variant.
func tests(r wire.Record) wire.Record {
	r.Tests = true
	return r
}

func pos(path, file string, line, column int) wire.Pos {
	return wire.Pos{Package: path, File: file, Line: line, Column: column}
}

// found is a finding; its analyzer follows from the code.
func found(code string, at wire.Pos, message string) wire.Finding {
	analyzer := map[string]string{"CL1001": "goroutineleak", "CL2001": "serverdeadline", "CL2002": "serverdeadline", "CL2011": "clientdeadline"}[code]
	return wire.Finding{Code: code, Analyzer: analyzer, Message: message, Pos: at, Function: "main", Op: "serve", Object: "http.Server", Test: strings.HasSuffix(at.File, "_test.go")}
}

// silenced is the finding, silenced by the directive.
func silenced(f wire.Finding, d wire.Directive) wire.Finding {
	f.SuppressedBy = &d.Pos
	return f
}

func ignore(at wire.Pos, reason string, names ...string) wire.Directive {
	return wire.Directive{Pos: at, Kind: "cloudlint:ignore", Names: names, Reason: reason, Test: strings.HasSuffix(at.File, "_test.go")}
}

func nolint(at wire.Pos, reason string, names ...string) wire.Directive {
	return wire.Directive{Pos: at, Kind: "nolint", Names: names, Reason: reason, Test: strings.HasSuffix(at.File, "_test.go")}
}

// brief is what the tests look at in a finding.
type brief struct {
	Code     string
	File     string
	Line     int
	Severity rule.Severity
	Message  string
}

func briefs(r *finding.Report) []brief {
	var list []brief
	for _, f := range r.Findings {
		list = append(list, brief{f.Code, f.File, f.Line, f.Severity, f.Message})
	}
	return list
}
