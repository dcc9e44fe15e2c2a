package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// names is a flag like pass.List: a type of its own whose value is a list.
type names []string

func (n *names) String() string { return strings.Join(*n, ",") }

func (n *names) Set(s string) error {
	if strings.Contains(s, "forbidden") {
		return errors.New("not that one")
	}
	*n = strings.Split(s, ",")
	return nil
}

// known is a small tool: two analyzers, one of them with options of every type, a rule in preview, a retired one.
func known(t testing.TB) config.Known {
	t.Helper()
	r := func(code, name, analyzer string, m rule.Maturity, s lint.Severity) *rule.Rule {
		return &rule.Rule{Code: code, Name: name, Analyzer: analyzer, Maturity: m, Doc: lint.RawDocumentation{Severity: s}}
	}
	rules, err := rule.NewCatalogue(
		r("CL0001", "unused-suppression", "", rule.Stable, lint.SeverityInfo),
		r("CL2001", "server-read-header", "serverdeadline", rule.Stable, lint.SeverityWarning),
		r("CL2002", "server-idle", "serverdeadline", rule.Preview, lint.SeverityWarning),
		r("CL2011", "client-timeout", "clientdeadline", rule.Stable, lint.SeverityError),
		r("CL2019", "client-old", "clientdeadline", rule.Retired, lint.SeverityError),
		r("CL4001", "pool-open", "poolbounds", rule.Preview, lint.SeverityWarning),
	)
	if err != nil {
		t.Fatal(err)
	}
	var analyzers []*analysis.Analyzer
	for _, name := range rules.Analyzers() {
		a := &analysis.Analyzer{Name: name}
		a.Flags.Bool("preview", false, "common to all")
		analyzers = append(analyzers, a)
		if name != "clientdeadline" {
			continue
		}
		a.Flags.Bool("cli", false, "also in programs that are no services")
		a.Flags.Bool("loopback", true, "also on loopback")
		a.Flags.Int("depth", 3, "calls to follow")
		a.Flags.Float64("share", 0.5, "of all")
		a.Flags.Duration("limit", 30*time.Second, "longest timeout")
		a.Flags.String("prefix", "", "of names")
		a.Flags.Var(new(names), "helpers", "functions that bound a call")
	}
	return config.Known{Rules: rules, Analyzers: analyzers, CommonFlags: []string{"preview"}}
}

var _ flag.Value = (*names)(nil)

// tree writes files into a new folder and returns it. A name that ends in a slash is a folder.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(file, 0o777); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// load loads the text as the only configuration of a module, and returns the module's root too.
func load(t testing.TB, text string, flags config.Flags) (*config.Config, string) {
	t.Helper()
	root := tree(t, map[string]string{".cloudlint.yml": text})
	c, err := config.Load(root, root, "", known(t), flags)
	if err != nil {
		t.Fatal(err)
	}
	return c, root
}

// on lists the codes of the rules that are on for a file.
func on(c *config.Config, k config.Known, file string) string {
	var codes []string
	for _, r := range k.Rules {
		if c.At(r, file) == config.On {
			codes = append(codes, r.Code)
		}
	}
	return strings.Join(codes, " ")
}
