package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// binary is the built command. The end-to-end tests run it on small modules in temporary folders.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	if err := neutral(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "cloudlint-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "cloudlint")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// neutral takes settings of whoever runs the tests out of the environment, for everything that they run: git's
// configuration, and what CI systems and users say to go and to cloudlint. Every day is the same day.
func neutral() error {
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		for _, prefix := range []string{"GIT_", "GITHUB_", "CI_", "BITBUCKET_"} {
			if strings.HasPrefix(name, prefix) {
				if err := os.Unsetenv(name); err != nil {
					return err
				}
			}
		}
	}
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
		"GOFLAGS": "", "GOWORK": "", "GO111MODULE": "", "GOTRACEBACK": "", "GODEBUG": "",
		"CI": "", "NO_COLOR": "", "CLOUDLINT_TODAY": "2026-11-22",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// price is a package with one finding: CL1002, a warning, at store/store.go:6:15. Like most packages of these tests it imports
// nothing: a run that has to look for net/http and what that imports takes four times as long.
const price = `
-- go.mod --
module corp.example/shop

go 1.26
-- store/store.go --
package store

// Price waits for an answer that nobody gives.

func Price(item string) (int, bool) {
	price, ok := <-make(chan int)
	if !ok {
		return 0, false
	}
	return price, true
}
`

// aFinding is how the finding of price begins in piped text.
const aFinding = "store/store.go:6:15: CL1002 "

// clean is a package without findings.
const clean = `
-- cart/cart.go --
package cart

func Total(prices []int) (sum int) {
	for _, p := range prices {
		sum += p
	}
	return sum
}
`

// module writes the files of txtar archives to a new folder; later files replace earlier ones of the same name.
func module(t *testing.T, archives ...string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		addFiles(t, dir, archive)
	}
	return dir
}

func addFiles(t *testing.T, dir, archive string) {
	t.Helper()
	files := txtar.Parse([]byte(archive)).Files
	if len(files) == 0 {
		t.Fatal("the archive has no files")
	}
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// entries lists what is in a folder.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// A result is what a command did.
type result struct {
	status         int
	stdout, stderr string
}

// cloudlint runs the command in a folder.
func cloudlint(t *testing.T, dir string, args ...string) result {
	t.Helper()
	return execute(t, command(dir, binary, args...))
}

func command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	return cmd
}

// patience is how long tests wait for what has to come: on a machine with much else to do it comes late.
const patience = 2 * time.Minute

// until waits for a condition, and reports whether it has come.
func until(condition func() bool) bool {
	for end := time.Now().Add(patience); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func execute(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// want checks the exit status and the beginning of each line of standard output. The steps of findings, which are lines as
// well, count where a test names some.
func (r result) want(t *testing.T, status int, lines ...string) {
	t.Helper()
	got := strings.Split(strings.TrimSuffix(r.stdout, "\n"), "\n")
	if r.stdout == "" {
		got = nil
	}
	isStep := regexp.MustCompile(`^    \d+ `).MatchString
	if !slices.ContainsFunc(lines, isStep) {
		got = slices.DeleteFunc(got, isStep)
	}
	ok := r.status == status && len(got) == len(lines)
	for i := range lines {
		ok = ok && strings.HasPrefix(got[i], lines[i])
	}
	if !ok {
		t.Errorf("got exit status %d and\n%s\nwant %d and lines that begin with\n%s\nstandard error:\n%s",
			r.status, r.stdout, status, strings.Join(lines, "\n"), r.stderr)
	}
}

// wantError checks the exit status and that standard error, which has one line, contains a text.
func (r result) wantError(t *testing.T, status int, part string) {
	t.Helper()
	if r.status != status || !strings.Contains(r.stderr, part) || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("got exit status %d and on standard error\n%s\nwant %d and one line with %q\nstandard output:\n%s",
			r.status, r.stderr, status, part, r.stdout)
	}
}

func TestCleanModule(t *testing.T) {
	r := cloudlint(t, module(t, price, "-- store/store.go --\npackage store\n", clean))
	r.want(t, 0)
	r.wantError(t, 0, "no findings in 2 packages")
}

func TestFinding(t *testing.T) {
	dir := module(t, price, clean)
	for _, args := range [][]string{{}, {"./..."}, {"run", "./..."}, {"--fail-on", "warning"}, {"--fail-on=note"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			r := cloudlint(t, dir, args...)
			r.want(t, 1, aFinding)
			r.wantError(t, 1, "1 warning in 2 packages")
		})
	}
	for _, args := range [][]string{{"--exit-zero"}, {"--fail-on", "error"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			cloudlint(t, dir, args...).want(t, 0, aFinding)
		})
	}
}

// A cached run says the same.
func TestSecondRun(t *testing.T) {
	dir := module(t, price, clean)
	first, second := cloudlint(t, dir), cloudlint(t, dir)
	if first.status != 1 || first.status != second.status || first.stdout != second.stdout {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

func TestMisuse(t *testing.T) {
	dir := module(t, price)
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--fail-ob", "error"}, "did you mean --fail-on?"},
		{[]string{"--fail-on", "fatal"}, "error, warning, note"},
		{[]string{"explian", "CL2012"}, "did you mean `cloudlint explain`?"},
		{[]string{"explain"}, "name a rule, say CL2001"},
		{[]string{"-C", "nowhere"}, "no such folder"},
		{[]string{"--format", "sraif"}, "did you mean sarif?"},
		{[]string{"--format", "text", "--format", "json"}, "both write to standard output"},
		{[]string{"--format", "json=nowhere/out.json"}, "there is no folder"},
		{[]string{"--enable", "CL2O12"}, "unknown rule, analyzer, family or maturity CL2O12"},
		{[]string{"--only", "clientdeadlin"}, "clientdeadline"},
		{[]string{"--fix", "--diff"}, "give one of them"},
		{[]string{"--unsafe-fixes"}, "--fix or --diff"},
		{[]string{"--diff", "--format", "json"}, "needs standard output for itself"},
		{[]string{"--config", "nowhere.yml"}, "nowhere.yml"},
		{[]string{"nowhere.go"}, "nowhere.go"},
		{[]string{"go.mod"}, "not a Go file"},
	}
	for _, test := range tests {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			r := cloudlint(t, dir, test.args...)
			r.want(t, 2)
			r.wantError(t, 2, test.want)
		})
	}
}

// What is whole is analysed, what is not is an error, and the exit status says that something is missing.
func TestBrokenPackages(t *testing.T) {
	tests := []struct{ name, files, want string }{
		{"type error", "-- broken/b.go --\npackage broken\n\nvar n int = \"one\"\n", "broken/b.go:3:13"},
		{"syntax error", "-- broken/b.go --\npackage broken\n\nfunc {\n", "broken/b.go:3:6"},
		{"missing import", "-- broken/b.go --\npackage broken\n\nimport _ \"corp.example/nowhere\"\n", "corp.example/nowhere"},
	}
	for _, test := range tests {
		for _, driver := range []string{"vet", "source"} {
			t.Run(test.name+" "+driver, func(t *testing.T) {
				r := cloudlint(t, module(t, price, test.files), "--driver", driver)
				if r.status != 3 || !strings.HasPrefix(r.stdout, aFinding) || !strings.Contains(r.stdout, test.want) {
					t.Errorf("got exit status %d and\n%s", r.status, r.stdout)
				}
				r.wantError(t, 3, "1 package not analysed")
				if zero := cloudlint(t, module(t, price, test.files), "--driver", driver, "--exit-zero"); zero.status != 3 {
					t.Errorf("with --exit-zero: exit status %d", zero.status)
				}
			})
		}
	}
}

func TestNothingToAnalyse(t *testing.T) {
	tests := []struct {
		name, files string
		args        []string
		status      int
		want        string
	}{
		{"no module", "-- main.go --\npackage main\n", nil, 3, "is in no Go module"},
		{"no package", price, []string{"./nowhere"}, 2, "nowhere"},
		{"a newer Go", "-- go.mod --\nmodule m\n\ngo 1.99\n-- m.go --\npackage m\n", nil, 3, "1.99"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cmd := command(module(t, test.files), binary, test.args...)
			cmd.Env = append(cmd.Env, "GOTOOLCHAIN=local")
			r := execute(t, cmd)
			if r.status != test.status || !strings.Contains(r.stderr, test.want) {
				t.Errorf("got exit status %d\n%s%s\nwant %d and %q", r.status, r.stdout, r.stderr, test.status, test.want)
			}
		})
	}
	t.Run("no go command", func(t *testing.T) {
		cmd := command(module(t, price), binary)
		cmd.Env = append(cmd.Env, "PATH="+t.TempDir())
		execute(t, cmd).wantError(t, 3, "needs the go command on PATH")
	})
}

func TestStandardErrorHasOnlyTheLastLine(t *testing.T) {
	dir := module(t, price, clean)
	cloudlint(t, dir, "--format", "json").wantError(t, 1, "next: cloudlint explain CL1002")
	cloudlint(t, dir, "--format", "json", "--log-format", "json").wantError(t, 1, "1 warning in 2 packages")
	debug := cloudlint(t, dir, "--debug")
	if strings.Count(debug.stderr, "\n") < 2 || !strings.Contains(debug.stderr, "cloudlint: debug: ") {
		t.Errorf("with --debug:\n%s", debug.stderr)
	}
}

// relay has a function that starts a goroutine, from which the explorer executes it, and one that starts too many of
// them for that.
const relay = `
-- relay/relay.go --
package relay

func One() int {
	c := make(chan int, 1)
	go func() { c <- 1 }()
	return <-c
}

func Many() {
	c := make(chan int, 20)
	for range 20 {
		go func() { c <- 1 }()
	}
	for range 20 {
		<-c
	}
}
`

func TestDebugTellsWhatWasExplored(t *testing.T) {
	dir := module(t, price, relay)
	for _, driver := range []string{"vet", "source"} {
		debug := cloudlint(t, dir, "--debug", "--preview", "--driver="+driver, "./relay")
		const want = "cloudlint: debug: goroutineleak: roots: 2 explored in "
		if !strings.Contains(debug.stderr, want) || !strings.Contains(debug.stderr, "goroutines: 1") {
			t.Errorf("%s: want %q and the bound of goroutines, have\n%s", driver, want, debug.stderr)
		}
		if quiet := cloudlint(t, dir, "--preview", "--driver="+driver, "./relay"); strings.Contains(quiet.stderr, "explored") {
			t.Errorf("%s, without --debug:\n%s", driver, quiet.stderr)
		}
	}
}
