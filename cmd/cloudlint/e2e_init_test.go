package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tools is a module whose repository uses GitHub and pre-commit.
const tools = `
-- .github/workflows/test.yml --
on: push
-- .pre-commit-config.yaml --
# our hooks
repos:
- repo: local   # ours
  hooks: [{id: fmt, name: fmt, entry: gofmt -l, language: system}]
`

// init shows what it would write, writes it when told, and then has nothing to do; what it has written works.
func TestInit(t *testing.T) {
	dir := module(t, price, tools)
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	before := entries(t, dir)
	shown := cloudlint(t, dir, "init", "--diff")
	for _, want := range []string{"+version: 1\n", "+      - uses: cloudlint/cloudlint@", "+- repo: https://github.com/cloudlint/cloudlint\n", " CL1002 store Price "} {
		if !strings.Contains(shown.stdout, want) {
			t.Errorf("no %q in\n%s", want, shown.stdout)
		}
	}
	if diff := cmp.Diff(before, entries(t, dir)); diff != "" || shown.status != 0 {
		t.Errorf("exit status %d, --diff has changed something:\n%s", shown.status, diff)
	}
	r := cloudlint(t, dir, "init", "--yes")
	if r.status != 0 || r.stdout != shown.stdout || !strings.Contains(r.stderr, "written: .cloudlint-baseline\n") {
		t.Errorf("%+v", r)
	}
	hooks, err := os.ReadFile(filepath.Join(dir, ".pre-commit-config.yaml"))
	if err != nil || !strings.HasPrefix(string(hooks), "# our hooks\nrepos:\n- repo: local   # ours\n") || !strings.Contains(string(hooks), "\n- repo: https://github.com/cloudlint/cloudlint\n  rev: ") {
		t.Errorf("%v\n%s", err, hooks)
	}
	cloudlint(t, dir, "config", "check").want(t, 0, filepath.Join(dir, ".cloudlint.yml")+": ok")
	cloudlint(t, dir).wantError(t, 0, "no findings in 1 package")

	again := cloudlint(t, dir, "init", "--yes")
	again.want(t, 0)
	if !strings.Contains(again.stderr, "nothing to write\n") {
		t.Errorf("the second time: %s", again.stderr)
	}
}

// The difference is one that git reads.
func TestInitDiffApplies(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir := module(t, price, tools)
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	shown := cloudlint(t, dir, "init", "--diff", "--only", "config,github,pre-commit")
	if err := os.Remove(filepath.Join(dir, ".git")); err != nil {
		t.Fatal(err)
	}
	apply := command(dir, "git", "apply")
	apply.Stdin = strings.NewReader(shown.stdout)
	execute(t, apply).want(t, 0)
	if r := cloudlint(t, dir, "init", "--diff", "--only", "config,github,pre-commit"); r.stdout != "" || !strings.Contains(r.stderr, "nothing to write") {
		t.Errorf("afterwards: %+v", r)
	}
}

func TestInitMisuse(t *testing.T) {
	dir := module(t, price)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--yes", "--diff"}, "give one of them"},
		{[]string{"--diff", "--only", "githup"}, "did you mean github?"},
		{[]string{"-C", t.TempDir(), "--diff"}, "no go.mod"},
	} {
		cloudlint(t, dir, append([]string{"init"}, test.args...)...).wantError(t, 2, test.want)
	}
	piped := command(dir, binary, "init")
	piped.Stdin = strings.NewReader("y\n") // no terminal
	execute(t, piped).wantError(t, 2, "--yes writes it")
}

func TestStatistics(t *testing.T) {
	dir := module(t, price, clean)
	r := cloudlint(t, dir, "--statistics")
	r.want(t, 1, "by rule", "  1  CL1002  abandoned-receiver", "", "by family", "  1  goroutines", "", "by package", "  1  corp.example/shop/store")
	r.wantError(t, 1, "1 warning in 2 packages")
	var report struct {
		Findings []any
		Stats    struct {
			Counts struct {
				Rules []struct {
					Name  string
					Count int
				}
			}
		}
	}
	out := cloudlint(t, dir, "--statistics", "--format", "json").stdout
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Findings) != 1 || len(report.Stats.Counts.Rules) != 1 || report.Stats.Counts.Rules[0].Name != "CL1002" {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(cloudlint(t, dir, "--format", "json").stdout, `"counts"`) {
		t.Error("statistics without --statistics")
	}
	addFiles(t, dir, "-- .cloudlint.yml --\nversion: 1\nexclude: [store]\n")
	cloudlint(t, dir, "--statistics").want(t, 0, "left out", "  1  in paths that the configuration excludes")
	cloudlint(t, dir, "--statistics", "--format", "sarif").wantError(t, 2, "text, json or jsonl")
	cloudlint(t, dir, "--statistics", "--diff").wantError(t, 2, "give one of them")
}
