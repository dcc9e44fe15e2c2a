package app

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/cloudlint/cloudlint/internal/catalogue"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// Each module of the user has its own configuration. A dependency that the user names is judged by the user's, not by
// what it says about itself.
func TestConfigurationOfModules(t *testing.T) {
	dir := t.TempDir()
	shop, tools, dependency := filepath.Join(dir, "shop"), filepath.Join(dir, "tools"), filepath.Join(dir, "dependency")
	for _, d := range []string{shop, tools, dependency} {
		ruletest.Write(t, filepath.Join(d, "go.mod"), "module corp.example/"+filepath.Base(d)+"\n")
	}
	ruletest.Write(t, filepath.Join(shop, ".cloudlint.yml"), "version: 1\nfail-on: error\n")
	ruletest.Write(t, filepath.Join(tools, ".cloudlint.yml"), "version: 1\nfail-on: note\n")
	ruletest.Write(t, filepath.Join(dependency, ".cloudlint.yml"), "version: 1\nfail-on: note\n")
	ruletest.Write(t, filepath.Join(shop, "store", "store.go"), "package store\n")

	a := New(io.Discard, io.Discard, func(string) string { return "" })
	a.Options.Dir = filepath.Join(shop, "store")
	if err := a.Prepare(); err != nil {
		t.Fatal(err)
	}
	c := a.newConfigs(catalogue.Rules(), config.Flags{})
	tests := []struct {
		name   string
		module driver.Module
		want   rule.Severity
	}{
		{"the module", driver.Module{Path: "corp.example/shop", Dir: shop, Main: true}, rule.Error},
		{"another one of the workspace", driver.Module{Path: "corp.example/tools", Dir: tools, Main: true}, rule.Note},
		{"a dependency", driver.Module{Path: "corp.example/dependency", Dir: dependency}, rule.Error},
		{"the standard library", driver.Module{}, rule.Error},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := c.settings(test.module); err != nil {
				t.Fatal(err)
			}
			if got := c.of(test.module).FailOn(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
