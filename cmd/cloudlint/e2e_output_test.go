package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/app"
	"github.com/cloudlint/cloudlint/internal/finding"
)

// report decodes what --format json printed.
func report(t *testing.T, text []byte) *finding.Report {
	t.Helper()
	r := new(finding.Report)
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return r
}

func TestFormatsAtOnce(t *testing.T) {
	dir := module(t, price, clean)
	outside := t.TempDir()
	r := cloudlint(t, dir, "--format", "text", "--format", "json=out.json", "--format", "jsonl=-out.jsonl",
		"--format", "sarif="+filepath.Join(outside, "a report.sarif"), "--format", "github=github.txt")
	r.want(t, 1, aFinding)

	read := func(name string) []byte {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	got := report(t, read(filepath.Join(dir, "out.json")))
	if len(got.Findings) != 1 || got.Findings[0].Code != "CL1002" || got.Root != dir || got.Stats.Packages != 2 {
		t.Errorf("out.json: %+v", got)
	}
	if lines := strings.Split(strings.TrimSpace(string(read(filepath.Join(dir, "-out.jsonl")))), "\n"); len(lines) != 2 || !strings.Contains(lines[0], "CL1002") {
		t.Errorf("-out.jsonl: %q", lines)
	}
	var sarif struct {
		Runs []struct{ Results []struct{ RuleID string } }
	}
	if err := json.Unmarshal(read(filepath.Join(outside, "a report.sarif")), &sarif); err != nil {
		t.Fatal(err)
	}
	if len(sarif.Runs) != 1 || len(sarif.Runs[0].Results) != 1 || sarif.Runs[0].Results[0].RuleID != "CL1002" {
		t.Errorf("a report.sarif: %+v", sarif)
	}
	if text := string(read(filepath.Join(dir, "github.txt"))); !strings.HasPrefix(text, "::warning ") {
		t.Errorf("github.txt: %s", text)
	}
}

// The formats that CI systems read, with the finding and with what could not be analysed, from one run.
func TestEveryFormatAtOnce(t *testing.T) {
	dir := module(t, price, clean, "-- broken/broken.go --\npackage broken\n\nvar x = undefined\n")
	args := []string{"--driver=source"}
	for _, name := range app.FormatNames() {
		args = append(args, "--format", name+"=report."+name)
	}
	r := cloudlint(t, dir, args...)
	if r.status != 3 || r.stdout != "" {
		t.Errorf("exit status %d\n%s", r.status, r.stdout)
	}
	for _, name := range app.FormatNames() {
		text, err := os.ReadFile(filepath.Join(dir, "report."+name))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"CL1002", "store/store.go", "undefined: undefined"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("no %s in the %s report:\n%s", want, name, text)
			}
		}
	}
}

// A consumer of a report's file finds a valid one, with the reason, where nothing could be analysed.
func TestFormatsOfFailedRun(t *testing.T) {
	dir := module(t, "-- go.mod --\nmodule m\n\ngo 1.99\n-- m.go --\npackage m\n")
	cmd := command(dir, binary, "--format", "json")
	cmd.Env = append(cmd.Env, "GOTOOLCHAIN=local")
	r := execute(t, cmd)
	if got := report(t, []byte(r.stdout)); r.status != 3 || len(got.Errors) != 1 || !strings.Contains(got.Errors[0].Message, "1.99") {
		t.Errorf("exit status %d\n%s", r.status, r.stdout)
	}
}

func TestColor(t *testing.T) {
	dir := module(t, price)
	const escape = "\x1b["
	for _, args := range [][]string{{}, {"--color", "auto"}, {"--color=never"}} {
		if r := cloudlint(t, dir, args...); strings.Contains(r.stdout+r.stderr, escape) {
			t.Errorf("%v: piped output has colour: %q", args, r.stdout)
		}
	}
	if r := cloudlint(t, dir, "--color", "always"); !strings.Contains(r.stdout, escape) || !strings.Contains(r.stdout, "make(chan int)") {
		t.Errorf("--color always has no colour or no code: %q", r.stdout)
	}
}

func TestStepSummary(t *testing.T) {
	dir := module(t, price)
	summary := filepath.Join(t.TempDir(), "summary.md")
	cmd := command(dir, binary, "--format", "github")
	cmd.Env = append(cmd.Env, "GITHUB_STEP_SUMMARY="+summary, "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=corp/shop", "GITHUB_SHA=0123456")
	execute(t, cmd)
	text, err := os.ReadFile(summary)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CL1002", "https://github.com/corp/shop/blob/0123456/store/store.go"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in the summary:\n%s", want, text)
		}
	}
}

func TestFix(t *testing.T) {
	const stock = `
-- store/stock.go --
package store

import "context"

func Stock(ctx context.Context, ask func(context.Context) error) error {
	return ask(context.Background())
}
`
	source := func(dir string) string {
		text, err := os.ReadFile(filepath.Join(dir, "store", "stock.go"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	dir := module(t, clean, stock, "-- go.mod --\nmodule corp.example/shop\n\ngo 1.26\n")
	before := source(dir)
	reported := []string{"store/stock.go:6:13: CL2031 ", "    1 "}
	cloudlint(t, dir).want(t, 1, reported...)

	diff := cloudlint(t, dir, "--diff", "--unsafe-fixes")
	if diff.status != 1 || !strings.Contains(diff.stdout, "+++ b/store/stock.go\n") || !strings.Contains(diff.stdout, "\n+") {
		t.Errorf("--diff: exit status %d\n%s", diff.status, diff.stdout)
	}
	safe := cloudlint(t, dir, "--fix")
	safe.want(t, 1, reported...)
	if !strings.Contains(safe.stderr, "no finding has a safe fix; 1 of them an unsafe one (--unsafe-fixes)\n") {
		t.Errorf("--fix: %s", safe.stderr)
	}
	if got := source(dir); got != before {
		t.Errorf("--diff or --fix changed the file:\n%s", cmp.Diff(before, got))
	}
	fixed := cloudlint(t, dir, "--fix", "--unsafe-fixes")
	fixed.want(t, 0)
	if !strings.Contains(source(dir), "return ask(ctx)") {
		t.Errorf("the fixed file:\n%s", source(dir))
	}
	cloudlint(t, dir).want(t, 0)
	none := cloudlint(t, module(t, price), "--diff")
	if none.stdout != "" || !strings.Contains(none.stderr, "no finding has a fix that can be applied\n") {
		t.Errorf("--diff without a fix: %+v", none)
	}
}
