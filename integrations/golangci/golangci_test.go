// Package golangci_test runs the real golangci-lint with the plugin in it, and compares it with the cloudlint command. It
// builds golangci-lint, so it is a step of .ci/full:
//
//	CLOUDLINT_MODULES=dir:dir go -C integrations/golangci test -v ./...
package golangci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What golangci-lint says about the one comment of the module that names an analyzer.
const unknownLinter = "level=warning msg=\"[runner/nolint_filter] Found unknown linters in //nolint directives: clientdeadline"

func TestSameAsTheCommand(t *testing.T) {
	tests := []struct {
		name     string
		settings string
		args     []string
		linters  []string
	}{
		{"all", "", nil, []string{"cloudlint"}},
		{"families", "", nil, []string{"cloudlint_goroutines", "cloudlint_timeouts"}},
		{"all and families", "", nil, []string{"cloudlint", "cloudlint_goroutines", "cloudlint_timeouts"}},
		{"preview", "preview: true", []string{"--preview"}, []string{"cloudlint"}},
		{"selectors", "only: [timeouts], disable: [CL2021]", []string{"--only=timeouts", "--disable=CL2021"}, []string{"cloudlint"}},
		{"other file", "config: third_party/lint.yml", []string{"--config=third_party/lint.yml"}, []string{"cloudlint"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := shop(t)
			write(t, "version: 1\nenable: [preview]\n", dir, "third_party", "lint.yml")
			write(t, config(tt.settings, tt.linters...), dir, ".golangci.yml")
			want := command(t, dir, append(tt.args, "./...")...)
			if len(want) < 4 {
				t.Fatalf("the command finds only %q", want)
			}
			// From nothing, from golangci-lint's cache, and partly from it.
			cold := lint(t, dir, "./...")
			if diff := cmp.Diff(want, found(t, cold)); diff != "" {
				t.Errorf("command and golangci-lint: %s", diff)
			}
			if cold.code != 1 {
				t.Errorf("exit status %d, want 1", cold.code)
			}
			for line := range strings.Lines(cold.stderr) {
				if !strings.HasPrefix(line, unknownLinter) {
					t.Errorf("standard error: %s", line)
				}
			}
			for _, i := range cold.issues {
				if strings.Contains(i.Text, "related information") || len(i.SuggestedFixes) > 1 {
					t.Errorf("%d fixes, %q", len(i.SuggestedFixes), i.Text)
				}
			}
			if diff := cmp.Diff(cold, lint(t, dir, "./..."), cmp.AllowUnexported(run{})); diff != "" {
				t.Errorf("the second run: %s", diff)
			}
			write(t, read(t, dir, "api", "api.go")+"\n// End.\n", dir, "api", "api.go")
			if diff := cmp.Diff(want, found(t, lint(t, dir, "./..."))); diff != "" {
				t.Errorf("with facts from the cache: %s", diff)
			}
		})
	}
}

// The facts of the packages that one imports come from the cache, or are made, also where only that one is named.
func TestOnePackage(t *testing.T) {
	dir := shop(t)
	write(t, config("", "cloudlint"), dir, ".golangci.yml")
	write(t, read(t, dir, "store", "store.go")+"\n// New.\n", dir, "store", "store.go") // not in the cache
	want := command(t, dir, "./api")
	if got := found(t, lint(t, dir, "./api")); !cmp.Equal(want, got) || len(want) == 0 {
		t.Error(cmp.Diff(want, got))
	}
}

// Where the names that can carry a finding are the names that the comment has, golangci-lint silences it, and nolintlint
// sees that the comment is of use.
func TestNolint(t *testing.T) {
	for _, tt := range []struct {
		linters []string
		unused  []int // lines whose comment nolintlint takes for unused: it names what is not enabled, or not by this name
	}{
		{[]string{"cloudlint"}, nil},
		{[]string{"cloudlint_timeouts", "cloudlint_goroutines"}, []int{46}}, // rightly
		{[]string{"cloudlint", "cloudlint_timeouts"}, []int{13, 18, 23}},
	} {
		t.Run(strings.Join(tt.linters, ","), func(t *testing.T) {
			dir := shop(t)
			write(t, config("", append(tt.linters, "nolintlint")...), dir, ".golangci.yml")
			r := lint(t, dir, "./nolint")
			if diff := cmp.Diff(command(t, dir, "./nolint"), found(t, r)); diff != "" {
				t.Error(diff)
			}
			var unused []int
			for _, i := range r.issues {
				if i.FromLinter == "nolintlint" {
					unused = append(unused, i.Pos.Line)
				}
			}
			if diff := cmp.Diff(tt.unused, unused); diff != "" {
				t.Errorf("unused for nolintlint: %s", diff)
			}
		})
	}
}

// The user sees a sentence that says what to do.
func TestMistakes(t *testing.T) {
	tests := []struct {
		name   string
		config string
		code   int
		want   string // in standard error
	}{
		{"unknown setting", config("prevew: true", "cloudlint"), 3,
			"plugin(cloudlint): newPlugin settings: there is no setting prevew: did you mean preview?"},
		{"wrong type", config("preview: maybe", "cloudlint"), 3,
			"plugin(cloudlint): newPlugin settings: preview: want true or false, not a string"},
		{"unknown rule", config("disable: [CL2o12]", "cloudlint"), 3,
			"disable: unknown rule, analyzer, family or maturity CL2o12: did you mean CL2012?"},
		{"no such file", config("config: nowhere.yml", "cloudlint"), 3, "config: there is no file nowhere.yml in "},
		{"two settings", strings.Replace(config("", "cloudlint", "cloudlint_timeouts"), "settings: {}", "settings: {preview: true}", 1), 3,
			"the settings of cloudlint and cloudlint_timeouts differ, and all names of cloudlint share one analysis"},
		{"unknown name", config("", "cloudlint_escapes"), 3, `plugin(cloudlint_escapes): plugin "cloudlint_escapes" not found`},
	}
	dir := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			write(t, tt.config, dir, ".golangci.yml")
			r := lint(t, dir, "./...")
			if r.code != tt.code || !strings.Contains(r.stderr, tt.want) {
				t.Errorf("exit status %d, %s", r.code, r.stderr)
			}
		})
	}
}

// golangci-lint without the plugin cannot know the name.
func TestStockGolangciLint(t *testing.T) {
	dir := shop(t)
	write(t, config("", "cloudlint"), dir, ".golangci.yml")
	r := start(t, bin.stock, dir, "run", "./...")
	if r.code != 3 || !strings.Contains(r.stderr, `plugin(cloudlint): plugin "cloudlint" not found`) {
		t.Errorf("exit status %d, %s", r.code, r.stderr)
	}
}

// golangci-lint then shows the errors alone, for all linters.
func TestTypeError(t *testing.T) {
	dir := shop(t)
	write(t, config("", "cloudlint"), dir, ".golangci.yml")
	edit(t, filepath.Join(dir, "quotes", "quotes.go"), "make(chan int)", "make(chan in)")
	r := lint(t, dir, "./...")
	var linters []string
	for _, i := range r.issues {
		linters = append(linters, i.FromLinter)
	}
	if r.code != 1 || len(linters) == 0 || slices.ContainsFunc(linters, func(l string) bool { return l != "typecheck" }) {
		t.Errorf("exit status %d, issues of %q\n%s", r.code, linters, r.stderr)
	}
}

// What is not Go has its part in what golangci-lint's cache is asked for.
func TestConfigurationChange(t *testing.T) {
	dir := shop(t)
	write(t, config("", "cloudlint"), dir, ".golangci.yml")
	before := found(t, lint(t, dir, "./..."))
	for _, change := range []struct{ old, new string }{
		{"disable: [CL2013]", "disable: [CL2013, CL1001]"},
		{"CL2012: error", "CL2012: note"},
		{"exits: [corp.example/outside.Die]\n", ""},
		{"    - func: (*corp.example/outside.Client).Get\n      context: 2\n      waits: for the inventory service\n", "    []\n"},
		{"inside: [corp.example/lib/...]\n", ""},
		{"exclude: [third_party]\n", ""},
	} {
		edit(t, filepath.Join(dir, ".cloudlint.yml"), change.old, change.new)
		after := found(t, lint(t, dir, "./..."))
		if cmp.Equal(before, after) {
			t.Errorf("without %q the same is found", change.old)
		}
		if diff := cmp.Diff(command(t, dir, "./..."), after); diff != "" {
			t.Errorf("without %q: %s", change.old, diff)
		}
		before = after
	}
}

func TestFix(t *testing.T) {
	dir := shop(t)
	write(t, config("", "cloudlint"), dir, ".golangci.yml")
	file := filepath.Join(dir, "quotes", "quotes.go")
	before := read(t, file)
	r := lint(t, dir, "--fix", "./...")
	fixed := read(t, file)
	if want := strings.ReplaceAll(before, "make(chan int)", "make(chan int, 1)"); want == before || fixed != want {
		t.Error(cmp.Diff(want, fixed))
	}
	if slices.ContainsFunc(found(t, r), func(s string) bool { return strings.Contains(s, "CL1001") }) {
		t.Errorf("after the fix: %q", found(t, r))
	}
	build := exec.Command("go", "build", "./...")
	build.Dir, build.Env = dir, environ()
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	again := lint(t, dir, "--fix", "./...")
	if read(t, file) != fixed {
		t.Error("a second run changes the file again")
	}
	if diff := cmp.Diff(found(t, r), found(t, again)); diff != "" {
		t.Error(diff)
	}
}

func TestRealModules(t *testing.T) {
	modules := os.Getenv("CLOUDLINT_MODULES")
	if modules == "" {
		t.Skip("CLOUDLINT_MODULES names none")
	}
	for _, dir := range filepath.SplitList(modules) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			// The module stays as it is.
			file := filepath.Join(t.TempDir(), "golangci.yml")
			write(t, config("", "cloudlint"), file)
			want := command(t, dir, "./...")
			r := lint(t, dir, "--config="+file, "--path-mode=abs", "./...")
			for i := range r.issues {
				if rel, err := filepath.Rel(dir, r.issues[i].Pos.Filename); err == nil {
					r.issues[i].Pos.Filename = rel
				}
			}
			if diff := cmp.Diff(want, found(t, r)); diff != "" {
				t.Errorf("command and golangci-lint: %s\n%s", diff, r.stderr)
			}
			t.Logf("%d findings", len(want))
		})
	}
}
