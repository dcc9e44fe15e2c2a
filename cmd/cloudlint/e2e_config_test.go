package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSuppressionComments(t *testing.T) {
	suppressed := func(comment string) string {
		return strings.Replace(price, "\tprice, ok :=", "\t"+comment+"\n\tprice, ok :=", 1)
	}
	tests := []struct {
		comment string
		want    []string // lines of output; none: the finding is silenced
	}{
		{"//cloudlint:ignore CL1002 somebody will answer", nil},
		{"//cloudlint:ignore goroutineleak somebody will answer", nil},
		{"//lint:ignore CL1002 somebody will answer", nil},
		{"//nolint:cloudlint // somebody will answer", nil},
		{"//nolint:goroutineleak // somebody will answer", nil},
		{"//cloudlint:ignore CL1002", []string{"store/store.go:6:2: CL0002 ", "store/store.go:7:15: CL1002 "}},
		{"//cloudlint:ignore CL2O12 a typing error", []string{"store/store.go:6:2: CL0003 ", "store/store.go:7:15: CL1002 "}},
		{"//cloudlint:ignore CL2011 another rule", []string{"store/store.go:6:2: CL0001 ", "store/store.go:7:15: CL1002 "}},
	}
	for _, test := range tests {
		t.Run(test.comment, func(t *testing.T) {
			status := 0
			if test.want != nil {
				status = 1
			}
			cloudlint(t, module(t, suppressed(test.comment)), "--format", "text").want(t, status, test.want...)
		})
	}
}

// Nothing stale comes out of the build cache when the configuration changes and the code does not.
func TestConfigurationChanges(t *testing.T) {
	dir := module(t, price, clean)
	file := filepath.Join(dir, ".cloudlint.yml")
	steps := []struct {
		config string
		status int
		lines  []string
	}{
		{"version: 1\n", 1, []string{aFinding}},
		{"version: 1\ndisable: [CL1002]\n", 0, nil},
		{"version: 1\ndisable: [goroutines]\nenable: [abandoned-receiver]\n", 1, []string{aFinding}},
		{"version: 1\nseverity: {CL1002: note}\n", 0, []string{aFinding}},
		{"version: 1\nseverity: {CL1002: note}\nfail-on: note\n", 1, []string{aFinding}},
		{"version: 1\nexclude: [store]\n", 0, nil},
		{"version: 1\noverrides: [{paths: [cart], disable: [all]}]\n", 1, []string{aFinding}},
		{"version: 1\noverrides: [{paths: [store], disable: [all]}]\n", 0, nil},
		{"version: 1\n", 1, []string{aFinding}},
	}
	for _, step := range steps {
		if err := os.WriteFile(file, []byte(step.config), 0o666); err != nil {
			t.Fatal(err)
		}
		cloudlint(t, dir).want(t, step.status, step.lines...)
	}
	cloudlint(t, dir, "--disable", "CL1002").want(t, 0)
	cloudlint(t, dir, "--only", "suppression-without-reason").want(t, 0)
}

func TestConfigurationMistake(t *testing.T) {
	dir := module(t, price, "-- .cloudlint.yml --\nversion: 1\ndisabel: [CL1002]\n")
	r := cloudlint(t, dir)
	r.want(t, 2)
	r.wantError(t, 2, filepath.Join(dir, ".cloudlint.yml")+":2:1: ")
	if !strings.Contains(r.stderr, "disable") {
		t.Errorf("the nearest key is not named: %s", r.stderr)
	}
	cloudlint(t, dir, "config", "check").wantError(t, 2, ".cloudlint.yml:2:1: ")
}

func TestConfigCommands(t *testing.T) {
	dir := module(t, price, "-- .cloudlint.yml --\nversion: 1\nseverity: {CL1002: error}\n")
	cloudlint(t, dir, "config", "check").want(t, 0, filepath.Join(dir, ".cloudlint.yml")+": ok")
	show := cloudlint(t, filepath.Join(dir, "store"), "config", "show") // the module's file, also from a folder below
	if show.status != 0 || !strings.Contains(show.stdout, "CL1002: error # .cloudlint.yml:2") {
		t.Errorf("config show: %s", show.stdout)
	}
	// What show prints is a configuration that means the same.
	addFiles(t, dir, "-- shown.yml --\n"+show.stdout)
	cloudlint(t, dir, "--config", "shown.yml", "--fail-on", "error").want(t, 1, aFinding)
	schema := cloudlint(t, dir, "config", "schema")
	if schema.status != 0 || !strings.Contains(schema.stdout, `"goroutineleak"`) {
		t.Errorf("config schema: %s", schema.stdout)
	}
	if same := cloudlint(t, dir, "schema", "config"); same.stdout != schema.stdout {
		t.Error("schema config differs from config schema")
	}
}
